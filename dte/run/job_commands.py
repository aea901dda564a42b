"""Writes the commands that CircleCI puts on the PATH of every job.

`circleci-agent` and `circleci` run the module `environment_cli`.
"""

import shlex
import shutil
import sys
from pathlib import Path

from dte.run.folders import JobFolder

_ENVIRONMENT_CLI = Path(__file__).with_name("environment_cli.py")
_AGENT = f"""#!/bin/sh
exec {shlex.quote(sys.executable)} -I {shlex.quote(str(_ENVIRONMENT_CLI))} "$@"
"""
# Orbs send the continuation key to circleci.com, but only the local API accepts it.
_CURL = """#!/bin/sh
proxy=
for word do
  shift
  case "$word" in
    https://*/api/v2/pipeline/continue)
      word="$DTE_API_URL/pipeline/continue"; proxy='*' ;;
  esac
  set -- "$@" "$word"
done
[ -z "$proxy" ] || set -- --noproxy "$proxy" "$@"
exec CURL "$@"
"""


def write_commands(folder: JobFolder, *, in_setup: bool) -> None:
    """Write a job's commands, in a setup config also a `curl` for the local API."""
    commands = dict.fromkeys(("circleci-agent", "circleci"), _AGENT)
    curl = shutil.which("curl")
    if curl and in_setup:
        commands["curl"] = _CURL.replace("CURL", shlex.quote(curl))
    for name, text in commands.items():
        command = folder.commands / name
        command.write_text(text)
        command.chmod(0o755)
