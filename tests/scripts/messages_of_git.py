"""What `set_shas` says where the remote or the history is in the way of a base."""

from __future__ import annotations

from typing import Any

from tests.scripts.broken_jobs import Message, answer_with, remove_remote

# A merge of main whose history ends before the merge base, and a remote that is away.
CUT: dict[str, Any] = {
    "head": "g2",
    "branch": "merged",
    "clone": ("--depth=2", "--no-single-branch"),
    "arrange": remove_remote,
}

MESSAGES_OF_GIT = {
    "an unknown remote": Message(
        "error: DTE_REMOTE is 'upstream', and the checkout's remotes are: origin",
        "set the parameter `remote` to one of them",
        env={"DTE_REMOTE": "upstream"},
        head="f2",
        branch="feature",
        status=2,
    ),
    "a remote that does not answer": Message(
        "warning: git fetch origin failed: fatal: unable to access",
        "let this job read from the remote, or check out all of its history",
        head="f2",
        branch="feature",
        clone=("--single-branch", "--branch=feature"),
        arrange=remove_remote,
    ),
    "a remote that does not answer, and the parameter": Message(
        "warning: git fetch origin failed: ",
        "`when_no_base: error` would make an error of a base in doubt",
        head="f2",
        branch="feature",
        clone=("--single-branch", "--branch=feature"),
        arrange=remove_remote,
    ),
    "a cut history": Message(
        "warning: the history is cut short, so the base may be older than need be\n"
        "  - let this job read from the remote, or check out all of its history",
        "`when_no_base: error` would make this an error",
        **CUT,
    ),
    "a cut history, and that is an error": Message(
        "error: the history is cut short, so the base may be older than need be",
        "let this job read from the remote, or check out all of its history",
        env={"DTE_WHEN_NO_BASE": "error"},
        status=1,
        **CUT,
    ),
    "a cut history before what passed last": Message(
        "warning: the history is cut short, so the base may be older than need be",
        "`when_no_base: error` would make this an error",
        passed=("x2", "m5"),
        clone=("--depth=2", "--no-single-branch"),
        arrange=remove_remote,
    ),
    "a cut history before the revision of one's own": Message(
        "which is no ancestor of HEAD\nIt may lie where the history is cut short.",
        "name a revision in the history of HEAD, or: everything",
        env={"DTE_WHEN_NO_BASE": "d" * 40},
        status=1,
        clone=("--depth=2", "--no-single-branch"),
        arrange=remove_remote,
    ),
    "no merge base": Message(
        "HEAD and origin/main have no merge base here",
        "see that `base_branch` and `remote` name a branch that exists",
        head="o1",
        branch="lonely",
    ),
    "the base branch itself": Message(
        "this build is of the base branch, develop, itself",
        "to compare with what passed on it, make it the `main_branch`",
        env={"DTE_BASE_BRANCH": "develop"},
        head="d2",
        branch="develop",
    ),
    "a branch that main holds": Message(
        "warning: origin/main holds all of HEAD, so nothing is affected\n"
        "  - to compare with what passed on this branch, make it the `main_branch`",
        "`when_no_base: error` would make this an error",
        head="m4",
        branch="release/1",
    ),
    "a branch that main holds, and that is an error": Message(
        "error: origin/main holds all of HEAD, so nothing is affected",
        "to compare with what passed on this branch, make it the `main_branch`",
        env={"DTE_WHEN_NO_BASE": "error"},
        head="m4",
        branch="release/1",
        status=1,
    ),
    "a git that can't name the empty tree": Message(
        "error: git can't name the empty tree: it said 'nonsense'",
        "use an image with git 2.24 or later",
        arrange=answer_with("nonsense", to="hash-object"),
        status=1,
    ),
    "a git whose merge base is no revision": Message(
        "error: 'nonsense' and ",
        "are not both revisions",
        head="f2",
        branch="feature",
        arrange=answer_with("nonsense", to="merge-base"),
        status=1,
    ),
}
