"""Copy the parameters of the orb's commands into the jobs that run these commands.

A parameter is written once, in the command. Each job that runs the command declares a
copy and passes the value on. `make docs` writes the jobs, and a test compares them.
"""

import re
from pathlib import Path

# Parameters that a job leaves at the command's default on purpose.
NOT_PASSED = {
    ("main", "stop_agents"): {"when"},
}
_PARAMETERS = re.compile(r"(?<=^parameters:\n)(?:  .*\n)+", re.MULTILINE)
_BLOCK = re.compile(r"^  (\w+):\n(?:    .*\n)+", re.MULTILINE)
_CALL = r"^(?P<pad> +)- (?P<command>%s):?\n(?P<body>(?:(?P=pad) {4}.+\n)*)"
_PROGRAM = re.compile(r"^ +DTE_PROGRAM: (\w+)$", re.MULTILINE)
_PASSED = re.compile(r"^ +(\w+): (.+)$", re.MULTILINE)


def split_parameters(text: str) -> dict[str, str]:
    """Return the lines of each parameter of a component, by the parameter's name."""
    found = _PARAMETERS.search(text)
    blocks = _BLOCK.finditer(found[0]) if found else ()
    return {block[1]: block[0] for block in blocks}


def read_commands(orb: Path) -> dict[str, dict[str, str]]:
    """Return the parameters of each command of the orb, as text."""
    return {
        path.stem: split_parameters(path.read_text(encoding="utf-8"))
        for path in sorted((orb / "commands").glob("*.yml"))
    }


def sync_job(job: str, text: str, commands: dict[str, dict[str, str]]) -> str:
    """Return the job's text with its commands' parameters declared and passed on."""
    parameters = split_parameters(text)
    # A step with DTE_PROGRAM runs a command's program without calling the command.
    for command in _PROGRAM.findall(text):
        kept = parameters.keys() & commands[command].keys()
        parameters.update({name: commands[command][name] for name in kept})

    def pass_on(call: re.Match[str]) -> str:
        command = call["command"]
        passed = dict(_PASSED.findall(call["body"]))
        lines = call["body"]
        for name, block in commands[command].items():
            value = f"<< parameters.{name} >>"
            if name not in passed and name not in NOT_PASSED.get((job, command), ()):
                lines += f"{call['pad']}    {name}: {value}\n"
            elif passed.get(name) != value:
                continue
            parameters[name] = block
        return f"{call['pad']}- {command}{':' if lines else ''}\n{lines}"

    head, steps, rest = text.partition("\nsteps:\n")
    calls = re.compile(_CALL % "|".join(commands), re.MULTILINE)
    written = head + steps + calls.sub(pass_on, rest)
    return _PARAMETERS.sub(lambda _: "".join(parameters.values()), written, count=1)


def render_jobs(orb: Path) -> dict[Path, str]:
    """Return the text that each job's file should have."""
    commands = read_commands(orb)
    return {
        path: sync_job(path.stem, path.read_text(encoding="utf-8"), commands)
        for path in sorted((orb / "jobs").glob("*.yml"))
    }
