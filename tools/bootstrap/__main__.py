"""The set-up's command line; `tools/bootstrap.sh` runs it for every make target."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.bootstrap.environment import ensure_environment, write_lock
from tools.bootstrap.golang import ensure_circleci
from tools.failures import exit_with
from tools.places import CACHE, TOOLS


@contextmanager
def locked() -> Iterator[None]:
    """Let one set-up at a time work in this folder; others wait for it.

    A command that outlives a killed set-up keeps the lock, so the next set-up waits.
    """
    for folder in (CACHE, TOOLS):
        folder.mkdir(exist_ok=True)
    with (CACHE / "bootstrap.lock").open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Set up Python and Node; arguments add CircleCI's CLI or a new lock file."""
    with locked():
        ensure_environment()
        if "circleci" in sys.argv:
            ensure_circleci()
        if "lock" in sys.argv:
            write_lock()


if __name__ == "__main__":
    sys.exit(exit_with(main))
