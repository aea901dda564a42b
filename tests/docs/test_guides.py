"""The guides show the orb's examples, commands that work, and correct totals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import responses
import yaml
from click.testing import CliRunner

from dte.circleci_client import rerun
from dte.cli import main
from tests.docs.pages import read_commands, read_config
from tests.dte.circleci_client.pipelines import (
    API,
    FIRST,
    PIPELINE,
    SECOND,
    add_page,
    add_refused_pipeline,
)
from tests.dte.commands import make_project, run_in
from tests.git import make_repository
from tests.refusal import TWO_LINES
from tests.tooling.repository import ROOT


@pytest.mark.parametrize("page", ["forks", "github-app"])
def test_a_guide_shows_the_example_of_the_orb(page: str) -> None:
    """The page's config is the one in the orb's example, which other tests rehearse."""
    path = ROOT / "orb" / "examples" / f"{page.replace('-', '_')}.yml"
    example = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert yaml.safe_load(read_config(page)) == example["usage"]


def test_the_guard_alone_refuses_a_partial_rerun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's command works; without --plan, the guard refuses the job `merge`."""
    config = read_config("guard-only")
    config = re.sub(r"npm ci|npx playwright test .*", "mkdir -p blob-report", config)
    project = make_project(tmp_path / "project", config)
    make_repository(project)
    (command,) = read_commands("docs/guard-only.md")
    planned = run_in(project, monkeypatch, *command[1:])
    assert planned.exit_code == 0, planned.output
    done = run_in(project, monkeypatch, *command[1:-1])
    assert done.exit_code == 1
    assert TWO_LINES[0] in done.output
    assert "merge was refused" in done.output


MY_JOB = """\
version: 2.1
jobs:
  main:
    docker: [{image: cimg/base:current}]
    steps:
      - run: {name: Run the affected tasks, command: 'true'}
workflows: {build: {jobs: [main]}}
"""


def test_the_readme_s_command_makes_a_job_fail_and_reruns_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the README's job and step names, main fails once and passes in the rerun."""
    (command,) = (one for one in read_commands("README.md") if one[1] == "rehearse")
    project = make_project(tmp_path / "project", MY_JOB)
    make_repository(project)
    done = run_in(project, monkeypatch, *command[1:], "--json")
    assert done.exit_code == 0, done.output
    assert '"kind": "rerun from failed"' in done.output


def test_the_page_on_moving_rehearses_what_the_page_on_hangs_does() -> None:
    """Only the time limit differs from the command in docs/hang.md, which is tested."""
    (command,) = read_commands("docs/migrate.md")
    *_, tested = read_commands("docs/hang.md")
    assert command == [word for word in tested if word not in ("--time-limit", "30s")]


@pytest.mark.parametrize("page", ["README.md", "docs/refused.md"])
@responses.activate
def test_the_commands_after_a_refusal(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's commands explain the refusal, ask the user, and wait for the rerun."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(rerun, "POLL_SECONDS", 0.0)
    monkeypatch.setattr("dte.commands.rerun.has_terminal", lambda: True)
    add_refused_pipeline()
    slug = "project/github/acme/shop/pipeline/12"
    responses.get(f"{API}/{slug}", json={"id": PIPELINE})
    add_page(f"workflow/{SECOND}/job", [])
    responses.get(f"{API}/workflow/{SECOND}", json={"status": "success"})
    answer = {"workflow_id": SECOND}
    responses.post(f"{API}/workflow/{FIRST}/rerun", json=answer, status=202)
    commands = read_commands(page)
    for words in (one for one in commands if one[1] in ("attempts", "rerun")):
        done = CliRunner().invoke(main, words[1:], input="y\n")
        assert done.exit_code == 0, done.output
        assert "dte/main was refused" in done.output
        assert ("[y/N]" in done.output) == (words[1] == "rerun")


def write_node_orb(folder: Path) -> None:
    """Write the orb that the page on `dte compile` names, packed and as a folder."""
    text = "version: 2.1\ndescription: An orb.\n"
    (folder / "node.yml").write_text(text)
    source = folder.parent / "node-orb" / "src"
    source.mkdir(parents=True)
    (source / "@orb.yml").write_text(text)


@pytest.mark.parametrize("page", ["docs/compile.md", "docs/check.md"])
def test_the_commands_that_read_a_config(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the pages on `dte compile` and `dte check` works."""
    project = make_project(tmp_path / "project", MY_JOB)
    make_project(project / "path", MY_JOB)
    (project / "path/.circleci").rename(project / "path" / "to")
    write_node_orb(project)
    for words in read_commands(page):
        done = run_in(project, monkeypatch, *words[1:])
        assert done.exit_code == 0, f"{words}: {done.output}"


def test_the_sums_of_the_page_on_costs() -> None:
    """Each total on the page is the product of its jobs, minutes and rate."""
    page = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
    rates = dict(re.findall(r"\| `(\w+)` \| (\d+) \|$", page, re.MULTILINE))
    large = re.search(r"`resource_class: large` \| `large` \| (\d+) \|", page)
    assert large is not None
    assert (rates["small"], rates["medium"], large[1]) == ("5", "10", "20")
    rows = re.findall(r"^\| .+ \| (\d+) \| ([\d.]+) \| (\d+) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for jobs, minutes, total in rows:
        assert int(jobs) * float(minutes) * int(rates["medium"]) == float(total)
