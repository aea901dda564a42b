"""Messages of `set_shas` about the remote, the history and git itself."""

from __future__ import annotations

from typing import Any

from tests.scripts.broken_jobs import Message, answer_with, remove_remote

# HEAD merges main, the clone lacks the merge base, and the remote is unreachable.
CUT: dict[str, Any] = {
    "head": "g2",
    "branch": "merged",
    "clone": ("--depth=2", "--no-single-branch"),
    "arrange": remove_remote,
}

MESSAGES_OF_GIT = {
    "an unknown remote": Message(
        "error: DTE_REMOTE is 'upstream', but the checkout's remotes are: origin",
        "set the parameter `remote` to one of them",
        env={"DTE_REMOTE": "upstream"},
        head="f2",
        branch="feature",
        status=2,
    ),
    "a remote that does not answer": Message(
        "warning: git fetch origin failed: fatal: unable to access",
        "give this job access to the remote, or check out its full history",
        head="f2",
        branch="feature",
        clone=("--single-branch", "--branch=feature"),
        arrange=remove_remote,
    ),
    "a remote that does not answer, and the parameter": Message(
        "warning: git fetch origin failed: ",
        "`when_no_base: error` makes an uncertain base an error",
        head="f2",
        branch="feature",
        clone=("--single-branch", "--branch=feature"),
        arrange=remove_remote,
    ),
    "a cut history": Message(
        "warning: the clone lacks some history, so the base may be older than "
        "necessary\n"
        "  - give this job access to the remote, or check out its full history",
        "`when_no_base: error` makes this an error",
        **CUT,
    ),
    "a cut history, and that is an error": Message(
        "error: the clone lacks some history, so the base may be older than necessary",
        "give this job access to the remote, or check out its full history",
        env={"DTE_WHEN_NO_BASE": "error"},
        status=1,
        **CUT,
    ),
    "a cut history before what passed last": Message(
        "warning: the clone lacks some history, so the base may be older than "
        "necessary",
        "`when_no_base: error` makes this an error",
        passed=("x2", "m5"),
        clone=("--depth=2", "--no-single-branch"),
        arrange=remove_remote,
    ),
    "a shallow history that ends before the given revision": Message(
        "which is not an ancestor of HEAD\n"
        "It may be in the part of the history that this clone lacks.",
        "set it to everything or to a revision in HEAD's history",
        env={"DTE_WHEN_NO_BASE": "d" * 40},
        status=1,
        clone=("--depth=2", "--no-single-branch"),
        arrange=remove_remote,
    ),
    "no merge base": Message(
        "HEAD and origin/main have no merge base in this clone",
        "check that `base_branch` and `remote` name an existing branch",
        head="o1",
        branch="lonely",
    ),
    "the base branch itself": Message(
        "this is a build of the base branch itself, develop",
        "set `main_branch` to develop to use its last passed revision",
        env={"DTE_BASE_BRANCH": "develop"},
        head="d2",
        branch="develop",
    ),
    "a branch that main holds": Message(
        "warning: origin/main contains HEAD, so nothing is affected\n"
        "  - to compare with the last passed revision of this branch, set "
        "`main_branch` to it",
        "`when_no_base: error` makes this an error",
        head="m4",
        branch="release/1",
    ),
    "a branch that main holds, and that is an error": Message(
        "error: origin/main contains HEAD, so nothing is affected",
        "to compare with the last passed revision of this branch, set `main_branch` "
        "to it",
        env={"DTE_WHEN_NO_BASE": "error"},
        head="m4",
        branch="release/1",
        status=1,
    ),
    "a git that can't name the empty tree": Message(
        "error: git can't name the empty tree: it printed 'nonsense'",
        "use an image with git 2.24 or later",
        arrange=answer_with("nonsense", to="hash-object"),
        status=1,
    ),
    "a git whose merge base isn't a revision": Message(
        "error: 'nonsense' and ",
        "are not both revisions",
        head="f2",
        branch="feature",
        arrange=answer_with("nonsense", to="merge-base"),
        status=1,
    ),
}
