"""The command `dte check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dte.check.test_rules import CASES
from tests.dte.commands import run_in

CODE = "dte-check-no-guard"
CONFIG = """\
version: 2.1
orbs:
  node: circleci/node@7.1
jobs:
  agent:
    docker: [image: cimg/node:22.11]
    steps:
      - node/install-packages
      - run: {command: npx nx-cloud start-agent, no_output_timeout: 60m}
  main:
    docker: [image: cimg/node:22.11]
    steps:
      - node/install-packages
      - run: npx nx-cloud start-ci-run --distribute-on=manual
workflows:
  build:
    jobs: [node/test, agent, main]
"""
ONE_JOB = "version: 2.1\njobs: {b: {machine: true, steps: [run: "
CALLED = "workflows: {a: {jobs: [b]}}\n"
FILTERED = "workflows: {a: {jobs: [b: {filters: {branches: {only: "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a config at its usual path."""
    (tmp_path / ".circleci").mkdir()
    (tmp_path / ".circleci" / "config.yml").write_text(CONFIG)
    return tmp_path


def test_findings_end_with_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings go to stdout, with code, position, fixes and link; notices to stderr."""
    done = run_in(folder, monkeypatch, "check")
    assert done.exit_code == 1
    first, *_, last = done.stdout.splitlines()
    assert first.startswith(f"error[{CODE}]: .circleci/config.yml:17: the job")
    assert last.startswith("Reference: https://")
    assert last.endswith(f"/docs/check.md#{CODE}")
    assert done.stderr.splitlines() == [
        "notice: not checked: job node/test (circleci/node@7.1)",
        "notice: not checked: command node/install-packages (circleci/node@7.1)",
    ]


def test_json(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--json prints the same findings and notices as JSON."""
    done = run_in(folder, monkeypatch, "check", "--json")
    data = json.loads(done.stdout)
    assert done.exit_code == 1
    assert list(data) == ["findings", "ignored", "notices"]
    (found,) = data["findings"]
    assert list(found) == ["code", "file", "line", "column", "message", "fix", "link"]
    assert (found["code"], found["line"], found["column"]) == (CODE, 17, 30)
    assert len(data["notices"]) == 2


def test_an_ignored_finding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment with a reason ignores a finding, and --json lists it."""
    path = folder / ".circleci" / "config.yml"
    path.write_text(f"{CONFIG.rstrip()} # dte: ignore[{CODE}] an experiment\n")
    done = run_in(folder, monkeypatch, "check")
    assert (done.exit_code, done.stdout) == (0, "no finding in 3 jobs, 1 ignored\n")
    data = json.loads(run_in(folder, monkeypatch, "check", "--json").stdout)
    assert [one["reason"] for one in data["ignored"]] == ["an experiment"]


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ("version: 2\njobs: {}\n", "dte-version"),
        ("version: 2.1\nworkflows: {a: {jobs: [b]}}\n", "dte-unknown-job"),
        (f"{ONE_JOB}<< pipeline.parameters.x >>]}}}}\n{CALLED}", "dte-undeclared"),
        (f"{ONE_JOB}a]}}}}\n{FILTERED}/(?!a)/}}}}}}]}}}}\n", "dte-pattern"),
        (f"{ONE_JOB}a]}}}}\n{FILTERED}/{'a' * 129}/}}}}}}]}}}}\n", "dte-pattern"),
        ("version: 2.1\na: [\n", "dte-yaml"),
    ],
)
def test_what_the_compiler_refuses(
    config: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler error is a finding, with its position and a link."""
    (tmp_path / "config.yml").write_text(config)
    done = run_in(tmp_path, monkeypatch, "check", "config.yml", "--json")
    (found,) = json.loads(done.stdout)["findings"]
    assert done.exit_code == 1
    assert (found["code"], found["file"]) == (code, "config.yml")
    assert found["line"] > 0
    assert found["link"].startswith("https://")


def test_a_config_that_does_not_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler error is printed like a finding."""
    (tmp_path / "config.yml").write_text("version: 2.1\na: [\n")
    first, heading, _, last = run_in(
        tmp_path, monkeypatch, "check", "config.yml"
    ).stdout.splitlines()
    assert first.startswith("error[dte-yaml]: config.yml:")
    assert heading == "Suggestions:"
    assert last.startswith("Reference: ")


@pytest.mark.parametrize("words", [("absent.yml",), (".",), ("--orb", "x")])
def test_a_usage_error(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A config that can't be read, or an invalid option, is a usage error."""
    assert run_in(tmp_path, monkeypatch, "check", *words).exit_code == 2


def test_the_cases_are_checked_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts are found in the config's repository, not in the current folder."""
    path = str(CASES / "no_guard" / "finds.yml")
    assert run_in(tmp_path, monkeypatch, "check", path).stdout.count(CODE) == 6


def test_a_setup_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice says that the config after a setup config is not checked."""
    config = (
        "version: 2.1\nsetup: true\njobs: {a: {machine: true, steps: [checkout]}}\n"
    )
    (tmp_path / "config.yml").write_text(f"{config}workflows: {{w: {{jobs: [a]}}}}\n")
    done = run_in(tmp_path, monkeypatch, "check", "config.yml")
    assert (done.exit_code, done.stdout) == (0, "no finding in 1 job\n")
    assert "this setup config continues with" in done.stderr
