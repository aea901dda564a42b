"""Runs shellcheck on the shell that the orb's steps carry inside their YAML."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
INCLUDE = re.compile(r"<<\s*include\((?P<path>[^)]+)\)\s*>>")
EXPRESSION = re.compile(r"<<[^<>]*>>")


@dataclass(frozen=True)
class ShellText:
    """One step's command: where it stands and what bash would read."""

    file: Path
    step: str
    text: str


def find_shell(orb: Path) -> Iterator[ShellText]:
    """Give each bash command of the orb's jobs and commands, includes filled in."""
    for folder in ("commands", "jobs"):
        for file in sorted((orb / folder).glob("*.yml")):
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            for run in find_runs(document):
                if is_bash(str(run.get("shell", "bash"))):
                    command = fill_in(str(run.get("command", "")), orb)
                    yield ShellText(file, str(run.get("name", "")), command)


def find_runs(node: Any) -> Iterator[dict[str, Any]]:
    """Give every `run` below `node`, also inside `when`, `unless` and defaults."""
    if isinstance(node, list):
        for item in node:
            yield from find_runs(item)
    elif isinstance(node, dict):
        run = node.get("run")
        if isinstance(run, str):
            yield {"command": run}
        elif isinstance(run, dict) and "command" in run:
            yield run
        for value in node.values():
            yield from find_runs(value)


def is_bash(shell: str) -> bool:
    """Whether a step's `shell` is one that shellcheck reads."""
    return re.search(r"(^|[/\s])(ba)?sh(\s|$)", shell) is not None


def fill_in(command: str, orb: Path) -> str:
    """Put included files in place, and a plain word for every other expression."""

    def read(match: re.Match[str]) -> str:
        return (orb / match["path"].strip()).read_text(encoding="utf-8")

    return EXPRESSION.sub("value", INCLUDE.sub(read, command))


def check(shell: ShellText) -> str:
    """What shellcheck says about one command; empty when it is content."""
    done = subprocess.run(
        [SHELLCHECK, "--shell=bash", "--format=gcc", "-"],
        input=shell.text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return f"{shell.file}, step {shell.step!r}:\n{done.stdout}{done.stderr}"


def main(orb: Path) -> int:
    """Check every command of `orb`; 1 if shellcheck complained about one."""
    complaints = [text for shell in find_shell(orb) if (text := check(shell))]
    print("\n".join(complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
