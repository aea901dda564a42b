"""A table of builds: the commit, how it is checked out, and the expected base."""

from __future__ import annotations

from dataclasses import dataclass, field

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SHALLOW = ("--depth=1", "--no-single-branch")
ALONE = ("--depth=1", "--single-branch")
QUEUE = "gh-readonly-queue/main/"


@dataclass(frozen=True)
class Case:
    """One build, and its expected base: a commit's name, or "everything"."""

    name: str
    head: str
    base: str
    branch: str = ""
    tag: str = ""
    passed: tuple[str, ...] = ()
    clone: tuple[str, ...] = ()
    ref: str = ""
    env: dict[str, str] = field(default_factory=dict)
    said: str = ""


CASES = [
    Case("main, the newest that passed", "m6", "m4", "main", passed=("m4", "m3")),
    Case("main, HEAD passed before", "m6", "m5", "main", passed=("m6", "m5")),
    Case("main, forced", "m6", "m3", "main", passed=("x2", "x1", "m3", "m2")),
    Case("main, nothing passed", "m6", "everything", "main"),
    Case("main, only HEAD passed", "m6", "everything", "main", passed=("m6",)),
    Case("main, only lost ones passed", "m6", "everything", "main", passed=("x2",)),
    Case("main, an older build", "m4", "m3", "main", passed=("m6", "m5", "m4", "m3")),
    Case(
        "main has another name",
        "d2",
        "m2",
        "develop",
        passed=("d2", "m2"),
        env={"DTE_MAIN_BRANCH": "develop"},
    ),
    Case("a branch", "f2", "m4", "feature"),
    Case("a branch, the record is of no use", "f2", "m4", "feature", passed=("m6",)),
    Case("a branch that main was merged into", "g2", "m5", "merged"),
    Case("a branch without a commit of its own", "m5", "m5", "new", said="affected"),
    Case("a branch without common history", "o1", "everything", "lonely"),
    Case("a fork's pull request", "p1", "m5", "pull/7", ref="refs/pull/7/head"),
    Case(
        "a pull request into another branch",
        "t1",
        "d1",
        "task",
        env={"DTE_BASE_BRANCH": "develop"},
    ),
    Case(
        "a pull request whose config passes no base",
        "t1",
        "m2",
        "task",
        env={"DTE_BASE_BRANCH": ""},
    ),
    Case(
        "the base branch itself",
        "d2",
        "everything",
        "develop",
        env={"DTE_BASE_BRANCH": "develop"},
        said="of the base branch itself, develop",
    ),
    Case(
        "a base branch that does not exist",
        "f2",
        "everything",
        "feature",
        env={"DTE_BASE_BRANCH": "nowhere"},
        said="no merge base",
    ),
    Case("a merge queue", "q1", "m6", QUEUE + "pr-1-abc", passed=("m2",)),
    Case("a merge queue after another entry", "q2", "q1", QUEUE + "pr-2-def"),
    Case("a tag", "m5", "m4", tag="v1", passed=("m6", "m5", "m4")),
    Case("a tag, nothing passed", "m5", "everything", tag="v1"),
    Case("a tag of another branch's commit", "f2", "m4", tag="v2", passed=("m6", "m4")),
    Case("no branch and no tag", "f2", "m4"),
    Case(
        "no branch and no tag, on main",
        "m6",
        "everything",
        said="the build has no branch",
    ),
    Case("parent", "m6", "m5", "main", env={"DTE_WHEN_NO_BASE": "parent"}),
    Case(
        "parent, on the first commit",
        "m1",
        "everything",
        "main",
        env={"DTE_WHEN_NO_BASE": "parent"},
        said="HEAD has no parent",
    ),
    Case("first commit", "m1", "everything", "main", passed=("m6",)),
    Case("first commit in a merge queue", "m1", "everything", QUEUE + "pr-0"),
    Case("blobless", "f2", "m4", "feature", clone=("--filter=blob:none",)),
    Case(
        "blobless, main, forced",
        "m6",
        "m3",
        "main",
        passed=("x2", "m3"),
        clone=("--filter=blob:none",),
    ),
    Case(
        "shallow", "f2", "m4", "feature", clone=SHALLOW, said="is shallow: fetched 50"
    ),
    Case(
        "shallow, one branch",
        "f2",
        "m4",
        "feature",
        clone=(*ALONE, "--branch=feature"),
        said="has no refs/remotes/origin/main: fetching it",
    ),
    Case(
        "shallow, a merge of main",
        "g2",
        "m5",
        "merged",
        clone=("--depth=2", "--no-single-branch"),
    ),
    Case("shallow, main", "m6", "m3", "main", passed=("x2", "m3"), clone=SHALLOW),
    Case("shallow, a merge queue", "q1", "m6", QUEUE + "pr-1-abc", clone=SHALLOW),
    Case(
        "shallow, a tag", "m5", "m2", tag="v1", passed=("m2",), clone=(*ALONE, "-bv1")
    ),
    Case(
        "shallow, a fork's pull request",
        "p1",
        "m5",
        "pull/7",
        ref="refs/pull/7/head",
        clone=SHALLOW,
    ),
    Case(
        "shallow, parent",
        "m6",
        "m5",
        "main",
        clone=SHALLOW,
        env={"DTE_WHEN_NO_BASE": "parent"},
    ),
    Case(
        "one branch, full",
        "f2",
        "m4",
        "feature",
        clone=("--single-branch", "--branch=feature"),
        said="has no refs/remotes/origin/main: fetching it",
    ),
    Case(
        "another remote",
        "f2",
        "m4",
        "feature",
        clone=("--origin=upstream",),
        env={"DTE_REMOTE": "upstream"},
    ),
]
