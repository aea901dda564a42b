"""Nx Cloud refuses the token, or has disabled the organization."""

from __future__ import annotations

import shlex

import pytest

from tests.scripts.nx_job import NxJob

SHAS = {"NX_BASE": "a" * 40, "NX_HEAD": "b" * 40}
ALONE = {"DTE_WHEN_NOT_CONNECTED": "run_without_agents"}
TOKEN = "Nx Cloud refused the access token of this job"
LIMIT = "Nx Cloud has disabled this organization"
# Clients of 2023 to 2026 print these texts; cloud_refusals.py names the sources.
PRINTED = [
    ("Error when connecting to Nx Cloud. Code: 401. Error: Invalid token", TOKEN),
    ("Error when connecting to Nx Cloud. Code: 403. Error: Forbidden", TOKEN),
    (" NX   Connection to Nx Cloud failed with status code 401", TOKEN),
    (" NX   Nx Cloud: Workspace is unable to be authorized. Exiting run.", TOKEN),
    ("   - Invalid Nx Cloud access token. Token: abc", TOKEN),
    (" NX   Nx Cloud: Workspace is disabled", LIMIT),
    ("Workspace is disabled.", LIMIT),
    (
        " NX   Nx Cloud: Workspace is unable to be authorized. Exiting run.\n\n"
        "This Nx Cloud organization has been disabled due to exceeding the FREE plan.",
        LIMIT,
    ),
    (
        "Error when connecting to Nx Cloud. Code: 401. Error: This Nx Cloud "
        "organization has been disabled due to exceeding the FREE plan.",
        LIMIT,
    ),
]
STEPS = {
    "start_ci_run": {"DTE_TARGETS": "lint"},
    "start_agent": {"DTE_ORDINAL": "1"},
    "run_affected": {"DTE_TARGETS": "lint", **SHAS},
}


def refuse(nx_job: NxJob, text: str, call: int = 1, status: int = 1) -> None:
    """Make the `call`-th call of npx print `text` and exit with `status`."""
    nx_job.answer(call, f"echo {shlex.quote(text)}; exit {status}")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("text", "message"), PRINTED)
def test_main_and_agents_name_the_refusal(
    nx_job: NxJob, step: str, text: str, message: str
) -> None:
    """Each step fails with the reason and the fix, and does not retry."""
    refuse(nx_job, text)
    done = nx_job.run(step, **STEPS[step])
    assert (done.returncode, len(nx_job.read_calls())) == (1, 1)
    assert f"error: {message}" in done.stderr
    assert "set `when_not_connected: run_without_agents`" in done.stderr
    assert "timed out" not in done.stderr


@pytest.mark.parametrize("step", ["start_ci_run", "start_agent"])
def test_a_refused_job_goes_on_without_nx_cloud(nx_job: NxJob, step: str) -> None:
    """With `run_without_agents`, main works without agents, and agents pass at once."""
    refuse(nx_job, PRINTED[0][0])
    done = nx_job.run(step, **STEPS[step], **ALONE)
    assert done.returncode == 0, done.stderr
    assert f"notice: {TOKEN}, so this job runs without agents" in done.stderr
    mode = "idle" if step == "start_agent" else "without_agents"
    exported = nx_job.read_exported()
    assert (exported["DTE_MODE"], exported["NX_NO_CLOUD"]) == (mode, "true")
    assert "DTE_RUN" not in exported


def test_main_is_told_to_go_on_alone_later(nx_job: NxJob) -> None:
    """Later steps get `when_not_connected`, in case Nx Cloud refuses only the tasks."""
    assert nx_job.run("start_ci_run", DTE_TARGETS="lint", **ALONE).returncode == 0
    assert nx_job.read_exported().items() >= ALONE.items()


def test_refused_tasks_run_without_nx_cloud(nx_job: NxJob) -> None:
    """If Nx Cloud refuses the tasks, main runs them again, without Nx Cloud."""
    refuse(nx_job, PRINTED[0][0])
    done = nx_job.run("run_affected", **STEPS["run_affected"], **ALONE)
    assert done.returncode == 0, done.stderr
    first, second = nx_job.read_calls()
    assert second == [*first, "--no-agents"]
    assert nx_job.read_environment(2)["NX_NO_CLOUD"] == "true"
    assert "NX_NO_CLOUD" not in nx_job.read_environment(1)


def test_tasks_are_never_run_twice(nx_job: NxJob) -> None:
    """If tasks ran before Nx Cloud's refusal, main fails with Nx's exit status."""
    text = PRINTED[0][0] + "\n\x1b[32m✔\x1b[39m  \x1b[2mnx run\x1b[22m shop:lint"
    refuse(nx_job, text, status=7)
    done = nx_job.run("run_affected", **STEPS["run_affected"], **ALONE)
    assert (done.returncode, len(nx_job.read_calls())) == (7, 1)


def test_a_client_that_goes_on_by_itself_is_warned_of(nx_job: NxJob) -> None:
    """If a refused client runs the tasks itself, main passes with a warning."""
    text = " NX   Nx Cloud: Workspace Disabled\n> nx run shop:lint"
    refuse(nx_job, text, status=0)
    done = nx_job.run("run_affected", **STEPS["run_affected"])
    assert (done.returncode, len(nx_job.read_calls())) == (0, 1)
    assert f"warning: {LIMIT}" in done.stderr
    assert "Nx ran the tasks in this job" in done.stderr


def test_a_later_text_of_a_task_is_no_refusal(nx_job: NxJob) -> None:
    """A refusal's text that a failed task prints late isn't treated as a refusal."""
    # `cat` writes the text in one piece, as happens on a busy machine.
    nx_job.write("printed", "." * 20_000 + PRINTED[0][0])
    nx_job.answer(1, "cat printed; exit 7")
    done = nx_job.run("run_affected", **STEPS["run_affected"], **ALONE)
    assert (done.returncode, len(nx_job.read_calls())) == (7, 1)
