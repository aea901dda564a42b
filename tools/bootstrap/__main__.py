"""The set-up's command line; `tools/bootstrap.sh` runs it for every make target."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bootstrap.environment import ensure_environment, write_lock
from tools.bootstrap.golang import ensure_circleci
from tools.bootstrap.node import ensure_node
from tools.failures import exit_with
from tools.places import Places


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Let one set-up at a time work in this folder; others wait for it.

    A command that outlives a killed set-up inherits the lock, so the next one waits.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(words: list[str], places: Places) -> None:
    """Set up Python and Node, and what else `words` name: circleci, lock."""
    with locked(places.cache / "bootstrap.lock"):
        ensure_environment(places)
        ensure_node(places)
        if "circleci" in words:
            ensure_circleci(places)
        if "lock" in words:
            write_lock(places)


if __name__ == "__main__":
    here = Places(Path(__file__).resolve().parents[2])
    sys.exit(exit_with(lambda: main(sys.argv[1:], here)))
