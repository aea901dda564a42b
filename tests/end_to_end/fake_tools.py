"""Fake package managers and npx, which record their arguments, for tests without Nx."""

from pathlib import Path

# bash writes line by line, and calls may overlap, so `cat` appends the record of a call
# in one piece. A query about the workspace is not recorded and prints nothing.
_RECORD = """#!/bin/bash
case "$1 $2" in "nx graph" | "nx show") exit ;; esac
call=$(mktemp "{log}.XXXXXX")
printf '%s\\0' "$(basename "$0")" "$@" $'\\n' >"$call"
cat "$call" >>"{log}"
rm "$call"
"""
_NPM = "mkdir -p node_modules/.bin && : >node_modules/.bin/nx\n"
_NPX = """
if [ "$2" = affected ]; then echo "Successfully ran target lint for 2 projects"; fi
"""
END = "\n"


def install_fakes(folder: Path) -> Path:
    """Put the fakes into `folder`, which a test adds to PATH; return their log."""
    folder.mkdir()
    log = folder / "log"
    for name, more in (("npm", _NPM), ("pnpm", _NPM), ("npx", _NPX)):
        command = folder / name
        command.write_text(_RECORD.format(log=log) + more)
        command.chmod(0o755)
    return log


def read_calls(log: Path) -> list[list[str]]:
    """Return each call as a list: the command and its arguments."""
    words = log.read_text().split("\0")[:-1]
    calls: list[list[str]] = [[]]
    for word in words:
        if word == END:
            calls.append([])
        else:
            calls[-1].append(word)
    return calls[:-1]
