"""`python -m tools.check [group or name ...]`: run the checks, by default all."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.bootstrap.places import Places
from tools.check.plan import Check, plan_checks
from tools.failures import ToolError, exit_with


def choose(checks: Sequence[Check], wanted: Sequence[str]) -> tuple[Check, ...]:
    """The checks whose group or name is in `wanted`; all of them when it is empty."""
    known = {word for check in checks for word in (check.group, check.name)}
    for word in wanted:
        if word not in known:
            listed = ", ".join(sorted({check.group for check in checks}))
            raise ToolError(
                f"there is no check {word!r}.", suggestions=[f"Groups: {listed}"]
            )
    return tuple(c for c in checks if not wanted or {c.group, c.name} & set(wanted))


def run_check(check: Check, root: Path, places: Places) -> bool:
    """Run one check, print its line, and its output if it failed; True if it passed."""
    started = time.monotonic()
    commands = f"{places.commands}:{places.environment / 'bin'}"
    done = subprocess.run(
        check.command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=None if check.streams else subprocess.PIPE,
        stderr=None if check.streams else subprocess.STDOUT,
        text=True,
        errors="replace",
        env={
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            **check.environment,
        },
        check=False,
    )
    seconds = time.monotonic() - started
    word = "ok  " if done.returncode == 0 else "FAIL"
    if not check.streams:
        print(f"{word}  {check.name:<20} {seconds:6.1f} s", flush=True)
    if done.returncode != 0 and done.stdout:
        print("\n".join(f"      {line}" for line in done.stdout.splitlines()))
    return done.returncode == 0


def main(wanted: Sequence[str]) -> int:
    """Run what is wanted; 0 only if all of it passed."""
    places = Places.of_this_repository()
    (places.cache / "circleci-home").mkdir(parents=True, exist_ok=True)
    (places.cache / "coverage").mkdir(parents=True, exist_ok=True)
    checks = choose(plan_checks(places.root), wanted)
    failed = [c.name for c in checks if not run_check(c, places.root, places)]
    if failed:
        print(f"check: {len(failed)} of {len(checks)} failed: {', '.join(failed)}")
        return 1
    print(f"check: all {len(checks)} passed")
    return 0


if __name__ == "__main__":
    sys.exit(exit_with(lambda: main(sys.argv[1:])))
