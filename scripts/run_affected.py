"""Run the targets of the affected projects, on the agents or in this job.

`nx affected` passes without running a task if it knows none of the targets, or if an
argument turns it into another command. This step then fails if a task was due.
"""

import os
import re
import sys
from pathlib import Path
from typing import List, Optional

from agents_mode import goes_on_after
from bash_env import WITHOUT_AGENTS, read_mode, set_mode
from cloud_refusals import find_refusal
from failures import Refusal, UsageError, say
from nx import call_nx, enter_checkout, require_nx
from nx_arguments import read_nx_arguments
from nx_version import read_nx_major
from projects import list_affected, read_projects
from settings import read
from streamed_run import Finished, ran_tasks, run_streamed, strip_colors
from targets import Projects, check_targets, read_targets

_RAN = re.compile(
    rb"Successfully ran targets? .* for (?!0 projects)|(?<!\d)[1-9]\d* tasks?: \d+ succ"
)
_RAN_NONE = re.compile(
    rb"No tasks were run|No projects with .* were run|(?<!\d)0 tasks: 0 succeeded"
)
SKIP_VALIDATION = "NX_SKIP_ATOMIZER_VALIDATION"


def read_revision(name: str) -> str:
    """Return a revision that `set_shas` exported; raises `UsageError` without one."""
    revision = read(name)
    if not revision:
        raise UsageError(
            f"{name} is not set, so no project can be selected",
            suggestions=[
                "run dte/set_shas in an earlier step of this job",
                "or export NX_BASE and NX_HEAD yourself, in the file in BASH_ENV",
            ],
        )
    return revision


def allow_split_targets() -> None:
    """Let Nx run targets that its plugins split, such as e2e-ci, in this job.

    Without Nx Cloud, Nx refuses these targets: they are slower on one machine
    (`validateNoAtomizedTasks` in the nx package, 24.0.6; nrwl/nx#26898).
    """
    if not read(SKIP_VALIDATION):
        os.environ[SKIP_VALIDATION] = "true"


def name_no_agents(checkout: Path) -> str:
    """Return the option for a run without agents.

    Before Nx 18, Nx passes `--no-agents` on to every task (tried with 17.3.2).
    """
    return "--no-dte" if 0 < read_nx_major(checkout) < 18 else "--no-agents"


def plan_command(checkout: Path, targets: List[str], base: str, head: str) -> List[str]:
    """Return the `nx affected` command with the values of all parameters."""
    configuration = read("DTE_CONFIGURATION")
    return call_nx(
        "affected",
        "--base=" + base,
        "--head=" + head,
        # With `=`, Nx does not read a target that starts with a dash as an option.
        "--targets=" + ",".join(targets),
        "--parallel=" + read("DTE_PARALLEL", "2"),
        *(["--configuration=" + configuration] if configuration else []),
        *([name_no_agents(checkout)] if read_mode() else []),
        *read_nx_arguments("DTE_NX_ARGUMENTS"),
    )


def ran_no_task(finished: Finished) -> bool:
    """Return whether Nx printed that no task ran, or printed no sign of a task.

    Nx 17 and 18 end with "Successfully ran target lint for 0 projects", and Nx 24 with
    "0 tasks: 0 succeeded" if the output style is `summary` (both tried). A task may
    print the same text, but then Nx also prints that a task ran.
    """
    text = strip_colors(finished.beginning + finished.end)
    if _RAN.search(text):
        return False
    return _RAN_NONE.search(text) is not None or not ran_tasks(finished)


def goes_on_alone(finished: Finished) -> bool:
    """Return whether main must run all tasks again because Nx Cloud refused the run.

    Raises `Refusal` if `when_not_connected` is error. Some clients run the tasks
    anyway (nx-cloud 19.0.0).
    """
    refusal = find_refusal(finished)
    if not refusal or (finished.status and ran_tasks(finished)):
        return False
    if not finished.status:
        say(f"warning: {refusal.message}. Nx ran the tasks in this job.")
        return False
    if not goes_on_after(refusal):
        raise refusal
    set_mode(WITHOUT_AGENTS)
    return True


def explain_no_task(
    targets: List[str], projects: Optional[Projects], base: str, head: str
) -> None:
    """Say why there was no task to run; raises `Refusal` if there may have been one."""
    affected = list_affected(base, head) if projects is not None else None
    if projects is None or affected is None:
        raise Refusal(
            "no task ran, and it is unknown whether an affected project has one of "
            "the targets",
            suggestions=["see the warnings above"],
            code="no-task",
        )
    due = [name for name in affected if projects.get(name, set()) & set(targets)]
    if due:
        raise Refusal(
            f"no task ran, although {len(due)} affected projects have one of the "
            "targets",
            details=["Projects: " + ", ".join(due[:20])],
            suggestions=["check the parameter `nx_arguments`, for example --exclude"],
            code="no-task",
        )
    same = " Base and head are the same commit." if base == head else ""
    say(
        "There was no task to run: no project that is affected between {} and {} has "
        "one of the targets {}.{}".format(base, head, ", ".join(targets), same)
    )


def main() -> None:
    """Run `nx affected` between NX_BASE and NX_HEAD, which `set_shas` exported."""
    targets = read_targets("DTE_TARGETS")
    if not targets:
        raise UsageError(
            "DTE_TARGETS contains no target", suggestions=["set `targets`"]
        )
    base, head = read_revision("NX_BASE"), read_revision("NX_HEAD")
    checkout = enter_checkout()
    words = plan_command(checkout, targets, base, head)
    require_nx(checkout)
    if read_mode():
        say("notice: this job runs all tasks itself, without agents.")
        allow_split_targets()
    projects = read_projects()
    if projects is not None:
        check_targets(targets, projects)
    finished = run_streamed(words)
    if goes_on_alone(finished):
        allow_split_targets()
        finished = run_streamed(plan_command(checkout, targets, base, head))
    if finished.status == 0 and ran_no_task(finished):
        explain_no_task(targets, projects, base, head)
    sys.exit(finished.status)
