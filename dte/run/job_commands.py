"""The commands that CircleCI puts on the PATH of every job, as the rehearsal has them.

Source: CircleCI docs, Configuration reference, `circleci-agent step halt`; the command
`circleci env subst` of CircleCI's CLI, which orbs use on their parameters.
"""

import shlex
import shutil
import sys

from dte.run.folders import JobFolder

_AGENT = """#!/bin/sh
case "$1 $2" in
  "step halt") : >"$DTE_REHEARSAL_HALT"; exit 0 ;;
  "env subst") shift 2; exec PYTHON -I -S SUBST "$@" ;;
esac
echo "circleci-agent $*: not supported by dte rehearse" >&2
exit 1
"""
_SUBST = '''"""Prints its argument or its input with variables filled in."""
import os, re, sys
text = sys.argv[1] if sys.argv[1:] else sys.stdin.read()
form = re.compile(r"\\$(?:(\\w+)|\\{(\\w+)(?::?-([^}]*))?\\})", re.ASCII)
fill = lambda found: os.environ.get(found[1] or found[2]) or found[3] or ""
sys.stdout.write(form.sub(fill, text))
'''
# Programs ask circleci.com by its name; the rehearsal's key is valid here only.
_CURL = """#!/bin/sh
for word do
  shift
  case "$word" in
    https://*/api/v2/pipeline/continue)
      word="$DTE_API_URL/pipeline/continue"; set -- --noproxy '*' "$@" ;;
  esac
  set -- "$@" "$word"
done
exec CURL "$@"
"""


def write_commands(folder: JobFolder, *, in_setup: bool) -> None:
    """Write the commands of a job; one of a setup config gets a curl of its own."""
    subst = folder.commands / "env-subst.py"
    subst.write_text(_SUBST)
    agent = _AGENT.replace("PYTHON", shlex.quote(sys.executable))
    agent = agent.replace("SUBST", shlex.quote(str(subst)))
    commands = dict.fromkeys(("circleci-agent", "circleci"), agent)
    curl = shutil.which("curl")
    if curl and in_setup:
        commands["curl"] = _CURL.replace("CURL", shlex.quote(curl))
    for name, text in commands.items():
        command = folder.commands / name
        command.write_text(text)
        command.chmod(0o755)
