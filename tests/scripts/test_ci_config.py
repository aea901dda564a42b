"""A .nx/ci-config.yaml must leave the tasks to the agents of the workflow."""

from __future__ import annotations

import pytest

from tests.scripts.nx_job import NxJob

FILE = ".nx/ci-config.yaml"
MANUAL = "dte:\n  distribute-on: manual\n"


def make_override(value: str) -> str:
    """Make a file whose override for the environment `e2e` has this value."""
    return f"{MANUAL}overrides:\n  e2e:\n    dte:\n      distribute-on: {value}\n"


@pytest.mark.parametrize("start", ["config", "auto"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dte:\n  distribute-on: 3 linux-medium-js\n", "3 linux-medium-js"),
        ("dte: {distribute-on: 3 linux-medium-js}", "3 linux-medium-js"),
        (
            "dte:\n  distribute-on:\n    small-changeset: 3 linux\n",
            "(a list or mapping)",
        ),
        ("dte:\n  distribute-on:\n    - manual\n", "(a list or mapping)"),
        ("distribute-on:\n  small-changeset: 3 linux\n", "(a list or mapping)"),
        ('dte:\n  "distribute-on": "manual-ish" # manual\n', "manual-ish"),
        ("dte:\n  # distribute-on: manual\n  distribute-on: 8 windows\n", "8 windows"),
        ("dte:\n  distribute-on:\n", "(empty)"),
        ("dte:\n  distribute-on: Manual\n", "Manual"),
        ("dte:\n  distribute-on: manual, 3 linux\n", "manual, 3 linux"),
        ("dte:\r\n  distribute-on: 3 linux\r\n", "3 linux"),
    ],
)
def test_a_file_that_asks_for_hosted_agents_is_refused(
    nx_job: NxJob, start: str, text: str, shown: str
) -> None:
    """Anything but `distribute-on: manual` is refused with the line to change."""
    nx_job.write(FILE, text)
    done = nx_job.run("start_ci_run", DTE_START=start, DTE_TARGETS="build")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "distributes the tasks to agents outside this workflow" in done.stderr
    assert f"distribute-on: {shown}\n" in done.stderr
    assert "change the line to `distribute-on: manual`" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "dte: {distribute-on: manual}",
        "dte:\n  distribute-on: 'manual' # ours\n",
        'dte:\n  "distribute-on": "manual"\n',
        "dte:\r\n  distribute-on: manual\r\n",
        "---\n# Nx wrote distribute-on: 3 linux here\ndte:\n  distribute-on: manual\n",
        "lifecycle:\n  stop-after: [lint, e2e-ci]\n" + MANUAL,
    ],
)
def test_each_form_of_manual_is_accepted(nx_job: NxJob, text: str) -> None:
    """Quotes, comments, line endings and one-line mappings don't change the result."""
    nx_job.write(FILE, text)
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x: &a manual\ndte:\n  distribute-on: *a\n", "line 1: x: &a manual"),
        ("dte:\n  distribute-on: manual\ndte:\n  a: b\n", "line 3: dte:"),
        ("dte:\n\tdistribute-on: manual\n", "line 2: distribute-on: manual"),
        ("dte:\n  note: |\n    x\n  distribute-on: manual\n", "line 2: note: |"),
        ("dte:\n  distribute-on:\n    manual\n", "line 3: manual"),
        ("dte: {distribute-on: manual,\n  a: b}\n", "line 1: dte: {distribute-on:"),
        ("dte:\n  distribute-on: !!str manual\n", "line 2: distribute-on: !!str"),
    ],
)
def test_yaml_that_could_mislead_is_refused(
    nx_job: NxJob, text: str, line: str
) -> None:
    """If dte can't read the YAML, the error shows the line and what to write."""
    nx_job.write(FILE, text)
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "contains YAML that dte doesn't support" in done.stderr
    assert line in done.stderr
    assert "dte:\n        distribute-on: manual\n" in done.stderr


def test_a_file_that_is_not_text_is_refused(nx_job: NxJob) -> None:
    """Bytes that are not UTF-8 are refused as unreadable."""
    (nx_job.checkout / ".nx").mkdir()
    (nx_job.checkout / FILE).write_bytes(b"dte:\n  distribute-on: manual\n# \xff")
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "it is not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("environment", "value", "status"),
    [("e2e", "3 linux", 1), ("e2e", "manual", 0), ("other", "3 linux", 0)],
)
def test_an_override_counts_in_its_environment(
    nx_job: NxJob, environment: str, value: str, status: int
) -> None:
    """Only the override for the run's own environment has an effect."""
    nx_job.write(FILE, make_override(value))
    done = nx_job.run(
        "start_ci_run", DTE_TARGETS="build", DTE_EXECUTION_ENVIRONMENT=environment
    )
    assert done.returncode == status, done.stderr


def test_an_override_replaces_hosted_agents(nx_job: NxJob) -> None:
    """Hosted agents in the base section are accepted if the override is manual."""
    nx_job.write(FILE, make_override("manual").replace("manual", "3 linux", 1))
    run = {"DTE_TARGETS": "build", "DTE_EXECUTION_ENVIRONMENT": "e2e"}
    assert nx_job.run("start_ci_run", **run).returncode == 0
    run["DTE_EXECUTION_ENVIRONMENT"] = "other"
    assert nx_job.run("start_ci_run", **run).returncode == 1


@pytest.mark.parametrize("text", ["", "lifecycle:\n  fail-after: 0\n", "dte: manual"])
def test_a_file_without_distribute_on_is_warned_of(nx_job: NxJob, text: str) -> None:
    """A file without `distribute-on: manual` causes a warning that names this line."""
    nx_job.write(FILE, text)
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert done.returncode == 0
    assert "has no `distribute-on: manual` below `dte`" in done.stderr


@pytest.mark.parametrize("name", ["ci.yaml", "ci.yml"])
@pytest.mark.parametrize("config", [True, False])
def test_the_successor_of_the_file_is_named(
    nx_job: NxJob, name: str, config: bool
) -> None:
    """The log says that .nx/pipelines/ci.yaml is not used, and how to use it."""
    nx_job.write(f".nx/pipelines/{name}", "workers: 3 linux")
    if config:
        nx_job.write(FILE, MANUAL)
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert done.returncode == 0, done.stderr
    command = "start-nx-agents" if config else "start-ci-run"
    assert nx_job.read_calls()[0][1] == command
    assert f"pipelines/{name}." in done.stderr
    assert "`start: own` with `npx nx-cloud start-workers`" in done.stderr
    own = nx_job.run("start_ci_run", DTE_START="own")
    assert "pipelines" not in own.stderr
