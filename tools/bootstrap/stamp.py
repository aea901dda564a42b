"""Remembers which steps are done, so that the next run skips them.

A stamp is removed before its step starts and written when it ends: a step that was
interrupted has none and runs again.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def digest_of(files: Sequence[Path], *words: str) -> str:
    """One hash over the contents of `files` and over `words`."""
    total = hashlib.sha256()
    for part in (*(file.read_bytes() for file in files), *(w.encode() for w in words)):
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def is_done(stamp: Path, digest: str) -> bool:
    """Whether the step that writes `stamp` ended with exactly this input."""
    try:
        return stamp.read_text(encoding="utf-8").strip() == digest
    except OSError:
        return False


@contextmanager
def stamped(stamp: Path, digest: str) -> Iterator[None]:
    """Run one step: without a stamp while it runs, with one when it has ended well."""
    stamp.unlink(missing_ok=True)
    yield
    stamp.parent.mkdir(parents=True, exist_ok=True)
    draft = stamp.with_suffix(".draft")
    draft.write_text(digest + "\n", encoding="utf-8")
    draft.replace(stamp)


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Let one set-up at a time work in this folder; others wait for it.

    The commands that it starts inherit the lock: one that outlives a killed set-up
    still keeps the next one waiting.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        os.set_inheritable(handle, True)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
