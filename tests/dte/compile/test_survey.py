"""The survey of public configs, run on a small list and small clones."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import survey
from tests.git import commit_all, git

GOOD = "version: 2.1\njobs: {build: {machine: true, steps: [checkout]}}\n"
FLOWS = "workflows:\n  a: {jobs: [build]}\n"
BLOCK = f"\n[,yaml]\n----\n{GOOD}{FLOWS}----\n"
GONE = BLOCK.replace("[build]", "[gone]")
FILES = {
    "a/orb/src/@orb.yml": "version: 2.1\ndescription: An orb.\n",
    "a/orb/src/jobs/work.yml": "parameters: {os: {type: enum, enum: [linux, macos]}}\n"
    "machine: true\nsteps: [run: << parameters.os >>]\n",
    "a/orb/src/commands/again.yml": "parameters: {steps: {type: steps}}\n"
    "steps: << parameters.steps >>\n",
    "a/orb/config.yml": GOOD,
    "a/orb/old.yml": GOOD.replace("2.1", "2"),
    "circleci+circleci-docs/docs/page.adoc": BLOCK
    + BLOCK.replace("[build]", "[gone]") * 2,
}


def test_the_survey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Configs, examples and parts of orbs are counted; unexpected results are named."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for name in ("a/orb", "circleci+circleci-docs"):
        git(tmp_path / name, "init", "--quiet", "--initial-branch=main")
        commit_all(tmp_path / name)
    rows = [
        ("a/orb", "main", "config.yml", "compiles"),
        ("a/orb", "main", "old.yml", "compiles"),
        ("a/none", "main", "config.yml", "compiles"),
    ]
    monkeypatch.setattr(survey, "ROWS", rows)
    monkeypatch.setattr(survey, "LIST", "of circleci/circleci-docs@main with a version")
    monkeypatch.setattr(survey, "NOT_COMPLETE", [("other, page", "1; 18, 20")])
    survey.main(tmp_path)
    old, configs, page, docs, orbs = capsys.readouterr().out.splitlines()
    assert old.startswith("a/orb@main:old.yml: refused: :1: version: 2 no longer")
    assert page.startswith('docs/page.adoc:10: refused: :4: workflow "a"')
    assert configs == "survey_configs: {'compiles': 1, 'refused': 1, 'missing': 1}"
    assert docs == "survey_docs: {'compiles': 1, 'refused': 2}"
    assert orbs == "survey_orbs: {'compiles': 4}"
