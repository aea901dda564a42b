"""Stopping agents: which command runs, when none runs, and that it never fails."""

import shutil
from pathlib import Path

import pytest
from bounded_run import PAUSE

from tests.dte.nx_cloud.counting_server import CountingServer
from tests.dte.nx_cloud.oracle.clock import Clock
from tests.dte.nx_cloud.workspace import CLIENT, SMALL_NX
from tests.scripts.nx_job import NxJob

STOP = ["nx-cloud", "stop-all-agents"]
DOWNLOADED = ["--yes", "nx-cloud@19.1.3", "stop-all-agents"]


def test_the_agents_are_stopped(nx_job: NxJob) -> None:
    """If Nx is installed, the workspace's `nx-cloud` stops the agents in one try."""
    done = nx_job.run("stop_agents", DTE_EXECUTION_ENVIRONMENT="macos")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP])
    assert nx_job.read_environment()["NX_CI_EXECUTION_ENV"] == "macos"


def test_a_failed_stop_is_tried_again(nx_job: NxJob) -> None:
    """The stop is tried twice with the installed package, then with the pinned one."""
    nx_job.answer(1, "exit 1")
    nx_job.answer(2, "exit 1")
    done = nx_job.run("stop_agents")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP, STOP, DOWNLOADED])


def test_after_a_success_one_try_is_enough(nx_job: NxJob) -> None:
    """After main passed, a failed stop is not tried again."""
    nx_job.answer(1, "exit 1")
    done = nx_job.run("stop_agents", DTE_WHEN="on_success")
    assert (done.returncode, nx_job.read_calls()) == (0, [STOP])
    assert "main's heartbeat" in done.stderr


@pytest.mark.slow
def test_a_stop_that_fails_only_warns(nx_job: NxJob) -> None:
    """If all tries fail, the step passes and says what stops the agents instead."""
    for call in (1, 2, 3):
        nx_job.answer(call, "exit 3")
    done = nx_job.run("stop_agents")
    assert done.returncode == 0
    assert "warning: the agents could not be stopped" in done.stderr
    assert "agent_timeout" in done.stderr


def test_without_nx_a_pinned_package_stops_them(nx_job: NxJob) -> None:
    """If the install failed, npx downloads the version in the parameter."""
    shutil.rmtree(nx_job.checkout / "node_modules")
    nx_job.run("stop_agents", DTE_NX_CLOUD_VERSION="19.1.0")
    assert nx_job.read_calls() == [["--yes", "nx-cloud@19.1.0", "stop-all-agents"]]


def test_without_a_checkout_nothing_runs(nx_job: NxJob) -> None:
    """Without a checkout, no package is downloaded."""
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
def test_without_agents_nothing_runs(nx_job: NxJob, mode: str, why: str) -> None:
    """After a refusal, or in a job without agents, nothing runs."""
    done = nx_job.run("stop_agents", DTE_MODE=mode)
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert why in done.stderr


def test_an_invalid_version_does_not_hide_the_failure(nx_job: NxJob) -> None:
    """An invalid version is only a warning, so that main's failure stays visible."""
    done = nx_job.run("stop_agents", DTE_NX_CLOUD_VERSION="$(touch x)")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "warning: nx_cloud_version" in done.stderr


@pytest.mark.slow
def test_no_npx_only_warns(nx_job: NxJob) -> None:
    """Without npx in the image, the step only warns."""
    (nx_job.bin / "npx").unlink()
    done = nx_job.run("stop_agents", PATH=str(nx_job.bin))
    assert done.returncode == 0
    assert "npx can't be started" in done.stderr


def test_the_workspace_may_be_in_a_subfolder(nx_job: NxJob) -> None:
    """With `working_directory`, Nx is found and run in that folder."""
    nx_job.write("apps/node_modules/.bin/nx", "")
    nx_job.run("stop_agents", DTE_WORKING_DIRECTORY="apps")
    assert nx_job.read_environment()["PWD"] == str(nx_job.checkout / "apps")


def test_a_file_decides_when_agents_end_after_a_success(nx_job: NxJob) -> None:
    """With .nx/ci-config.yaml, dte stops the agents only after a failure."""
    env = {"DTE_RUN": "started_by_file", "CIRCLE_WORKFLOW_ID": "the-run"}
    done = nx_job.run("stop_agents", DTE_WHEN="on_success", **env)
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert ".nx/ci-config.yaml decides when they end" in done.stderr
    nx_job.run("stop_agents", DTE_WHEN="on_fail", **env)
    assert nx_job.read_calls() == [["nx-cloud", "stop-all-agents"]]


@pytest.mark.parametrize(("own", "expected"), [("", "2"), ("7", "7")])
def test_an_outage_costs_seconds(nx_job: NxJob, own: str, expected: str) -> None:
    """Nx Cloud's client retries twice, not ten times, unless the user sets a number."""
    more = {"NX_CLOUD_NUMBER_OF_RETRIES": own} if own else {}
    nx_job.run("stop_agents", CIRCLE_WORKFLOW_ID="the-run", **more)
    assert nx_job.read_environment()["NX_CLOUD_NUMBER_OF_RETRIES"] == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("when", "own", "requests"),
    [("on_fail", "", 9), ("on_success", "", 3), ("on_success", "4", 5)],
)
def test_an_outage_costs_few_requests(
    nx_job: NxJob, tmp_path: Path, when: str, own: str, requests: int
) -> None:
    """By default, each command that stops the agents sends three requests, not eleven.

    The waits between the requests are those of a real client (see `test_waits.py`).
    """
    for call in (1, 2, 3):
        nx_job.answer(call, f"exec node '{SMALL_NX}/run-client.js' stop-all-agents")
    clock = Clock(tmp_path / "waits", 50)
    env = {"CI": "true", "CIRCLE_WORKFLOW_ID": "w1", "CLIENT_FOLDER": str(CLIENT)}
    if own:
        env["NX_CLOUD_NUMBER_OF_RETRIES"] = own
    with CountingServer(500) as server:
        env |= {"NX_CLOUD_API": server.url, "NO_PROXY": "127.0.0.1"}
        done = nx_job.run("stop_agents", DTE_WHEN=when, **clock.environment(), **env)
    assert done.returncode == 0
    assert "Code: 500. Error: not today" in done.stderr
    assert server.requests == requests
    assert sum(clock.waits()) + 2 * PAUSE < 60, "seconds, not minutes"
