"""The code that each step of the orb carries, and the digest of the workspace's code.

`record_attempt`, `rerun_all` and `set_shas` carry their modules; the other commands run
their program from the archive that `record_attempt` leaves in the workspace. `make
docs` writes the modules into these commands and the digest into scripts/code.sha256.
"""

import ast
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "lib"))

from code_archive import build_archive, find_digest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
DIGEST = SCRIPTS / "code.sha256"
ENTRY = "__main__"
CARRIES = "<< include(../scripts/load.sh) >>"
BUILDS_ARCHIVE = "record_attempt"
_MODULES = re.compile(r"^( +DTE_PROGRAM: \w+\n)(?: +DTE_MODULE_.*\n)*", re.MULTILINE)


def find_module(name: str, scripts: Path = SCRIPTS) -> Path | None:
    """The file of one of our modules, or None for one of the standard library."""
    places = (scripts / f"{name}.py", scripts / "lib" / f"{name}.py")
    return next((path for path in places if path.exists()), None)


def list_modules(names: Iterable[str], scripts: Path = SCRIPTS) -> dict[str, Path]:
    """The modules with these names and all that they import, by name, sorted."""
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        path = find_module(name, scripts)
        if path is None or name in found:
            continue
        found[name] = path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting.append(node.module)
            elif isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
    return dict(sorted(found.items()))


def list_carried(orb: Path, scripts: Path = SCRIPTS) -> dict[str, dict[str, Path]]:
    """The modules that each carrying command carries, by command.

    The command that builds the archive also carries the programs of all commands that
    run from the archive.
    """
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((orb / "commands").glob("*.yml"))
    }
    carrying = [name for name, text in texts.items() if CARRIES in text]
    archived = [name for name in texts if name not in carrying]
    return {
        name: list_modules(
            [ENTRY, name, *(archived if name == BUILDS_ARCHIVE else ())], scripts
        )
        for name in carrying
    }


def copy_code(program: str, folder: Path) -> Path:
    """Copy into `folder` the modules that a step has which runs `program`."""
    carried = list_carried(ROOT / "orb")
    folder.mkdir(parents=True, exist_ok=True)
    for path in carried.get(program, carried[BUILDS_ARCHIVE]).values():
        shutil.copy(path, folder)
    return folder


def build_code(orb: Path, scripts: Path = SCRIPTS) -> bytes:
    """The archive that `record_attempt` builds."""
    modules = list_carried(orb, scripts)[BUILDS_ARCHIVE]
    return build_archive(
        {
            f"{name}.py": path.read_text(encoding="utf-8")
            for name, path in modules.items()
        }
    )


def render_carried(orb: Path, scripts: Path = SCRIPTS) -> dict[Path, str]:
    """The text that each carrying command, and the digest's file, should have."""
    written = {}
    for command, modules in list_carried(orb, scripts).items():
        path = orb / "commands" / f"{command}.yml"
        lines = "".join(
            f"        DTE_MODULE_{name}: "
            f"<< include(../scripts/{file.relative_to(scripts)}) >>\n"
            for name, file in modules.items()
        )
        text = path.read_text(encoding="utf-8")
        before, program, after = _MODULES.split(text, maxsplit=1)
        written[path] = before + program + lines + after
    # Without a final newline, which would be part of the variable's value.
    return {**written, scripts / DIGEST.name: find_digest(build_code(orb, scripts))}
