"""Stopping agents: what is run, when nothing is, and that it never fails the job."""

import shutil

import pytest

from tests.scripts.nx_job import NxJob

STOP = ["nx-cloud", "stop-all-agents"]
FETCHED = ["--yes", "nx-cloud@19.1.3", "stop-all-agents"]


def test_the_agents_are_stopped(nx_job: NxJob) -> None:
    """Where Nx is installed, its own nx-cloud stops them, once."""
    done = nx_job.run("stop_agents", DTE_EXECUTION_ENVIRONMENT="macos")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP])
    assert nx_job.read_environment()["NX_CI_EXECUTION_ENV"] == "macos"


def test_a_failed_stop_is_tried_again(nx_job: NxJob) -> None:
    """Two tries with the installed package, and a last one with the pinned one."""
    nx_job.answer(1, "exit 1")
    nx_job.answer(2, "exit 1")
    done = nx_job.run("stop_agents")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP, STOP, FETCHED])


def test_after_a_success_one_try_is_enough(nx_job: NxJob) -> None:
    """A job that passed is not held up by an Nx Cloud that does not answer."""
    nx_job.answer(1, "exit 1")
    done = nx_job.run("stop_agents", DTE_WHEN="on_success")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP])
    assert "main's heartbeat" in done.stderr


def test_a_stop_that_fails_only_warns(nx_job: NxJob) -> None:
    """When all tries fail, the step passes, and says what ends the agents now."""
    for call in (1, 2, 3):
        nx_job.answer(call, "exit 3")
    done = nx_job.run("stop_agents")
    assert done.returncode == 0
    assert "warning: the agents could not be stopped" in done.stderr
    assert "agent_timeout" in done.stderr


def test_without_nx_a_pinned_package_stops_them(nx_job: NxJob) -> None:
    """Where the install had failed, npx fetches the version of the parameter."""
    shutil.rmtree(nx_job.checkout / "node_modules")
    nx_job.run("stop_agents", DTE_NX_CLOUD_VERSION="19.1.0")
    assert nx_job.read_calls() == [["--yes", "nx-cloud@19.1.0", "stop-all-agents"]]


def test_without_a_checkout_nothing_is_run(nx_job: NxJob) -> None:
    """Where nothing was checked out, no package is downloaded for nobody."""
    shutil.rmtree(nx_job.checkout)
    nx_job.checkout.mkdir()
    done = nx_job.run("stop_agents")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "there is no checkout" in done.stderr


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("refused", "was refused"),
        ("without_agents", "without agents"),
        ("idle", "with"),
    ],
)
def test_with_no_agents_nothing_is_run(nx_job: NxJob, mode: str, why: str) -> None:
    """After the guard's refusal, and where main worked alone, nobody is waiting."""
    done = nx_job.run("stop_agents", DTE_MODE=mode)
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert why in done.stderr


def test_a_version_without_sense_does_not_hide_the_failure(nx_job: NxJob) -> None:
    """A parameter used wrongly is a warning here: main's own failure stands."""
    done = nx_job.run("stop_agents", DTE_NX_CLOUD_VERSION="$(touch x)")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "warning: nx_cloud_version" in done.stderr


def test_no_npx_only_warns(nx_job: NxJob) -> None:
    """Without npx in the image the step warns as well."""
    (nx_job.bin / "npx").unlink()
    done = nx_job.run("stop_agents", PATH=str(nx_job.bin))
    assert done.returncode == 0
    assert "npx can't be started" in done.stderr


def test_the_workspace_may_lie_in_a_folder(nx_job: NxJob) -> None:
    """With `working_directory` Nx is looked for, and run, in that folder."""
    nx_job.write("apps/node_modules/.bin/nx", "")
    nx_job.run("stop_agents", DTE_WORKING_DIRECTORY="apps")
    assert nx_job.read_environment()["PWD"] == str(nx_job.checkout / "apps")
