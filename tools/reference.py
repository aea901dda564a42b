"""Generate text from the orb's commands and scripts; `make docs` runs this module.

It writes the jobs' copies of command parameters, docs/reference.md, the tables of
parameters and packages in docs/design.md, the lists of package managers and lock files,
the modules in `unpack`, and their digest. A test fails if any text is out of date.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.carried_code import render_carried
from tools.job_parameters import render_jobs

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "lib"))

from package_managers import AUTO, INSTALLS, LOCK_FILES, NONE

ROOT = Path(__file__).resolve().parents[1]
BEGIN = "<!-- {}: written by make docs -->"
END = "<!-- end of {} -->"
_MANAGERS = re.compile(r"(?<=    enum: \[)auto, npm.*(?=\])")
_LOCK_FILES = re.compile(r"(?<=cksum ).*(?= \|\| :;)")
_CARRIED = re.compile(r"^ +(DTE_[A-Z_]+): << parameters\.(\w+) >>$", re.MULTILINE)


def read_components(orb: Path, kind: str) -> dict[str, Any]:
    """Return the orb's jobs, commands or executors, as `kind` says, by name."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((orb / kind).glob("*.yml"))
    }


def tidy(text: str) -> str:
    """Return a description on one line, escaped for a table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def show_default(parameter: dict[str, Any]) -> str:
    """Return a parameter's default as YAML, in a table cell."""
    if "default" not in parameter:
        return "required"
    default = parameter["default"]
    if parameter["type"] == "steps":
        steps = [step for step in default if isinstance(step, str)]
        return f"`{', '.join(steps)}`" if steps else "steps" if default else "none"
    return (
        f"`{default if isinstance(default, str) and default else json.dumps(default)}`"
    )


def render_components(
    title: str, components: dict[str, Any], prefix: str
) -> Iterator[str]:
    """Yield a table with a row for each component."""
    yield from (f"## {title}", "", "| name | what it does |", "| --- | --- |")
    for name, body in components.items():
        yield f"| `{prefix}{name}` | {tidy(body['description'])} |"
    yield ""


def render_parameters(components: dict[str, Any]) -> Iterator[str]:
    """Yield a table with a row for each parameter of each job."""
    for name, body in components.items():
        if not body.get("parameters"):
            continue
        yield from (f"## Parameters of `dte/{name}`", "")
        yield from ("| parameter | default | meaning |", "| --- | --- | --- |")
        for parameter, details in body["parameters"].items():
            default = show_default(details)
            yield f"| `{parameter}` | {default} | {tidy(details['description'])} |"
        yield ""


def render_reference(orb: Path) -> list[str]:
    """Return the tables of docs/reference.md."""
    jobs = read_components(orb, "jobs")
    return [
        *render_components("Jobs", jobs, "dte/"),
        *render_parameters(jobs),
        *render_components("Commands", read_components(orb, "commands"), ""),
        "A parameter has the same meaning in a job and in a command. "
        "`circleci orb source` shows the parameters of each command.",
        "",
        *render_components("Executors", read_components(orb, "executors"), ""),
    ]


def render_variables(orb: Path) -> list[str]:
    """Return the table of the variables that carry parameters to the scripts."""
    carried: dict[tuple[str, str], list[str]] = {}
    for path in sorted((orb / "commands").glob("*.yml")):
        for pair in _CARRIED.findall(path.read_text(encoding="utf-8")):
            carried.setdefault(pair, []).append(f"`{path.stem}`")
    rows = [
        f"| `{variable}` | `{parameter}` | {', '.join(commands)} |"
        for (variable, parameter), commands in sorted(carried.items())
    ]
    return ["| variable | parameter | commands |", "| --- | --- | --- |", *rows]


def render_rooms(package: Path) -> list[str]:
    """Return a table of dte's packages with their docstrings' first lines."""
    rows = [
        f"| `dte/{path.parent.name}/` | {tidy(_first_line(path))} |"
        for path in sorted(package.glob("*/__init__.py"))
    ]
    return ["| package | what it does |", "| --- | --- |", *rows]


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def render_managers(root: Path) -> dict[Path, str]:
    """Return the text of the files that list package managers or their lock files.

    If a lock file's name begins with another one's name, one pattern matches both.
    """
    patterns = [
        name + "*" * any(other.startswith(name) for other in {*LOCK_FILES} - {name})
        for name in LOCK_FILES
        if not any(name.startswith(other) for other in {*LOCK_FILES} - {name})
    ]
    lists = {
        root / "orb/commands/install.yml": (_MANAGERS, (AUTO, *INSTALLS, NONE), ", "),
        root / "scripts/find_lock_file.sh": (_LOCK_FILES, patterns, " "),
    }
    return {
        path: pattern.sub(separator.join(names), path.read_text(encoding="utf-8"))
        for path, (pattern, names, separator) in lists.items()
    }


def replace_part(text: str, part: str, lines: list[str]) -> str:
    """Return `text` with `lines` between the two markers of `part`.

    Raises `ValueError` if the text has no markers for the part.
    """
    start, stop = BEGIN.format(part), END.format(part)
    before, begin, rest = text.partition(start + "\n")
    _, end, after = rest.partition(stop)
    if not begin or not end:
        raise ValueError(f"the markers of the {part} are missing: {start} … {stop}")
    return before + begin + "\n".join([*lines, ""]) + end + after


def render(root: Path) -> dict[Path, str]:
    """Return the text that docs/reference.md and docs/design.md should have."""
    orb = root / "orb"
    parts = (
        ("docs/reference.md", "reference", render_reference(orb)),
        ("docs/design.md", "variables", render_variables(orb)),
        ("docs/design.md", "rooms", render_rooms(root / "dte")),
    )
    texts: dict[Path, str] = {}
    for name, part, lines in parts:
        path = root / name
        text = texts.get(path) or path.read_text(encoding="utf-8")
        texts[path] = replace_part(text, part, lines)
    return texts


def write(files: dict[Path, str]) -> None:
    """Write the files that differ, and print their paths."""
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    write(render_managers(ROOT))
    write(render_carried(ROOT / "orb"))
    write(render_jobs(ROOT / "orb"))
    write(render(ROOT))
