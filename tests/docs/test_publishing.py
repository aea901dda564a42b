"""The page on publishing matches the Makefile and the pipelines."""

import re

import yaml

from tests.tooling.repository import ROOT

PAGE = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")


def test_every_target_that_the_page_names_exists() -> None:
    """Each `make x` on the page is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    named = set(re.findall(r"^(?: *|.*`)make ([a-z-]+)", PAGE, re.MULTILINE))
    assert named
    assert named <= targets


def test_every_context_of_the_pipelines_is_on_the_page() -> None:
    """The page names each context that the pipelines use."""
    named = {
        given["context"]
        for pipeline in (ROOT / ".circleci").glob("*.yml")
        for workflow in yaml.safe_load(pipeline.read_text())["workflows"].values()
        for job in workflow["jobs"]
        for given in job.values()
        if "context" in given
    }
    assert named == {"orb-publishing", "nx-cloud"}
    assert {name for name in named if f"`{name}`" not in PAGE} == set()
