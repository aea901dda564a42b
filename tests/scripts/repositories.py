"""Real git repositories in temporary folders, like those that CircleCI checks out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.git import CLOCK, git


@dataclass
class Upstream:
    """The repository at the git host; `commits` gives the SHA of each named commit."""

    folder: Path
    commits: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, folder: Path, *words: str) -> Upstream:
        """Make an empty repository that serves partial clones."""
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main", *words)
        git(folder, "config", "uploadpack.allowFilter", "true")
        return cls(folder)

    def commit(self, name: str, *parents: str, subject: str = "") -> str:
        """Add a commit with its own file and return its SHA; `parents` are names."""
        blob = git(self.folder, "hash-object", "-w", "--stdin", text=name)
        tree = git(
            self.folder, "mktree", text=f"100644 blob {blob}\t{name.replace('/', '-')}"
        )
        words = [word for one in parents for word in ("-p", self.commits[one])]
        sha = git(
            self.folder, "commit-tree", tree, *words, "-m", subject or f"Add {name}"
        )
        self.commits[name] = sha
        return sha

    def chain(self, *names: str, on: str = "") -> None:
        """Make a chain of commits; the parent of the first commit is `on`."""
        for name in names:
            self.commit(name, *([on] if on else []))
            on = name

    def set_ref(self, ref: str, name: str) -> None:
        """Point a full ref at a named commit."""
        git(self.folder, "update-ref", ref, self.commits[name])

    def grow(self, ref: str, names: list[str], on: str = "") -> None:
        """Make a long chain of empty commits with one `git fast-import`."""
        lines = []
        for index, name in enumerate(names):
            when = f"Someone <someone@example.com> {next(CLOCK)} +0000"
            start = f"from {self.commits[on]}\n" if on and index == 0 else ""
            mark = f"commit {ref}\nmark :{index + 1}\ncommitter {when}\n"
            lines.append(f"{mark}data {len(name)}\n{name}\n{start}\n")
        marks = self.folder / ".git" / "marks"
        words = ("fast-import", "--quiet", "--force", f"--export-marks={marks}")
        git(self.folder, *words, text="".join(lines))
        for line in marks.read_text().splitlines():
            mark, sha = line.split()
            self.commits[names[int(mark[1:]) - 1]] = sha

    def clone(
        self, folder: Path, head: str, *words: str, branch: str = "", ref: str = ""
    ) -> Path:
        """Return a clone with the named commit checked out, on `branch` or detached."""
        url = f"file://{self.folder}"
        git(self.folder, "clone", "--quiet", "--no-checkout", *words, url, str(folder))
        if ref:
            depth = [word for word in words if word.startswith("--depth")]
            git(folder, "fetch", "--quiet", *depth, "origin", ref)
        where = ["-B", branch] if branch else ["--detach"]
        git(folder, "checkout", "--quiet", "--force", *where, self.commits[head])
        return folder


def build_shop(folder: Path) -> Upstream:
    """Return the history that most tests use.

    main:     m1 - m2 - m3 - m4 - m5 - m6          lost: x1 - x2 on m3, forced away
    develop:  d1 - d2 on m2                        task: t1 on d1
    feature:  f1 - f2 on m4                        merged: g1 on m3, g2 = g1 + m5
    queue:    q1 = m6 + f2, q2 = q1 + g2           pull/7: p1 on m5 (a fork's)
    lonely:   o1, no common history                v1, a tag, at m5
    """
    shop = Upstream.create(folder)
    shop.chain("m1", "m2", "m3", "m4", "m5", "m6")
    shop.chain("x1", "x2", on="m3")
    shop.chain("d1", "d2", on="m2")
    shop.chain("t1", on="d1")
    shop.chain("f1", "f2", on="m4")
    shop.chain("g1", on="m3")
    shop.commit("g2", "g1", "m5")
    shop.commit("q1", "m6", "f2")
    shop.commit("q2", "q1", "g2")
    shop.chain("p1", on="m5")
    shop.commit("o1")
    for branch, name in (
        ("main", "m6"),
        ("develop", "d2"),
        ("task", "t1"),
        ("feature", "f2"),
        ("merged", "g2"),
        ("gh-readonly-queue/main/pr-1-abc", "q1"),
        ("gh-readonly-queue/main/pr-2-def", "q2"),
        ("lonely", "o1"),
    ):
        shop.set_ref(f"refs/heads/{branch}", name)
    shop.set_ref("refs/pull/7/head", "p1")
    shop.set_ref("refs/lost/x2", "x2")
    shop.set_ref("refs/tags/v1", "m5")
    return shop
