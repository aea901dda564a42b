"""Parameters of main and the agents that decide how a run starts and ends."""

from pathlib import Path
from typing import Any

import pytest

from dte.order.faults import Failure, FaultPlan
from tests.end_to_end.fake_tools import read_calls
from tests.end_to_end.fake_workflow import make_jobs, read_nx, rehearse_jobs
from tests.end_to_end.faults.row import START, TASKS

pytestmark = pytest.mark.slow

STOP = ["nx-cloud", "stop-all-agents"]
FETCHED_STOP = ["--yes", "nx-cloud@19.1.3", "stop-all-agents"]
FORK: dict[str, Any] = {"when_not_connected": "run_without_agents"}
NOT_CONNECTED = {"NX_CLOUD_ACCESS_TOKEN": ""}


def fail(step: str) -> FaultPlan:
    """Return a fault plan in which this step of main fails."""
    return FaultPlan(failures=(Failure("dte/main", step),))


def test_everything_at_the_end_of_a_run(tmp_path: Path, fakes: Path) -> None:
    """Explicit completion, fix-ci and metrics run last, even after a failure."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(
            agents=1,
            agent={"fix_ci": True, "upload_agent_metrics": True},
            main={
                "fix_ci": True,
                "explicit_completion": True,
                "start_arguments": "--x",
            },
        ),
        faults=fail(TASKS),
    )
    assert done.statuses()["dte/main"] == "failed"
    calls = read_nx(fakes)
    start = next(call for call in calls if "start-ci-run" in call)
    assert start[-2:] == ["--require-explicit-completion", "--x"]
    assert calls.count(["nx", "fix-ci"]) == 2
    assert ["nx-cloud", "upload-agent-metrics"] in calls
    main = [step.name for run, job, step in done.heard.steps if job == "dte/main"]
    assert main[-3:] == [
        "Stop the agents",
        "Complete the CI pipeline execution",
        "Propose a fix for failed tasks",
    ]
    assert calls.index(STOP) < calls.index(["nx-cloud", "complete-ci-run"])


def test_no_extra_commands_by_default(tmp_path: Path, fakes: Path) -> None:
    """By default, main ends with stop-all-agents, and an agent with start-agent."""
    rehearse_jobs(tmp_path, make_jobs())
    words = [call[1] for call in read_nx(fakes) if call[1] != "start-agent"]
    assert words == ["start-ci-run", "record", "affected", "stop-all-agents"]


@pytest.mark.parametrize(
    "main",
    [
        {"stop_agents_after": "lint,deploy"},
        {"explicit_completion": True},
        {"start": "own"},
    ],
    ids=["more targets to come", "completed explicitly", "started by custom steps"],
)
def test_a_success_that_does_not_stop_the_agents(
    tmp_path: Path, fakes: Path, main: dict[str, Any]
) -> None:
    """If later steps may still need the agents, main doesn't stop the agents."""
    done = rehearse_jobs(tmp_path, make_jobs(agents=1, main=main))
    assert done.statuses()["dte/main"] == "success"
    assert STOP not in read_nx(fakes)


@pytest.mark.parametrize("step", ["Install packages", START])
def test_a_run_that_never_started_is_not_completed(
    tmp_path: Path, fakes: Path, step: str
) -> None:
    """If main fails before it has started a run, it doesn't try to complete a run."""
    jobs = make_jobs(agents=1, main={"explicit_completion": True})
    done = rehearse_jobs(tmp_path, jobs, faults=fail(step))
    assert ["nx-cloud", "complete-ci-run"] not in read_nx(fakes)
    assert "No run was completed: this job started none." in done.lines("dte/main")


