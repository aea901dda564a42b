"""The base of a build, by its kind; and what stands in for one that can't be found."""

from typing import Iterable, NamedTuple, Optional

from builds import Build, Kind
from failures import Refusal, say
from history import (
    READ_REMOTE,
    Clone,
    descends_from,
    find_first_parent,
    find_merge_base,
)
from passed_revisions import Passed
from revisions import find_empty_tree, is_revision

_UNREACHED = "It may lie where the history is cut short."
_CUT_SHORT = "the history is cut short, so the base may be older than need be"


class NoBase(Refusal):
    """No base was found; `when_no_base` says what happens then."""


class Base(NamedTuple):
    """The base that was chosen, and why, in brackets.

    `doubt` says what may be wrong with it; `when_no_base: error` refuses it then.
    """

    revision: str
    why: str
    doubt: str = ""
    mend: str = ""


def choose_base(
    build: Build, *, clone: Clone, head: str, base_branch: str, passed: Iterable[Passed]
) -> Base:
    """The base of `build` by its kind; raises `NoBase` with the reason.

    `passed` is read, newest first, only for the kinds that need it, and only as far
    as its first ancestor of `head`.
    """
    if build.kind is Kind.QUEUE:
        return _choose_parent(clone, head)
    if build.needs_passed_revisions:
        base = _choose_passed(clone, head, passed)
    else:
        base = _choose_merge_base(build, clone, head, base_branch)
    if clone.cut_short and base.revision != head:
        return base._replace(doubt=_CUT_SHORT, mend=READ_REMOTE)
    return base


def _choose_parent(clone: Clone, head: str) -> Base:
    parent = find_first_parent(clone, head)
    if parent is None:
        raise NoBase("HEAD has no parent")
    return Base(parent, "(HEAD^1, what this entry of the merge queue stands on)")


def _choose_passed(clone: Clone, head: str, passed: Iterable[Passed]) -> Base:
    seen = 0
    for one in passed:
        if one.revision == head:
            continue
        seen += 1
        if descends_from(clone, head, one.revision):
            return Base(one.revision, "(the newest that passed: {})".format(one.where))
    if seen:
        raise NoBase("of the {} revisions that passed, HEAD has none".format(seen))
    raise NoBase("no earlier revision passed")


def _choose_merge_base(build: Build, clone: Clone, head: str, base_branch: str) -> Base:
    target = "{}/{}".format(clone.remote, base_branch)
    if build.name == base_branch:
        raise NoBase(
            "this build is of the base branch, {}, itself".format(base_branch),
            suggestions=[
                "to compare with what passed on it, make it the `main_branch`"
            ],
        )
    base = find_merge_base(clone, head, base_branch)
    if base is None:
        raise NoBase(
            "HEAD and {} have no merge base here".format(target),
            suggestions=[
                "see that `base_branch` and `remote` name a branch that exists"
            ],
        )
    if base == head:
        if not build.name:
            raise NoBase("{} holds all of HEAD, and no branch is named".format(target))
        return Base(
            base,
            "(the merge base of HEAD and {})".format(target),
            doubt="{} holds all of HEAD, so nothing is affected".format(target),
            mend="to compare with what passed on this branch, make it the "
            "`main_branch`",
        )
    return Base(base, "(the merge base of HEAD and {})".format(target))


def replace_base(clone: Clone, head: str, choice: str) -> Base:
    """What `when_no_base` (everything, parent, a revision) puts in a base's place."""
    if choice == "parent":
        parent: Optional[str] = find_first_parent(clone, head)
        if parent is not None:
            return Base(parent, "(the parent of HEAD)")
        say("warning: HEAD has no parent, so everything counts as affected")
    if is_revision(choice):
        if descends_from(clone, head, choice):
            return Base(choice, "(the revision that when_no_base names)")
        raise Refusal(
            "DTE_WHEN_NO_BASE is {}, which is no ancestor of HEAD".format(choice),
            suggestions=["name a revision in the history of HEAD, or: everything"],
            details=[_UNREACHED] if clone.cut_short else [],
        )
    return Base(find_empty_tree(clone.folder), "(no files: everything is affected)")
