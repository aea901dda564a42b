"""Export NX_BASE and NX_HEAD, the revisions that `nx affected` compares.

Runs in the main job after the checkout. With an attempt record it needs only git.
Without one, on the main branch and on tags, it asks CircleCI's API.
"""

from pathlib import Path

from bases import Base, NoBase, choose_base, replace_base
from bash_env import export
from builds import read_build
from failures import Refusal, UsageError, say
from history import Clone
from revision_sources import find_record, list_recorded, search_passed
from revisions import (
    find_revision,
    is_branch_name,
    is_revision,
    list_between,
    read_boundary,
    read_commit,
    read_head,
)
from search_settings import read_rule
from settings import find_checkout, read, require

STRICTER = "  - `when_no_base: error` makes this an error"


def main() -> None:
    """Find the base and the head, print them, and export them to later steps."""
    folder = Path(find_checkout())
    require("BASH_ENV")  # before the search, which may take long
    main_branch = read("DTE_MAIN_BRANCH", "main")
    when_no_base = read_when_no_base()
    read_rule()
    clone = Clone(folder, read("DTE_REMOTE", "origin"))
    head = read_head(folder)
    base_branch = read("DTE_BASE_BRANCH", main_branch)
    require_branch_name(folder, "DTE_BASE_BRANCH", base_branch)
    record = find_record(main_branch)
    build = read_build(main_branch)
    say(f"This is a build of {build}.")
    try:
        base = choose_base(
            build,
            clone=clone,
            head=head,
            base_branch=base_branch,
            passed=list_recorded(record) if record else search_passed(main_branch),
        )
    except NoBase as reason:
        base = fall_back(reason, clone, head, when_no_base)
    judge(base, when_no_base)
    report(clone, base, head)
    export_revisions(base.revision, head)


def read_when_no_base() -> str:
    """Return what to do without a base; raises `UsageError` for an unknown value."""
    choice = read("DTE_WHEN_NO_BASE", "everything")
    if choice not in ("everything", "parent", "error") and not is_revision(choice):
        raise UsageError(
            f"DTE_WHEN_NO_BASE is {choice!r}",
            suggestions=["it takes everything, parent, error, or a full SHA"],
        )
    return choice


def require_branch_name(folder: Path, variable: str, name: str) -> None:
    """Raise `UsageError` when git does not allow this branch name."""
    if not is_branch_name(folder, name):
        raise UsageError(
            f"{variable} is {name!r}, which is not a valid branch name",
            suggestions=["use the short name, for example main, without refs/heads/"],
        )


def fall_back(reason: NoBase, clone: Clone, head: str, when_no_base: str) -> Base:
    """Warn and return what `when_no_base` selects; raises `Refusal` for `error`."""
    if when_no_base == "error":
        raise Refusal(
            f"no base was found: {reason.message}",
            suggestions=[*reason.suggestions, "or set `when_no_base` to everything"],
            code="no-base",
        )
    say(f"warning: no base was found: {reason.message}")
    for text in reason.suggestions:
        say("  - " + text)
    base = replace_base(clone, head, when_no_base)
    say(f"warning: using `when_no_base: {when_no_base}` {base.why}")
    say(STRICTER)
    return base


def judge(base: Base, when_no_base: str) -> None:
    """Warn of an uncertain base; raises `Refusal` if `when_no_base` is error."""
    if not base.doubt:
        return
    if when_no_base == "error":
        raise Refusal(
            base.doubt,
            suggestions=[base.fix, "or set `when_no_base` to everything"],
            code="no-base",
        )
    say("warning: " + base.doubt)
    say("  - " + base.fix)
    say(STRICTER)


def report(clone: Clone, base: Base, head: str) -> None:
    """Print both commits with subjects and dates, and the distance between them."""
    for label, revision, why in (("base", base.revision, base.why), ("head", head, "")):
        commit = read_commit(clone.folder, revision)
        words = [label, revision[:12], commit.date, commit.subject, why]
        say("  ".join(word for word in words if word))
    if find_revision(clone.folder, base.revision) is None:
        return
    between = list_between(clone.folder, [base.revision], [head])
    least = "at least " if between & read_boundary(clone.folder) else ""
    commits = "1 commit" if len(between) == 1 else f"{len(between)} commits"
    say(f"The head is {least}{commits} ahead.")


def export_revisions(base: str, head: str) -> None:
    """Export both revisions to every later step, and print them."""
    if not (is_revision(base) and is_revision(head)):
        raise Refusal(
            f"{base!r} and {head!r} are not both revisions",
            suggestions=["check whether git in this image is a wrapper"],
            code="git",
        )
    export({"NX_BASE": base, "NX_HEAD": head})
    print(f"NX_BASE={base}\nNX_HEAD={head}")
