"""`nx-cloud upload-agent-metrics` at the end of an agent's job never fails the job."""

import shutil

from tests.scripts.nx_job import NxJob


def test_it_runs_once(nx_job: NxJob) -> None:
    """`nx-cloud upload-agent-metrics` runs once, with the installed Nx."""
    done = nx_job.run("upload_agent_metrics")
    assert (done.returncode, nx_job.read_calls()) == (
        0,
        [["nx-cloud", "upload-agent-metrics"]],
    )


def test_a_failure_only_warns(nx_job: NxJob) -> None:
    """If the command fails, the job still passes."""
    nx_job.answer(1, "exit 1")
    done = nx_job.run("upload_agent_metrics")
    assert (done.returncode, len(nx_job.read_calls())) == (0, 1)
    assert "warning: the upload failed" in done.stderr


def test_nothing_runs_without_tasks(nx_job: NxJob) -> None:
    """Without Nx, after a refusal, or on an idle agent, the command doesn't run."""
    for mode in ("refused", "idle"):
        assert nx_job.run("upload_agent_metrics", DTE_MODE=mode).returncode == 0
    shutil.rmtree(nx_job.checkout / "node_modules")
    assert nx_job.run("upload_agent_metrics").returncode == 0
    assert nx_job.read_calls() == []
