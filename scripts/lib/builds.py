"""The kind of a build, which decides how its base is found."""

from enum import Enum
from typing import NamedTuple

from settings import read

QUEUE_PREFIX = "gh-readonly-queue/"


class Kind(Enum):
    """The kinds of build that `set_shas` distinguishes."""

    MAIN = "the main branch"
    BRANCH = "a branch"
    QUEUE = "a merge queue"
    TAG = "a tag"


class Build(NamedTuple):
    """The kind of build, and the name of its branch or tag ("" if unknown)."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        if not self.name:
            return "no branch and no tag"
        return "{}, {}".format(self.kind.value, self.name)

    @property
    def needs_passed_revisions(self) -> bool:
        """Whether the base is a passed revision of the main branch."""
        return self.kind in (Kind.MAIN, Kind.TAG)


def classify_build(*, branch: str, tag: str, main_branch: str) -> Build:
    """Return the build of a branch or a tag; the tag takes precedence."""
    if tag:
        return Build(Kind.TAG, tag)
    if branch == main_branch:
        return Build(Kind.MAIN, branch)
    if branch.startswith(QUEUE_PREFIX):
        return Build(Kind.QUEUE, branch)
    return Build(Kind.BRANCH, branch)


def read_build(main_branch: str) -> Build:
    """Return the build that this job belongs to ("Project values and variables")."""
    return classify_build(
        branch=read("CIRCLE_BRANCH"), tag=read("CIRCLE_TAG"), main_branch=main_branch
    )
