"""Completing a run that was started with explicit completion."""

import shutil

from tests.scripts.nx_job import NxJob

COMPLETE = ["nx-cloud", "complete-ci-run"]


def test_the_run_is_completed(nx_job: NxJob) -> None:
    """`nx-cloud complete-ci-run` runs once, with the run's execution environment."""
    done = nx_job.run("complete_ci_run", DTE_EXECUTION_ENVIRONMENT="macos")
    assert (done.returncode, nx_job.read_calls()) == (0, [COMPLETE])
    assert nx_job.read_environment()["NX_CI_EXECUTION_ENV"] == "macos"


def test_a_run_that_stays_open_is_an_error(nx_job: NxJob) -> None:
    """Three failed tries fail the job, because nothing else ends the run."""
    for call in (1, 2, 3):
        nx_job.answer(call, "exit 1")
    done = nx_job.run("complete_ci_run")
    assert (done.returncode, nx_job.read_calls()) == (1, [COMPLETE] * 3)
    assert "complete the run on its page" in done.stderr


def test_without_a_run_nothing_is_completed(nx_job: NxJob) -> None:
    """If main ran without agents, was refused or has no Nx, no command runs."""
    for mode in ("refused", "without_agents"):
        assert nx_job.run("complete_ci_run", DTE_MODE=mode).returncode == 0
    shutil.rmtree(nx_job.checkout / "node_modules")
    assert nx_job.run("complete_ci_run").returncode == 0
    assert nx_job.read_calls() == []


def test_a_run_that_never_started_is_not_completed(nx_job: NxJob) -> None:
    """If dte/main never started a run, `complete-ci-run` is not called."""
    done = nx_job.run("complete_ci_run", DTE_RUN="none")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "this job started none" in done.stderr
    nx_job.run("complete_ci_run", DTE_RUN="started")
    assert nx_job.read_calls() == [COMPLETE]
