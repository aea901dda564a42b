"""The command `dte`: output, errors and exit codes."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from dte.report.data import JobReport, Report, RunReport
from dte.report.table import print_tables
from tests.configs import one_job
from tests.dte.commands import run_in
from tests.git import git, make_repository

ROOT = Path(__file__).resolve().parents[2]
PASSES = one_job("run: {name: A, command: echo hello}")
FAILS = one_job("run: {name: A, command: 'echo broken; exit 3'}")


def run_dte(
    folder: Path, config: str, *words: str, **env: str
) -> "subprocess.CompletedProcess[str]":
    """Run `dte rehearse` on `config` in a folder that is also the project."""
    (folder / "config.yml").write_text(config)
    return subprocess.run(
        [sys.executable, "-m", "dte", "rehearse", "config.yml", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_passing_workflow_ends_with_0(tmp_path: Path) -> None:
    """A passing workflow exits with 0 and prints its steps and a table to stdout."""
    done = run_dte(tmp_path, PASSES)
    assert done.returncode == 0
    assert "is rehearsed as one commit, without history" in done.stderr
    assert "✓ A" in done.stdout
    assert "hello" in done.stdout
    assert "1 first run" in done.stdout


def test_a_failing_workflow_ends_with_1_and_its_last_lines(tmp_path: Path) -> None:
    """A failing workflow exits with 1 and prints the failed step's last lines."""
    done = run_dte(tmp_path, FAILS)
    assert done.returncode == 1
    assert "│ broken" in done.stdout


def test_the_expected_failure_ends_with_0(tmp_path: Path) -> None:
    """With --expect the exit code says whether each run ended as expected."""
    words = ("--then", "rerun-from-failed", "--expect", "failed,failed")
    assert run_dte(tmp_path, FAILS, *words).returncode == 0
    done = run_dte(tmp_path, PASSES, "--expect", "failed")
    assert done.returncode == 1
    assert "expected failed, but the runs ended as success" in done.stdout


def test_json_is_the_whole_stdout(tmp_path: Path) -> None:
    """With --json, stdout contains only the report, with runs, jobs and tasks."""
    done = run_dte(tmp_path, FAILS, "--json")
    report = json.loads(done.stdout)
    (run,) = report["runs"]
    assert (run["kind"], run["status"]) == ("first run", "failed")
    assert (run["pipeline"], run["branch"]) == (1, "main")
    (job,) = run["jobs"]
    assert (job["name"], job["ran"], job["failed_step"]) == ("build", True, "A")
    assert report["tasks"] == []


def test_verbose_prints_every_line(tmp_path: Path) -> None:
    """With --verbose, every line of a step is printed, not just the last."""
    config = one_job("run: {name: A, command: 'echo one; echo two'}")
    assert "│ one" in run_dte(tmp_path, config, "--verbose").stdout
    assert "one" not in run_dte(tmp_path, config).stdout


