"""Find the base for a kind of build, or a replacement if there is none."""

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

_UNREACHED = "It may be in the part of the history that this clone lacks."
_CUT_SHORT = "the clone lacks some history, so the base may be older than necessary"


class NoBase(Refusal):
    """No base was found; `when_no_base` decides what happens next."""

    code = "no-base"


class Base(NamedTuple):
    """The chosen base; `why` is the reason, in parentheses.

    `doubt` says why the base may be wrong; `when_no_base: error` then refuses it.
    """

    revision: str
    why: str
    doubt: str = ""
    fix: str = ""


def choose_base(
    build: Build, *, clone: Clone, head: str, base_branch: str, passed: Iterable[Passed]
) -> Base:
    """Return the base for the kind of `build`; raises `NoBase` with the reason.

    Reads `passed` (newest first) only if needed, until it finds an ancestor of `head`.
    """
    if build.kind is Kind.QUEUE:
        return _choose_parent(clone, head)
    if build.needs_passed_revisions:
        base = _choose_passed(clone, head, passed)
    else:
        base = _choose_merge_base(build, clone, head, base_branch)
    if clone.cut_short and base.revision != head:
        return base._replace(doubt=_CUT_SHORT, fix=READ_REMOTE)
    return base


def _choose_parent(clone: Clone, head: str) -> Base:
    parent = find_first_parent(clone, head)
    if parent is None:
        raise NoBase("HEAD has no parent")
    return Base(parent, "(HEAD^1, the parent of this merge queue entry)")


def _choose_passed(clone: Clone, head: str, passed: Iterable[Passed]) -> Base:
    seen = 0
    for one in passed:
        if one.revision == head:
            continue
        seen += 1
        if descends_from(clone, head, one.revision):
            return Base(one.revision, f"(the newest that passed: {one.where})")
    if seen:
        raise NoBase(f"none of the {seen} passed revisions is an ancestor of HEAD")
    raise NoBase("no earlier revision passed")


def _choose_merge_base(build: Build, clone: Clone, head: str, base_branch: str) -> Base:
    target = f"{clone.remote}/{base_branch}"
    if build.name == base_branch:
        raise NoBase(
            f"this is a build of the base branch itself, {base_branch}",
            suggestions=[
                f"set `main_branch` to {base_branch} to use its last passed revision"
            ],
        )
    base = find_merge_base(clone, head, base_branch)
    if base is None:
        raise NoBase(
            f"HEAD and {target} have no merge base in this clone",
            suggestions=[
                "check that `base_branch` and `remote` name an existing branch"
            ],
        )
    if base == head:
        if not build.name:
            raise NoBase(f"{target} contains HEAD, and the build has no branch")
        return Base(
            base,
            f"(the merge base of HEAD and {target})",
            doubt=f"{target} contains HEAD, so nothing is affected",
            fix="to compare with the last passed revision of this branch, set "
            "`main_branch` to it",
        )
    return Base(base, f"(the merge base of HEAD and {target})")


def replace_base(clone: Clone, head: str, choice: str) -> Base:
    """Return the base that `when_no_base` (everything, parent, a revision) selects."""
    if choice == "parent":
        parent: Optional[str] = find_first_parent(clone, head)
        if parent is not None:
            return Base(parent, "(the parent of HEAD)")
        say("warning: HEAD has no parent, so everything is affected")
    if is_revision(choice):
        if descends_from(clone, head, choice):
            return Base(choice, "(the revision that when_no_base names)")
        raise Refusal(
            f"DTE_WHEN_NO_BASE is {choice}, which is not an ancestor of HEAD",
            suggestions=["set it to everything or to a revision in HEAD's history"],
            details=[_UNREACHED] if clone.cut_short else [],
            code="no-base",
        )
    return Base(find_empty_tree(clone.folder), "(no files: everything is affected)")
