"""A fault: how it is injected, and how its rehearsal has to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.refusal import TWO_LINES

FIRST, MAIN, AGENT = "dte/attempt", "dte/main", "dte/agent-1"
GUARD = "Refuse a partial rerun"
TASKS = "Run the affected tasks"
START = "Start the CI pipeline execution"
WORK = "Run tasks for main"
DOWN = {"SAMPLE_PAYMENTS": "off"}
UP = "set:SAMPLE_PAYMENTS=on"
# With these parameters, HEAD is an empty commit and the base is its parent, so nothing
# is affected.
NOTHING_AFFECTED = {
    "setup": [
        {
            "run": {
                "name": "Add an empty commit",
                "command": "git -c user.name=a -c user.email=a@example.com "
                "commit -q --allow-empty -m Empty",
            }
        }
    ],
    "when_no_base": "parent",
}
TOKEN = {"circleci": {"CIRCLE_TOKEN": "a-circleci-token"}}


def wait_until(event: str) -> list[Any]:
    """Return a step that waits for `event`: the first call of the method of `Run` with
    this name, or "kill", the end of the fault's `kill`."""
    command = f'until [ -e "$EVENTS/{event}" ]; do sleep 0.2; done'
    return [{"run": {"name": f"Wait: {event}", "command": command}}]


@dataclass(frozen=True)
class Said:
    """A string that a job of a run must have printed."""

    run: int
    job: str
    text: str


@dataclass(frozen=True)
class Fault:
    """One fault: how it is injected, and how its rehearsal has to end.

    `statuses` has the status of each run, `jobs` the statuses of jobs in the last run.
    `ran_in_main`: main itself ran the last run's tasks. `nothing_to_run`: no task was
    due. `unseen`: main ran the tasks without reporting them to Nx Cloud. The seconds of
    `kill` begin after all events in `kill_after`, which `wait_until` describes.
    """

    name: str
    statuses: Sequence[str]
    jobs: Mapping[str, str] = field(default_factory=dict)
    said: Sequence[Said] = ()
    attempts: Sequence[int] = ()
    agents: int = 1
    main: Mapping[str, Any] = field(default_factory=dict)
    agent: Mapping[str, Any] = field(default_factory=dict)
    workflow: Mapping[str, Any] = field(default_factory=dict)
    more_jobs: Sequence[Any] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fail: Sequence[str] = ()
    kill: Sequence[str] = ()
    kill_after: Sequence[str] = ()
    fault: Sequence[str] = ()
    then: Sequence[str] = ()
    ran_in_main: bool = False
    nothing_to_run: bool = False
    unseen: bool = False


STOPPED = Said(1, MAIN, "Nx Cloud (stand-in): all agents of run ")


def refused(run: int, job: str) -> tuple[Said, Said]:
    """Return that a job must print the two lines of the guard's refusal."""
    return Said(run, job, TWO_LINES[0]), Said(run, job, TWO_LINES[1])