def test_no_color_without_a_terminal(tmp_path: Path) -> None:
    """Without a terminal there are no escape sequences in the output."""
    assert "\x1b" not in run_dte(tmp_path, PASSES).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--then", "dance"), "--then dance is unknown"),
        (("--then", "set:"), "--then set: is unknown"),
        (("--expect", "sunny"), "--expect sunny is not a status"),
        (("--set", "X"), "--set X: the environment has no variable X"),
        (("--context", "a=b"), "--context a is not of the form"),
        (("--assume", "moon=yes"), "--assume moon=yes is unknown"),
        (("--assume", "empty_attach_fails=maybe"), "is unknown"),
        (("--orb", "x"), "--orb x is not of the form NAME=VALUE"),
        (("--workflow", "x"), "there is no workflow x"),
        (("--branch", "nowhere"), "the project has no refs/heads/nowhere"),
        (("--tag", "v1"), "the project has no refs/tags/v1"),
        (("--revision", "0" * 40), "the project has no 0000"),
        (("--project", "absent"), "there is no folder absent"),
        (("--kill", "x"), "--kill x is not of the form"),
        (("--then", "fault:x"), "--fault x is unknown"),
        (("--then", "set:=x"), "--then set:=x is unknown"),
        (("--then", "rerun:nobody"), "there is no job nobody"),
        (("--then", "push:nowhere"), "the project has no refs/heads/nowhere"),
        (("no-such-job",), "no job is named no-such-job"),
        (("--time-limit", "soon"), "--time-limit soon is not a duration"),
        (("--report", "absent/r.json"), "there is no folder absent"),
        (("--env-file", "absent"), "the file absent can't be read"),
        (("--context-file", "ci=absent"), "the file absent can't be read"),
        (("--context", "ci:ABSENT_X"), "the environment has no variable ABSENT_X"),
        (("--then", "fail:nobody"), "no job is named nobody"),
        (("--fail", "nobody"), "no job is named nobody"),
        (("--parameter", "x={"), "--parameter x={ can't be read"),
    ],
)
def test_a_usage_error_ends_with_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    says: str,
) -> None:
    """An invalid option or argument is an error with status 2 before any job starts."""
    (tmp_path / "config.yml").write_text(PASSES)
    done = run_in(tmp_path, monkeypatch, "rehearse", "config.yml", *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("", "config.yml"),
        ("version: 2.1\njobs: [", "config.yml:"),
        (PASSES.replace("docker", "dokcer"), "config.yml:4"),
        (PASSES.replace("run:", "rum:"), "config.yml:6"),
    ],
)
def test_a_broken_config_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str, says: str
) -> None:
    """An error in a config is reported with its file and line."""
    (tmp_path / "config.yml").write_text(config)
    done = run_in(tmp_path, monkeypatch, "rehearse", "config.yml")
    assert done.exit_code == 2
    assert says in done.stderr


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    """A missing config is an error that names its path."""
    done = run_dte(tmp_path, PASSES, "--debug")
    assert done.returncode == 0
    (tmp_path / "config.yml").unlink()
    gone = subprocess.run(
        [sys.executable, "-m", "dte", "compile", "config.yml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert gone.returncode == 2
    assert "config.yml" in gone.stderr


def test_compile_prints_what_circleci_would_process(tmp_path: Path) -> None:
    """`dte compile` prints the processed config, with plain jobs and a workflow."""
    (tmp_path / "config.yml").write_text(PASSES)
    done = subprocess.run(
        [sys.executable, "-m", "dte", "compile", "config.yml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    document = yaml.safe_load(done.stdout)
    assert list(document["jobs"]) == ["build"]
    assert document["workflows"]["all"]["jobs"] == ["build"]


def test_uncommitted_changes_are_mentioned(tmp_path: Path) -> None:
    """Uncommitted changes are not rehearsed, and a note tells the user."""
    make_repository(tmp_path)
    done = run_dte(tmp_path, PASSES)
    assert done.returncode == 0
    assert "uncommitted changes are not rehearsed" in done.stderr


def test_an_action_that_can_t_be_done_keeps_the_report(tmp_path: Path) -> None:
    """An impossible action ends with 2, after a report on the runs before it."""
    done = run_dte(tmp_path, PASSES, "--then", "rerun-from-failed", "--json")
    assert done.returncode == 2
    assert len(json.loads(done.stdout)["runs"]) == 1
    assert "no job of the last workflow failed" in done.stderr


def test_the_config_is_the_project_s_own_by_default(tmp_path: Path) -> None:
    """CONFIG defaults to .circleci/config.yml of the project, as the README shows."""
    project = tmp_path / "my-repository"
    (project / ".circleci").mkdir(parents=True)
    (project / ".circleci" / "config.yml").write_text(PASSES)
    make_repository(project)
    words = ["rehearse", "--project", "../my-repository"]
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "dte", *words],
        cwd=tmp_path / "elsewhere",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_kept_folder_is_named(tmp_path: Path) -> None:
    """With --keep, the folder is kept and its path is printed."""
    project, temporary = tmp_path / "project", tmp_path / "temporary"
    project.mkdir()
    temporary.mkdir()
    done = run_dte(project, PASSES, "--keep", TMPDIR=str(temporary))
    (line,) = [line for line in done.stderr.splitlines() if "is kept: " in line]
    assert Path(line.partition("is kept: ")[2]).is_dir()


def test_names_with_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    """The step name `Run [e2e] [/]` is not read as markup."""
    done = run_dte(tmp_path, one_job("run: {name: 'Run [e2e] [/]', command: exit 1}"))
    assert done.returncode == 1
    assert done.stdout.count("Run [e2e] [/]") == 3


def test_names_stay_whole_in_a_narrow_terminal(tmp_path: Path) -> None:
    """In a narrow terminal, job names and statuses are not cut."""
    console = Console(width=60, file=StringIO())
    job = JobReport("dte/agent-1", "success", True, "first run", 1.0, "", 0.0)
    run = RunReport("id", 1, "main", "0" * 40, "first run", "success", 1, 1.0, (job,))
    print_tables(Report((run,), (), (), (), False), console)
    assert isinstance(console.file, StringIO)
    assert "dte/agent-1" in console.file.getvalue()


def test_a_terminal_without_utf_8_is_no_defect(tmp_path: Path) -> None:
    """Characters that the terminal can't print are replaced."""
    assert run_dte(tmp_path, PASSES, PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.parametrize("kind", ["empty", "without commits"])
def test_a_project_without_anything_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """An empty folder or a repository without commits is a clear error."""
    project = tmp_path / "project"
    project.mkdir()
    if kind != "empty":
        git(project, "init", "--quiet")
    (tmp_path / "config.yml").write_text(PASSES)
    words = ("rehearse", "config.yml", "--project", "project")
    done = run_in(tmp_path, monkeypatch, *words)
    assert done.exit_code == 2
    said = "is empty" if kind == "empty" else "has no commits"
    assert said in done.stderr
