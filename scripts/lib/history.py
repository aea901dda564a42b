"""Fetch missing history into a shallow or single-branch clone.

A full or blobless clone contains all commits, so nothing is fetched into it unless the
base branch is missing.
"""

from pathlib import Path
from typing import Optional, Sequence

from failures import UsageError, say
from git import fetch
from revisions import (
    find_merge_bases,
    find_parent,
    find_revision,
    is_ancestor,
    list_between,
    list_remotes,
    read_boundary,
)

DEEPEN_BY = (50, 200, 800, 3200)
READ_REMOTE = "give this job access to the remote, or check out its full history"


class Clone:
    """A checkout and the remote from which it can fetch more history.

    `cut_short` becomes true when history is missing and can't be fetched.
    """

    def __init__(self, folder: Path, remote: str) -> None:
        self.folder = folder
        self.remote = remote
        self.cut_short = False
        self._steps = ["--deepen={}".format(count) for count in DEEPEN_BY]
        self._steps.append("--unshallow")

    def fetch(self, refs: Sequence[str], *options: str) -> bool:
        """Fetch `refs`; on failure, print the reason and return False."""
        answer = fetch(self.folder, *options, "--end-of-options", self.remote, *refs)
        if answer.status != 0:
            say("warning: git fetch {} failed: {}".format(self.remote, answer.errors))
            say("  - " + READ_REMOTE)
            say("  - `when_no_base: error` makes an uncertain base an error")
        return answer.status == 0

    def reach_back(self, *refs: str) -> bool:
        """Fetch more of the history of `refs`; return False when there is no more."""
        if not read_boundary(self.folder):
            return False
        step = self._steps.pop(0) if self._steps else ""
        if not (step and self.fetch(refs, step)):
            self._steps.clear()
            self.cut_short = True
            return False
        count = step.partition("=")[2]
        more = "{} more commits".format(count) if count else "the rest"
        say("This clone is shallow: fetched {} of its history.".format(more))
        return True

    def find_tip(self, branch: str) -> Optional[str]:
        """Return the tip of the remote's `branch`; fetch it if the clone lacks it."""
        tracked = name_tracked(self.remote, branch)
        tip = find_revision(self.folder, tracked)
        if tip is not None:
            return tip
        remotes = list_remotes(self.folder)
        if self.remote not in remotes:
            raise UsageError(
                "DTE_REMOTE is {!r}, but the checkout's remotes are: {}".format(
                    self.remote, ", ".join(remotes) or "none"
                ),
                suggestions=["set the parameter `remote` to one of them"],
            )
        say("This clone has no {}: fetching it.".format(tracked))
        shallow = bool(read_boundary(self.folder))
        depth = ["--depth={}".format(DEEPEN_BY[0])] if shallow else []
        self.fetch([refspec(self.remote, branch)], *depth)
        return find_revision(self.folder, tracked)


def name_tracked(remote: str, branch: str) -> str:
    """Return the full name of the ref that tracks a remote's branch."""
    return "refs/remotes/{}/{}".format(remote, branch)


def refspec(remote: str, branch: str) -> str:
    """Return the refspec that updates the branch's tracking ref."""
    return "+refs/heads/{}:{}".format(branch, name_tracked(remote, branch))


def find_merge_base(clone: Clone, head: str, branch: str) -> Optional[str]:
    """Return the merge base of `head` and the remote's `branch`; may fetch history."""
    tip = clone.find_tip(branch)
    if tip is None:
        return None
    while True:
        bases = find_merge_bases(clone.folder, head, tip)
        if bases and _is_sure(clone.folder, bases, [head, tip]):
            return bases[0]
        if not clone.reach_back(refspec(clone.remote, branch), head):
            break
        # The branch may have moved since the clone was made.
        tip = find_revision(clone.folder, name_tracked(clone.remote, branch)) or tip
    return bases[0] if bases else None


def _is_sure(folder: Path, bases: Sequence[str], heads: Sequence[str]) -> bool:
    # Only a commit at which the clone ends can hide a later common ancestor.
    boundary = read_boundary(folder)
    return not boundary or not boundary & list_between(folder, bases, heads)


def descends_from(clone: Clone, head: str, revision: str) -> bool:
    """Return whether `revision` is an ancestor of `head`; may fetch history."""
    while not is_ancestor(clone.folder, revision, head):
        if not clone.reach_back(head):
            return False
    return True


def find_first_parent(clone: Clone, head: str) -> Optional[str]:
    """Return the first parent of `head`; fetch it if the clone ends at `head`."""
    parent = find_parent(clone.folder, head)
    while parent is None and clone.reach_back(head):
        parent = find_parent(clone.folder, head)
    return parent
