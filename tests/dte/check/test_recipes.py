"""`dte check` on recipes that people copy: Nx's old and new ones, dte's examples.

Nx's page "Bring your own compute" uses `start-nx-agents` today. It used `start-ci-run`
before, and in 2022 a variable in main's job turned distribution on.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dte.check.config import check_config
from dte.model import PipelineValues
from tests.docs.pages import Block, list_blocks
from tests.tooling.repository import ROOT

NO_GUARD = "dte-check-no-guard"
BLOCK = re.compile(r"^```yaml\n(version: 2\.1\n.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = 'start-ci-run --distribute-on="manual" --stop-agents-after="e2e-ci"'
# A config with a placeholder for the packed orb (dist/orb.yml) is not complete.
CONFIGS = [one for one in list_blocks("yaml") if "dist/orb.yml" not in one.text]
EXAMPLES = sorted((ROOT / "orb" / "examples").glob("*.yml"))


def recipe() -> str:
    """Return the hand-written recipe that docs/migrate.md shows."""
    text = (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8")
    found = BLOCK.search(text)
    assert found is not None
    assert FLAGS in found[1]
    return found[1]


def codes_of(config: str, folder: Path) -> list[str]:
    """Return the codes of the findings in a config."""
    path = folder / ".circleci" / "config.yml"
    path.parent.mkdir()
    path.write_text(config, encoding="utf-8")
    checked = check_config(path, orbs={}, pipeline=PipelineValues())
    return [one.code for one in checked.findings]


def test_the_recipe_with_flags(tmp_path: Path) -> None:
    """In the recipe with start-ci-run, only the guard is missing."""
    assert codes_of(recipe(), tmp_path) == [NO_GUARD]


def test_the_recipe_with_a_file(tmp_path: Path) -> None:
    """With start-nx-agents and .nx/ci-config.yaml, only the guard is missing."""
    (tmp_path / ".nx").mkdir()
    content = {
        "dte": {"distribute-on": "manual"},
        "lifecycle": {"stop-after": "e2e-ci"},
    }
    (tmp_path / ".nx" / "ci-config.yaml").write_text(yaml.safe_dump(content))
    config = recipe().replace(f"nx-cloud {FLAGS}", "nx start-nx-agents")
    assert codes_of(config, tmp_path) == [NO_GUARD]


def test_the_recipe_with_a_variable(tmp_path: Path) -> None:
    """In the recipe of 2022, without flags, only the guard is missing."""
    config = recipe().replace(
        "      - run: npx nx affected -t lint test build e2e-ci",
        "      - run: npx nx affected --target=lint --parallel=3\n"
        "      - run: npx nx affected --target=build",
    )
    config = config.replace(FLAGS, "start-ci-run").replace(
        "  main:\n",
        '  main:\n    environment:\n      NX_CLOUD_DISTRIBUTED_EXECUTION: "true"\n',
    )
    assert codes_of(config, tmp_path) == [NO_GUARD]


def test_the_recipe_of_hosted_agents(tmp_path: Path) -> None:
    """Nx Cloud's machines start again with a rerun of main, so nothing is found."""
    config = """\
version: 2.1
orbs:
  nx: nrwl/nx@1.7.0
jobs:
  main:
    docker:
      - image: cimg/node:lts-browsers
    steps:
      - checkout
      - run: npx nx start-ci-run --distribute-on="3 linux-medium-js"
      - run: npm ci
      - nx/set-shas
      - run: npx nx-cloud record -- nx format:check
      - run: npx nx affected -t lint test build
workflows:
  ci:
    jobs: [main]
"""
    assert codes_of(config, tmp_path) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_the_orb(example: Path, tmp_path: Path) -> None:
    """Nothing is found in the examples on the orb's page."""
    usage = yaml.safe_load(example.read_text(encoding="utf-8"))["usage"]
    assert codes_of(yaml.safe_dump(usage, sort_keys=False), tmp_path) == []


@pytest.mark.parametrize("block", CONFIGS, ids=str)
def test_the_configs_of_the_pages(block: Block, tmp_path: Path) -> None:
    """Configs in docs/ have no findings, but recipes without dte may lack a guard."""
    allowed = set() if "dte:" in block.text else {NO_GUARD}
    assert set(codes_of(block.text, tmp_path)) <= allowed


def test_the_sample() -> None:
    """Nothing is found in the sample workspace."""
    path = ROOT / "sample" / ".circleci" / "config.yml"
    assert not check_config(path, orbs={}, pipeline=PipelineValues()).findings
