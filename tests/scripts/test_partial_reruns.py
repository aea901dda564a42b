"""The guard with each value of `partial_rerun`."""

import subprocess
from pathlib import Path

import pytest

from tests.refusal import REFUSAL
from tests.scripts.records import RunScript, make_record, write_record

FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"


class Guard:
    """A job in a workflow whose workspace has only the first workflow's record."""

    def __init__(self, run_script: RunScript, folder: Path) -> None:
        self.run_script = run_script
        self.folder = folder
        self.bash_env = folder / "bash_env"
        self.halted = folder / "halted"
        write_record(
            folder / "attempts", make_record(workflow_id=FIRST, workspace_id=FIRST)
        )

    def install_agent(self) -> None:
        """Put a fake of CircleCI's circleci-agent on the PATH."""
        command = self.folder / "circleci-agent"
        command.write_text(f'#!/bin/sh\necho "$*" >"{self.halted}"\n')
        command.chmod(0o755)

    def run(self, choice: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the guard with `partial_rerun: choice`."""
        return self.run_script(
            "rerun_guard",
            {
                "PATH": f"{self.folder}:/usr/bin:/bin",
                "BASH_ENV": str(self.bash_env),
                "CIRCLE_WORKFLOW_ID": SECOND,
                "CIRCLE_WORKFLOW_WORKSPACE_ID": FIRST,
                "DTE_ATTEMPTS": str(self.folder / "attempts"),
                "DTE_PARTIAL_RERUN": choice,
                **env,
            },
        )

    def read_mode(self) -> str:
        """Return the line that sets DTE_MODE for later steps."""
        return self.bash_env.read_text().strip() if self.bash_env.exists() else ""


@pytest.fixture
def guard(run_script: RunScript, tmp_path: Path) -> Guard:
    """The guard in a partial rerun."""
    return Guard(run_script, tmp_path)


@pytest.mark.parametrize("choice", ["refuse", ""])
def test_a_refusal_is_told_to_later_steps(guard: Guard, choice: str) -> None:
    """By default the guard refuses the rerun, and sets DTE_MODE for the later steps."""
    assert guard.run(choice).returncode == 1
    assert guard.read_mode() == "export DTE_MODE=refused"


def test_main_goes_on_alone(guard: Guard) -> None:
    """With `run_without_agents` main continues, and DTE_MODE is `without_agents`."""
    done = guard.run("run_without_agents")
    assert done.returncode == 0
    assert "main runs all tasks itself" in done.stderr
    assert REFUSAL not in done.stderr
    assert guard.read_mode() == "export DTE_MODE=without_agents"


def test_an_agent_ends_at_once(guard: Guard) -> None:
    """An agent that reruns ends with success through CircleCI's `step halt`."""
    guard.install_agent()
    done = guard.run("run_without_agents", DTE_ROLE="agent")
    assert done.returncode == 0
    assert "nothing to do and passes" in done.stderr
    assert guard.halted.read_text() == "step halt\n"


def test_an_agent_ends_without_circleci_s_command(guard: Guard) -> None:
    """Without circleci-agent, DTE_MODE makes the later steps do nothing."""
    done = guard.run("run_without_agents", DTE_ROLE="agent")
    assert done.returncode == 0
    assert guard.read_mode() == "export DTE_MODE=idle"


def test_off_goes_on_loudly(guard: Guard) -> None:
    """With `allow` the job continues with agents, and the refusal is only a warning."""
    done = guard.run("allow")
    assert done.returncode == 0
    assert done.stderr.startswith(REFUSAL)
    assert "warning: partial_rerun is allow" in done.stderr
    assert guard.read_mode() == ""


def test_the_switch_goes_before_the_parameter(guard: Guard) -> None:
    """DTE_RERUN_GUARD=off takes precedence over the parameter."""
    done = guard.run("run_without_agents", DTE_RERUN_GUARD="off")
    assert done.returncode == 0
    assert "warning: DTE_RERUN_GUARD is off" in done.stderr
    assert guard.read_mode() == ""


def test_a_full_run_changes_nothing(guard: Guard) -> None:
    """In a full run `run_without_agents` has no effect."""
    done = guard.run("run_without_agents", CIRCLE_WORKFLOW_ID=FIRST)
    assert (done.returncode, done.stderr) == (0, "")
    assert guard.read_mode() == ""


def test_a_missing_record_is_refused_all_the_same(guard: Guard) -> None:
    """Without any record the guard refuses the job, since the run may be a full run."""
    done = guard.run("run_without_agents", DTE_ATTEMPTS=str(guard.folder / "none"))
    assert done.returncode == 1
    assert "no attempt record" in done.stderr


def test_without_a_later_step_nothing_is_promised(guard: Guard) -> None:
    """Without BASH_ENV, which passes DTE_MODE on, the job fails."""
    done = guard.run("run_without_agents", BASH_ENV="")
    assert done.returncode == 2
    assert "BASH_ENV is not set" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("DTE_PARTIAL_RERUN", "maybe"), ("DTE_ROLE", "attempt")]
)
def test_a_choice_without_sense(guard: Guard, name: str, value: str) -> None:
    """Unknown values of the parameters are usage errors."""
    assert guard.run("refuse", **{name: value}).returncode == 2
