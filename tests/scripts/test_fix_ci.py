"""`nx fix-ci` at the end of a job, which never changes how the job ends."""

import shutil

from tests.scripts.nx_job import NxJob


def test_it_is_run_once(nx_job: NxJob) -> None:
    """The command runs once, with Nx's own package."""
    done = nx_job.run("fix_ci")
    assert (done.returncode, nx_job.read_calls()) == (0, [["nx", "fix-ci"]])


def test_a_failure_only_warns(nx_job: NxJob) -> None:
    """A failure of it is no failure of the job."""
    nx_job.answer(1, "exit 1")
    done = nx_job.run("fix_ci")
    assert (done.returncode, len(nx_job.read_calls())) == (0, 1)
    assert "warning: that failed" in done.stderr


def test_nothing_is_done_where_no_tasks_were(nx_job: NxJob) -> None:
    """Without Nx, after a refusal and for an idle agent there is nothing to do."""
    for mode in ("refused", "idle"):
        assert nx_job.run("fix_ci", DTE_MODE=mode).returncode == 0
    shutil.rmtree(nx_job.checkout / "node_modules")
    assert nx_job.run("fix_ci").returncode == 0
    assert nx_job.read_calls() == []
