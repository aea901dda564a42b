"""The command `dte compile`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.dte.commands import run_in

PAGE = "https://github.com/your-namespace/dte/blob/main/docs/compile.md"
CONFIG = """\
version: 2.1
jobs:
  test:
    machine: true
    steps: [run: echo << pipeline.git.branch >><< pipeline.git.tag >>]
workflow: {}
workflows:
  main: {jobs: [test]}
  pull_request:
    when: pipeline.event.github.pull_request.base.ref == "release"
    jobs: [test: {name: check}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a config."""
    (tmp_path / "config.yml").write_text(CONFIG)
    return tmp_path


def test_warnings_go_to_stderr(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config is printed to stdout, and messages with codes to stderr."""
    done = run_in(folder, monkeypatch, "compile", "config.yml")
    document = yaml.safe_load(done.stdout)
    assert document["version"] == 2.1
    assert document["jobs"]["test"]["steps"] == [{"run": {"command": "echo main"}}]
    assert list(document["workflows"]) == ["main"]
    assert done.stderr.splitlines()[:2] == [
        'warning[dte-misspelt]: config.yml:6: config: the key "workflow" has no effect',
        '  - Did you mean "workflows"?',
    ]
    assert done.stderr.splitlines()[-2:] == [
        f"Reference: {PAGE}#dte-misspelt",
        f"Reference: {PAGE}#dte-not-run",
    ]


def test_a_tag(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline for a tag has no branch."""
    done = run_in(folder, monkeypatch, "compile", "config.yml", "--tag", "v1")
    document = yaml.safe_load(done.stdout)
    assert document["jobs"]["test"]["steps"] == [{"run": {"command": "echo v1"}}]


def test_a_branch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--branch` sets the branch of the compiled pipeline."""
    done = run_in(folder, monkeypatch, "compile", "config.yml", "--branch", "next")
    document = yaml.safe_load(done.stdout)
    assert document["jobs"]["test"]["steps"] == [{"run": {"command": "echo next"}}]


def test_the_values_of_an_event(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipeline values come from a webhook's JSON, and --value takes precedence."""
    payload = {"action": "opened", "pull_request": {"base": {"ref": "release"}}}
    (folder / "event.json").write_text(json.dumps(payload))
    name = "pipeline.event.github.pull_request.base.ref"
    for options, runs in (
        (("--event", "event.json"), True),
        (("--value", f"{name}=release"), True),
        (("--event", "event.json", "--value", f"{name}=main"), False),
    ):
        done = run_in(folder, monkeypatch, "compile", "config.yml", *options)
        assert ("pull_request" in yaml.safe_load(done.stdout)["workflows"]) is runs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--value", "pipeline.git.brunch=x"), 'Did you mean "pipeline.git.branch"?'),
        (("--event", "config.yml"), "is not JSON"),
        (("--event", "list.json"), "must contain a JSON object"),
    ],
)
def test_invalid_values(
    options: tuple[str, ...],
    message: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unknown pipeline value and an event that is not JSON are usage errors."""
    (folder / "list.json").write_text("[]")
    done = run_in(folder, monkeypatch, "compile", "config.yml", *options)
    assert done.exit_code == 2
    assert message in done.stderr


def test_json_for_editors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` prints the config and each message with its position and code."""
    done = run_in(folder, monkeypatch, "compile", "config.yml", "--json")
    answer = json.loads(done.stdout)
    assert answer["config"]["version"] == 2.1
    assert answer["messages"][0] == {
        "severity": "warning",
        "code": "dte-misspelt",
        "message": 'config: the key "workflow" has no effect',
        "file": "config.yml",
        "line": 6,
        "column": 1,
        "reference": f"{PAGE}#dte-misspelt",
        "suggestions": ['Did you mean "workflows"?'],
    }


def test_json_of_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` also prints an error, and the command fails."""
    (folder / "config.yml").write_text(CONFIG.replace("[test]", "[tset]"))
    done = run_in(folder, monkeypatch, "compile", "config.yml", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout) == {
        "config": None,
        "messages": [
            {
                "severity": "error",
                "code": "dte-unknown-job",
                "message": 'workflow "main": there is no job "tset"',
                "file": "config.yml",
                "line": 8,
                "column": 17,
                "reference": f"{PAGE}#dte-unknown-job",
                "calls": [],
                "suggestions": ['Did you mean "test"?'],
            }
        ],
    }


def test_several_errors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All errors are printed in the order of their lines, also with `--json`."""
    (folder / "config.yml").write_text(
        CONFIG.replace("[test]", "[tset]").replace("machine", "machin")
    )
    done = run_in(folder, monkeypatch, "compile", "config.yml")
    assert done.exit_code == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert errors == [
        'error[dte-unknown-key]: config.yml:4: job "test": unknown key "machin"',
        'error[dte-unknown-job]: config.yml:8: workflow "main": there is no job "tset"',
    ]
    assert done.stderr.splitlines()[-1] == "Found: 2 errors"
    done = run_in(folder, monkeypatch, "compile", "config.yml", "--json")
    messages = json.loads(done.stdout)["messages"]
    assert [message["line"] for message in messages] == [4, 8]


def test_missing_orbs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing orb is an error with advice; --stub-missing-orbs avoids the error."""
    (folder / "config.yml").write_text(
        "version: 2.1\norbs: {node: circleci/node@7.1}\n"
        "workflows: {main: {jobs: [node/test]}}\n"
    )
    done = run_in(folder, monkeypatch, "compile", "config.yml")
    assert done.exit_code == 2
    assert "error[dte-missing-orb]" in done.stderr
    assert "circleci orb source circleci/node@7.1 > node.yml" in done.stderr
    assert "--orb circleci/node=node.yml" in done.stderr
    stubbed = run_in(
        folder, monkeypatch, "compile", "config.yml", "--stub-missing-orbs"
    )
    assert stubbed.exit_code == 0
    assert "Not rehearsed: node/test" in stubbed.stdout


def test_messages_about_an_orb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings about the source of an orb are counted, and --verbose prints them."""
    (folder / "orb.yml").write_text(
        "version: 2.1\njobs: {work: {machine: true, steps: [checkout], parameters:\n"
        "  {size: {type: string, enum: [s], default: s}}}}\n"
    )
    (folder / "config.yml").write_text(
        "version: 2.1\norbs: {tool: acme/tool@1}\n"
        "workflows: {main: {jobs: [tool/work]}}\n"
    )
    command = ("compile", "config.yml", "--orb", "acme/tool=orb.yml")
    done = run_in(folder, monkeypatch, *command)
    assert done.stderr == "note: --verbose prints 1 message about the source of orbs\n"
    told = run_in(folder, monkeypatch, *command, "--verbose").stderr
    assert told.startswith("warning[dte-ignored]: orb.yml:3: ")
    answer = json.loads(run_in(folder, monkeypatch, *command, "--json").stdout)
    assert [message["file"] for message in answer["messages"]] == ["orb.yml"]


def test_the_chain_of_calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside a command names each call that led to it."""
    (folder / "config.yml").write_text(
        "version: 2.1\n"
        "commands:\n"
        "  inner: {parameters: {n: {type: string}}, steps: [run: << parameters.n >>]}\n"
        "  outer:\n"
        "    steps:\n"
        "      - inner: {n: 7}\n"
        "jobs: {test: {machine: true,\n"
        "  steps: [outer]}}\n"
        "workflows: {main: {jobs: [test]}}\n"
    )
    done = run_in(folder, monkeypatch, "compile", "config.yml")
    assert done.stderr.splitlines() == [
        'error[dte-parameter]: config.yml:6: command "inner": parameter "n": must be '
        "of type string, not the number 7",
        "Called from:",
        '  - config.yml:8: command "outer"',
        '  - config.yml:9: job "test"',
        "Suggestions:",
        '  - Put it in quotes: n: "7"',
        f"Reference: {PAGE}#dte-parameter",
    ]
