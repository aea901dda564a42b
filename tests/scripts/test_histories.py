"""The base in random histories of real repositories, compared with a simple model."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.git import git
from tests.scripts.repositories import Upstream

from bases import NoBase, choose_base  # isort: skip
from builds import classify_build  # isort: skip
from history import Clone  # isort: skip
from passed_revisions import Passed  # isort: skip


@dataclass(frozen=True)
class History:
    """Commits by number: their parents, the tip of main, and the commit to build."""

    parents: tuple[tuple[int, ...], ...]
    main: int
    head: int
    passed: tuple[int, ...]
    branch: str
    depth: int

    def reach(self, start: int) -> set[int]:
        """Return `start` and all its ancestors."""
        found: set[int] = set()
        todo = [start]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += self.parents[one]
        return found

    def find_bases(self) -> set[int]:
        """Return every correct base, according to the table in docs/shas.md."""
        head = self.reach(self.head)
        if self.branch == "main":
            return set([one for one in self.passed if one in head - {self.head}][:1])
        if self.branch.startswith("gh-readonly-queue/"):
            return set(self.parents[self.head][:1])
        common = head & self.reach(self.main)
        return {
            one
            for one in common
            if not any(one in self.reach(other) - {other} for other in common)
        }


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw up to 14 commits: roots, chains, merges, and sometimes a force push."""
    count = draw(st.integers(1, 14))
    parents = []
    for number in range(count):
        close = st.integers(max(0, number - 3), number - 1) if number else st.nothing()
        most = draw(st.sampled_from([0, 1, 1, 1, 1, 2])) if number else 0
        chosen = draw(
            st.lists(close, max_size=most, min_size=min(most, 1), unique=True)
        )
        parents.append(tuple(chosen))
    some = st.integers(0, count - 1)
    return History(
        tuple(parents),
        draw(some),
        draw(some),
        tuple(draw(st.lists(some, max_size=5, unique=True))),
        draw(st.sampled_from(["main", "feature", "gh-readonly-queue/main/pr-1"])),
        draw(st.sampled_from([0, 0, 1, 2, 4])),
    )


def build(history: History, folder: Path) -> Upstream:
    """Make a repository with this history and the branches `main` and `built`."""
    upstream = Upstream.create(folder)
    stream = []
    for number, parents in enumerate(history.parents):
        who = f"Someone <someone@example.com> {1_790_000_000 + number // 2} +0000"
        stream.append(f"reset refs/kept/c{number}\n")
        stream.append(f"commit refs/kept/c{number}\nmark :{number + 1}\n")
        stream.append(f"committer {who}\ndata {len(str(number))}\n{number}\n")
        for index, parent in enumerate(parents):
            stream.append(f"{'merge' if index else 'from'} :{parent + 1}\n")
        stream.append("\n")
    git(folder, "fast-import", "--quiet", "--force", text="".join(stream))
    listed = git(folder, "for-each-ref", "--format=%(refname) %(objectname)")
    for line in listed.splitlines():
        name, sha = line.split()
        upstream.commits[name.removeprefix("refs/kept/")] = sha
    upstream.set_ref("refs/heads/main", f"c{history.main}")
    upstream.set_ref("refs/heads/built", f"c{history.head}")
    return upstream


def check_history(history: History) -> None:
    """Check that the base chosen in a clone is one of the correct ones."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        upstream = build(history, folder / "host")
        depth = [f"--depth={history.depth}", "--no-single-branch"]
        checkout = upstream.clone(
            folder / "clone", f"c{history.head}", *(depth if history.depth else [])
        )
        head = upstream.commits[f"c{history.head}"]
        passed = [Passed(upstream.commits[f"c{one}"], "") for one in history.passed]
        try:
            base = choose_base(
                classify_build(branch=history.branch, tag="", main_branch="main"),
                clone=Clone(checkout, "origin"),
                head=head,
                base_branch="main",
                passed=passed,
            ).revision
        except NoBase:
            base = ""
        right = {upstream.commits[f"c{one}"] for one in history.find_bases()} or {""}
        assert base in right


ROOMY = [HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=ROOMY)
@given(histories())
def test_the_base_of_random_histories(history: History) -> None:
    """The base is correct for merges, roots, force pushes and shallow clones."""
    check_history(history)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=ROOMY)
@given(histories())
def test_the_base_of_many_random_histories(history: History) -> None:
    """The base is also correct in many more random histories."""
    check_history(history)
