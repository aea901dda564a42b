"""Refuse partial reruns: the first step of every job in a distributed run.

A rerun is a new workflow with a new id ("Automatic reruns" in CircleCI's docs). Only
a full run has a record under its own workflow id, because the attempt job runs again
only in a full run.
"""

from __future__ import annotations

import os
import re
import sys
import time

from attempts import (
    AttemptRecord,
    RunRecords,
    attempts_folder,
    describe_damage,
    find_records,
)
from bash_env import IDLE, REFUSED, WITHOUT_AGENTS, set_mode
from failures import Refusal, clean, say
from settings import read, read_choice, read_switch, workflow_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

ALONE = "run_without_agents"
ALLOW = "allow"
CHOICES = ("refuse", ALONE, ALLOW)
ROLES = ("main", "agent")
KEPT_SECONDS = 30 * 24 * 60 * 60
_ID = "[0-9A-Za-z-]{1,100}"
_DIGEST = "[0-9a-f]{64}"


class PartialRerun(Refusal):
    """Refusal of a partial rerun. The first two lines are fixed, without a prefix."""

    prefix = ""
    code = "partial-rerun"


def refuse_partial_rerun(last: AttemptRecord, workflow_id: str) -> PartialRerun:
    """Return the refusal for a workflow that has only records of earlier workflows."""
    return PartialRerun(
        "You reran only failed jobs, but CI requires rerunning all jobs.\n"
        "Rerun all jobs in the pipeline to prevent this error.",
        details=[
            "",
            f"The last full run was attempt {last.attempt} "
            f"(workflow {clean(last.workflow_id)}, recorded "
            f"{clean(last.recorded_at)}).",
            f"This workflow, {workflow_id}, reran some of its jobs.",
        ],
        suggestions=[
            'press "Rerun workflow from start" at ' + workflow_link(workflow_id),
            "to debug a job with SSH, set DTE_RERUN_GUARD=off in the project's "
            "environment variables, and remove it afterwards",
        ],
    )


def refuse_without_record(found: RunRecords) -> Refusal:
    """Return the refusal for a workspace that contains no attempt record."""
    upstream = (
        "the attempt job must be upstream of this job; add requires: [dte/attempt]"
    )
    expired = "in a rerun, the workspace may have expired after 15 days: push a commit"
    # Whether a rerun from start keeps the workspace's id is ambiguous in CircleCI's
    # documentation, so the ids only decide which cause is named first.
    first_run = found.workflow_id == found.workspace_id
    return Refusal(
        f"the workspace of workflow {found.workflow_id} contains no attempt record",
        details=describe_damage(found.damaged, "ignored: "),
        suggestions=[upstream, expired] if first_run else [expired, upstream],
        code="no-record",
    )


def check_attempt() -> AttemptRecord:
    """Return this workflow's own record; raises `Refusal` when there is none."""
    found = find_records()
    found.require_own_readable()
    if found.own:
        return found.own
    if found.earlier:
        raise refuse_partial_rerun(found.earlier[-1], found.workflow_id)
    raise refuse_without_record(found)


def go_on_alone(role: str) -> None:
    """Let main run all tasks itself; let an agent's job pass, at once if possible."""
    set_mode(WITHOUT_AGENTS if role == "main" else IDLE)
    say("notice: this is a partial rerun, so main runs all tasks itself.")
    if role == "main":
        return
    say("notice: this agent has nothing to do and passes.")
    # If this command is missing, later steps read the mode and do nothing.
    os.spawnlp(os.P_WAIT, "circleci-agent", "circleci-agent", "step", "halt")


def guard(choice: str, role: str) -> None:
    """Print the attempt; raise `Refusal` for a run that `choice` does not allow."""
    try:
        record = check_attempt()
    except PartialRerun:
        if choice != ALONE:
            raise
        go_on_alone(role)
    else:
        print(f"This is attempt {record.attempt} of workflow {record.workflow_id}.")


def refuse(refusal: Refusal) -> NoReturn:
    """Print the refusal, even if BASH_ENV is broken, and disable the later steps."""
    say(str(refusal))
    try:
        if read("BASH_ENV"):
            set_mode(REFUSED)
    except Refusal as failure:
        say(f"warning: later steps may run: {failure.message}")
    keep_code()
    sys.exit(refusal.exit_code)


def require_shell() -> None:
    """Raise `Refusal` if the job's later steps can't work on this machine."""
    if sys.platform in ("win32", "cygwin", "msys"):
        raise Refusal(
            "dte runs on Linux and macOS, but this job runs on Windows",
            code="machine",
        )
    # BASH_ENV, which passes variables from one step to the next, needs bash.
    if not os.environ.get("DTE_BASH", "unknown"):
        raise Refusal(
            "dte needs bash, but this job's image does not have it",
            suggestions=[
                "use an image that has it, for example cimg/node or cimg/base",
                "or install it before this step: apk add bash, apt-get install bash",
            ],
            code="machine",
        )


def keep_code() -> None:
    """Move this job's copy of the code to where the later steps find it.

    guard.sh has made and checked the copy `~/.dte-<digest>.<number>`. Another job may
    replace the archive in `~/.dte`, but not this job's copy.
    """
    copy = sys.path[0]
    kept = os.path.splitext(copy)[0]
    if kept.endswith("-" + read("DTE_CODE", "-")):
        os.replace(copy, kept)


def remove_old_files() -> None:
    """Remove other runs' files from the home folder after KEPT_SECONDS.

    A runner may keep its home folder. A workspace is kept for 15 days at most.
    """
    oldest = time.time() - KEPT_SECONDS
    attempts = attempts_folder()
    for folder, ours in (
        (attempts, _ID + r"\.json"),
        (os.path.join(os.path.dirname(attempts), "code"), rf"{_ID}-{_DIGEST}\.pyz"),
        (os.path.expanduser("~"), rf"\.dte-{_DIGEST}(\.\d+)?"),
    ):
        try:
            for entry in os.scandir(folder):
                mine = re.fullmatch(ours, entry.name)
                if mine and entry.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(entry.path)
        except OSError:
            continue


def main() -> None:
    """Print the attempt or refuse the run; with `DTE_RERUN_GUARD=off`, only warn."""
    require_shell()
    remove_old_files()
    choice = read_choice("DTE_PARTIAL_RERUN", CHOICES[0], CHOICES)
    role = read_choice("DTE_ROLE", ROLES[0], ROLES)
    reasons = []
    if not read_switch("DTE_RERUN_GUARD", True):
        reasons.append("DTE_RERUN_GUARD is off")
    if choice == ALLOW:
        reasons.append("partial_rerun is " + ALLOW)
    try:
        # DTE_RERUN_GUARD, for a debug run, takes precedence over the parameter.
        guard(ALLOW if reasons else choice, role)
    except Refusal as refusal:
        if refusal.exit_code != 1 or not reasons:
            refuse(refusal)
        say(str(refusal))
        say("warning: {}, so this job continues.".format(reasons[0]))
        say("warning: main may wait for missing agents until its timeout.")
    keep_code()
