"""The guides show the orb's examples, commands that work, and correct totals."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import list_blocks
from tests.dte.commands import make_project, run_in
from tests.git import make_repository
from tests.refusal import TWO_LINES
from tests.tooling.repository import ROOT


def read_config(page: str) -> str:
    """Return the only config on a page."""
    (block,) = (one for one in list_blocks("yaml") if one.page == f"docs/{page}.md")
    return block.text


def read_command(page: str) -> list[str]:
    """Return the words of the last command on a page."""
    *_, block = (one for one in list_blocks("sh") if one.page == f"docs/{page}.md")
    return shlex.split(block.text.replace("\\\n", " "))


@pytest.mark.parametrize("page", ["forks", "github-app"])
def test_a_guide_shows_the_example_of_the_orb(page: str) -> None:
    """The page's config is that of the orb's example, which other tests rehearse."""
    path = ROOT / "orb" / "examples" / f"{page.replace('-', '_')}.yml"
    example = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert yaml.safe_load(read_config(page)) == example["usage"]


def test_the_guard_alone_refuses_a_partial_rerun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's command works; without its last word, --plan, merge is refused."""
    config = read_config("guard-only")
    config = re.sub(r"npm ci|npx playwright test .*", "mkdir -p blob-report", config)
    project = make_project(tmp_path / "project", config)
    make_repository(project)
    command = read_command("guard-only")
    planned = run_in(project, monkeypatch, *command[1:])
    assert planned.exit_code == 0, planned.output
    done = run_in(project, monkeypatch, *command[1:-1])
    assert done.exit_code == 1
    assert TWO_LINES[0] in done.output
    assert "merge was refused" in done.output


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
