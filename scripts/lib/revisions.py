"""Query git about revisions, without using the network."""

import re
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Set

from failures import Refusal, UsageError
from git import ask_git

_REVISION = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")


class Commit(NamedTuple):
    """A commit's committer date and subject."""

    date: str
    subject: str


def is_revision(text: str) -> bool:
    """Return whether `text` is a full SHA-1 or SHA-256 object name."""
    return _REVISION.fullmatch(text) is not None


def read_head(folder: Path) -> str:
    """Return the revision of HEAD; raises `Refusal` if there is none."""
    if not folder.is_dir():
        raise UsageError(
            "the folder {} does not exist".format(folder),
            suggestions=[
                "set the parameter `working_directory` to a folder in the checkout"
            ],
        )
    answer = ask_git(
        folder, "rev-list", "--max-count=1", "--end-of-options", "HEAD", "--"
    )
    if answer.status == 0 and is_revision(answer.output):
        return answer.output
    raise _explain(folder, answer.errors)


def _explain(folder: Path, errors: str) -> Refusal:
    if "dubious ownership" in errors or "unsafe repository" in errors:
        return Refusal(
            "git refuses {}: its files belong to another user".format(folder),
            suggestions=[
                "in an earlier step, run\n"
                "        git config --global --add safe.directory '*'"
            ],
            code="git",
        )
    if "not a git repository" in errors:
        return Refusal(
            "{} is not in a git repository".format(folder),
            suggestions=[
                "add a `checkout` step before this one",
                "set the parameter `working_directory` to a folder in the checkout",
            ],
            code="git",
        )
    return Refusal(
        "git finds no commit at HEAD in {}: {}".format(folder, errors or "no output"),
        suggestions=["add a `checkout` step before this one"],
        code="git",
    )


def find_revision(folder: Path, name: str) -> Optional[str]:
    """Return the commit of a full ref name or a revision, or None if it is missing."""
    words = ("rev-list", "--max-count=1", "--end-of-options", name, "--")
    answer = ask_git(folder, *words)
    return answer.output if answer.status == 0 and is_revision(answer.output) else None


def find_merge_bases(folder: Path, one: str, other: str) -> List[str]:
    """Return the best common ancestors of two revisions in this clone."""
    return ask_git(folder, "merge-base", "--all", one, other).output.split()


def is_ancestor(folder: Path, revision: str, head: str) -> bool:
    """Return whether `revision` is `head` or one of its ancestors in this clone."""
    return ask_git(folder, "merge-base", "--is-ancestor", revision, head).status == 0


def find_parent(folder: Path, revision: str) -> Optional[str]:
    """Return the first parent of `revision`, or None if this clone has none."""
    answer = ask_git(folder, "rev-list", "--max-count=1", "--parents", revision, "--")
    parents = answer.output.split()[1:]
    return parents[0] if parents else None


def list_between(folder: Path, bases: Sequence[str], heads: Sequence[str]) -> Set[str]:
    """Return the commits in this clone that `heads` reach and `bases` do not."""
    excluded = ["^" + base for base in bases]
    return set(ask_git(folder, "rev-list", *heads, *excluded, "--").output.split())


def read_boundary(folder: Path) -> Set[str]:
    """Return the commits at which a shallow clone ends; empty for a full clone."""
    path = ask_git(folder, "rev-parse", "--git-path", "shallow").output
    try:
        return set((folder / path).read_text(encoding="ascii").split())
    except OSError:
        return set()


def read_commit(folder: Path, revision: str) -> Commit:
    """Return a commit's date and subject, without control characters."""
    words = ("--max-count=1", "--no-show-signature", "--no-patch", "--no-color")
    answer = ask_git(
        folder, "log", *words, "--encoding=UTF-8", "--format=%cI %s", revision, "--"
    )
    text = "".join(letter if letter.isprintable() else "?" for letter in answer.output)
    date, _, subject = text.partition(" ")
    return Commit(date[:10], subject)


def find_empty_tree(folder: Path) -> str:
    """Return the name of the empty tree in this repository's object format."""
    answer = ask_git(folder, "hash-object", "-t", "tree", "--stdin")
    if not is_revision(answer.output):
        said = answer.errors or "it printed {!r}".format(answer.output)
        raise Refusal(
            "git can't name the empty tree: {}".format(said),
            suggestions=["use an image with git 2.24 or later"],
            code="git",
        )
    return answer.output


def list_remotes(folder: Path) -> List[str]:
    """Return the names of this checkout's remotes."""
    return ask_git(folder, "remote").output.split()


def is_branch_name(folder: Path, name: str) -> bool:
    """Return whether git allows this branch name (git-check-ref-format)."""
    return ask_git(folder, "check-ref-format", "refs/heads/" + name).status == 0
