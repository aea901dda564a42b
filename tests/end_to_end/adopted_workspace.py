"""Makes a new Nx workspace for each package manager, and adopts dte in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.dte.test_package import build

CREATE = "create-nx-workspace@22.7.12"
# npm uses only versions published before this day. A registry mirror may lack newer
# versions, so that `npm ci` fails with ETARGET.
_RESOLVED_BEFORE = "2026-10-01"
_CREATE_OPTIONS = ("--preset=ts", "--nxCloud=skip", "--interactive=false")
_QUIET = {"NX_DAEMON": "false", "NX_NO_CLOUD": "true", "CI": "true"}


@dataclass(frozen=True)
class Manager:
    """A package manager, its npm package, and how a workspace is made for it.

    create-nx-workspace downloads Yarn 2 or later from outside of a package registry, so
    a workspace with such a Yarn is made with npm, and then gets a .yarnrc.yml.
    """

    name: str
    package: str = ""
    create_with: str = ""
    yarnrc: str = ""


MANAGERS = (
    Manager("npm"),
    Manager("pnpm", "pnpm@10.20.0"),
    Manager("yarn", "yarn@1.22.22"),
    Manager(
        "yarn-berry", "@yarnpkg/cli-dist@4.10.3", "npm", "nodeLinker: node-modules\n"
    ),
    Manager("yarn-pnp", "@yarnpkg/cli-dist@4.10.3", "npm", "nodeLinker: pnp\n"),
    Manager("bun", "bun@1.3.2"),
)


@dataclass
class Shell:
    """Runs commands in a folder, and records the commands that a user has to type."""

    folder: Path
    environment: dict[str, str]
    typed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, *words: str) -> str:
        """Return the stdout of a command that has to pass."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def type(self, *words: str) -> str:
        """Return the stdout of a command that the user types; time the command."""
        started = time.monotonic()
        try:
            return self.run(*words)
        finally:
            self.seconds += time.monotonic() - started
            self.typed.append(" ".join((Path(words[0]).name, *words[1:4])))


def make_workspace(folder: Path, manager: Manager) -> Shell:
    """Make a workspace with one library, formatted with prettier and committed."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    paths = [str(tools / "node_modules" / ".bin"), os.environ["PATH"]]
    environment = {**os.environ, **_QUIET, "PATH": os.pathsep.join(paths)}
    environment["npm_config_before"] = _RESOLVED_BEFORE
    # The tests set XDG_CONFIG_HOME to /dev/null, which Yarn 1 can't read.
    environment["XDG_CONFIG_HOME"] = str(folder / "config")
    shell = Shell(tools, environment)
    if manager.package:
        shell.run("npm", "install", "--no-audit", "--no-fund", manager.package)
    registry = shell.run("npm", "config", "get", "registry").strip().rstrip("/")
    environment["YARN_NPM_REGISTRY_SERVER"] = registry
    environment["YARN_ENABLE_TELEMETRY"] = "0"
    shell.folder = folder
    create = manager.create_with or manager.name
    options = (f"--pm={create}", "--defaultBase=main", *_CREATE_OPTIONS)
    shell.run("npx", "--yes", CREATE, "acme", *options)
    shell.folder = folder / "acme"
    shell.run("npx", "nx", "g", "@nx/js:lib", "packages/money", "--no-interactive")
    # The README that create-nx-workspace writes is not formatted with prettier.
    shell.run("npx", "nx", "format:write", "--all")
    del environment["npm_config_before"]
    if manager.yarnrc:
        _move_to_yarn(shell, manager.yarnrc)
    shell.run("git", "add", "--all")
    shell.run("git", "commit", "--quiet", "--message", "Add a library")
    return shell


def _move_to_yarn(shell: Shell, yarnrc: str) -> None:
    (shell.folder / "package-lock.json").unlink()
    (shell.folder / "yarn.lock").touch()
    (shell.folder / ".yarnrc.yml").write_text(yarnrc)
    ignored = shell.folder / ".gitignore"
    ignored.write_text(ignored.read_text() + ".yarn\n.pnp.*\n")
    shell.run("rm", "-rf", "node_modules")
    shell.environment["YARN_ENABLE_IMMUTABLE_INSTALLS"] = "false"
    shell.run("yarn", "install")
    if "pnp" in yarnrc:
        # The generated library uses Node's types without a dependency on them.
        add = ("add", "--dev", "@types/node@20.19.9")
        shell.run("yarn", "workspace", "@acme/money", *add)


def adopt(shell: Shell, site: Path) -> None:
    """Install dte into the folder `site`, write a config, check and rehearse it."""
    wheel, _ = build(site.parent / "built")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps")
    shell.type(*pip, f"--target={site}", str(wheel))
    shell.environment["PYTHONPATH"] = str(site)
    dte = (sys.executable, "-m", "dte")
    shell.type(*dte, "init", "--write")
    shell.type(*dte, "check")
    shell.run("git", "add", "--all")
    shell.type("git", "commit", "--quiet", "--all", "--message", "Run CI with dte")
    registry = shell.environment["YARN_NPM_REGISTRY_SERVER"]
    variables = ("--set", f"YARN_NPM_REGISTRY_SERVER={registry}")
    shell.type(*dte, "rehearse", "--expect", "success", *variables)