def test_agents_by_parallelism(tmp_path: Path, fakes: Path) -> None:
    """One job with `parallelism: 3` runs three agents with different names."""
    show = {
        "run": {"name": "Name", "when": "always", "command": 'echo "$NX_AGENT_NAME"'}
    }
    jobs = make_jobs(agents=0, agent={"parallelism": 3, "post-steps": [show]})
    done = rehearse_jobs(tmp_path, jobs)
    names = {line for line in done.lines("dte/agent") if line.startswith("agent-")}
    assert names == {"agent-0-0", "agent-0-1", "agent-0-2"}


def test_two_mains_in_one_workflow(tmp_path: Path, fakes: Path) -> None:
    """`execution_environment` reaches every step, including the user's own steps."""
    show = {"run": {"name": "Show", "command": 'echo "env=$NX_CI_EXECUTION_ENV"'}}
    both = {"execution_environment": "linux"}
    jobs = make_jobs(agents=1, agent=both, main={**both, "record": [show]})
    done = rehearse_jobs(tmp_path, jobs)
    assert "env=linux" in done.lines("dte/main")


def test_a_custom_start(tmp_path: Path, fakes: Path) -> None:
    """`start: own` runs the user's steps instead of start-ci-run."""
    own = [{"run": {"name": "Mine", "command": "npx nx-cloud start-workers"}}]
    rehearse_jobs(tmp_path, make_jobs(main={"start": "own", "start_steps": own}))
    calls = [call for call in read_nx(fakes) if "start-agent" not in call]
    assert calls[0] == ["nx-cloud", "start-workers"]


def test_a_fork_runs_without_agents(tmp_path: Path, fakes: Path) -> None:
    """Without a token, main runs all tasks and the agents pass, with notices."""
    jobs = make_jobs(agent=FORK, main=FORK)
    done = rehearse_jobs(tmp_path, jobs, variables=NOT_CONNECTED)
    assert set(done.statuses().values()) == {"success"}
    words = [call[1] for call in read_nx(fakes)]
    assert words == ["format:check", "affected"]
    assert read_nx(fakes)[-1][-1] == "--no-agents"
    assert any("has nothing to do" in line for line in done.lines("dte/agent-1"))


def test_without_a_connection_every_job_fails(tmp_path: Path, fakes: Path) -> None:
    """By default, main and the agents fail if Nx Cloud is not connected."""
    done = rehearse_jobs(tmp_path, make_jobs(), variables=NOT_CONNECTED)
    assert set(done.statuses().values()) == {"success", "failed"}
    assert done.statuses()["dte/attempt"] == "success"
    assert {name for name, _ in done.statuses().items()} - {"dte/attempt"} == {
        name for name, status in done.statuses().items() if status == "failed"
    }
    assert not [call for call in read_nx(fakes) if "start-agent" in call]


@pytest.mark.parametrize(
    "step",
    [
        "Set NX_BASE and NX_HEAD",
        START,
        "Record nx format:check",
        TASKS,
    ],
)
def test_a_main_that_fails_anywhere_stops_the_agents(
    tmp_path: Path, fakes: Path, step: str
) -> None:
    """If any step of main after the install fails, the agents are stopped."""
    rehearse_jobs(tmp_path, make_jobs(agents=1), faults=fail(step))
    assert STOP in read_nx(fakes)


def test_a_failed_install_stops_the_agents(tmp_path: Path, fakes: Path) -> None:
    """If the install failed, the pinned nx-cloud package stops the agents."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "nx.json").write_text("{}")
    rehearse_jobs(tmp_path, make_jobs(agents=1), faults=fail("Install packages"))
    assert FETCHED_STOP in read_nx(fakes)


def test_a_failed_checkout_stops_no_agents(tmp_path: Path, fakes: Path) -> None:
    """Without a checkout no agents can be stopped, and the log explains it."""
    jobs = make_jobs(agents=1, main={"working_directory": "apps"})
    done = rehearse_jobs(tmp_path, jobs, faults=fail("Checkout code"))
    assert done.statuses()["dte/main"] == "failed"
    assert not [call for call in read_calls(fakes) if "stop-all-agents" in call]
    assert any("there is no checkout" in line for line in done.lines("dte/main"))
