"""Functions that break a job, so that `set_shas` prints a message."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.git import git
from tests.scripts.jobs import WORKFLOW, Job
from tests.scripts.repositories import Upstream


def do_nothing(job: Job) -> None:
    """Leave the checkout as it is."""


def remove_remote(job: Job) -> None:
    """Set the remote to an unreachable address that contains a password."""
    url = "http://me:secret@127.0.0.1:9/shop.git"
    git(job.checkout, "remote", "set-url", "origin", url)


def damage_record(job: Job) -> None:
    """Truncate the record."""
    job.record([])
    path = job.folder / "attempts" / f"{WORKFLOW}.json"
    path.write_text(path.read_text()[:40])


def answer_with(said: str, *, to: str) -> Callable[[Job], None]:
    """Make git print `said` whenever it is run with the argument `to`."""

    def arrange(job: Job) -> None:
        git = job.folder / "bin" / "git"
        git.parent.mkdir()
        git.write_text(
            f'#!/bin/bash\ncase " $* " in *" {to} "*) echo "{said}"; exit;; esac\n'
            'PATH=${PATH#*:} exec git "$@"\n'
        )
        git.chmod(git.stat().st_mode | stat.S_IXUSR)
        job.env["PATH"] = f"{git.parent}:/usr/local/bin:/usr/bin:/bin"

    return arrange


def leave_checkout(job: Job) -> None:
    """Start in a folder outside any repository."""
    job.checkout = job.folder / "plain"
    job.checkout.mkdir()


def lose_checkout(job: Job) -> None:
    """Start in a folder that does not exist."""
    job.checkout = job.folder / "missing"


def start_anew(job: Job) -> None:
    """Start in a repository without commits."""
    job.checkout = Upstream.create(job.folder / "new").folder


def give_away(job: Job) -> None:
    """Make git believe that another user owns the checkout."""
    git = job.folder / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        '#!/bin/bash\nPATH=${PATH#*:} GIT_TEST_ASSUME_DIFFERENT_OWNER=1 git "$@"\n'
    )
    git.chmod(git.stat().st_mode | stat.S_IXUSR)
    job.env["PATH"] = f"{git.parent}:/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Message:
    """A broken job, and the message and suggestion that `set_shas` prints."""

    said: str
    fix: str
    env: dict[str, str] = field(default_factory=dict)
    head: str = "m6"
    branch: str = "main"
    passed: tuple[str, ...] | None = ()
    reason: str = ""
    clone: tuple[str, ...] = ()
    arrange: Callable[[Job], None] = do_nothing
    status: int = 0
