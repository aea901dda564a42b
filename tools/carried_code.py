"""The code that the orb contains, and the digest of the workspace's code.

The command `unpack` contains every module of the scripts once. `record_attempt` builds
the archive from these modules. Commands that may have a token run from the unpacked
modules; other commands, and set_shas in dte/main, run from the archive. `make docs`
writes the modules into `unpack` and the digest into scripts/code.sha256.
"""

import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "lib"))

from code_archive import build_archive, find_digest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
DIGEST = SCRIPTS / "code.sha256"
_MODULES = re.compile(r"(?<=      environment:\n)(?: +DTE_MODULE_.*\n)*")


def list_modules(scripts: Path = SCRIPTS) -> dict[str, Path]:
    """Return the file of each module of the scripts, sorted by module name."""
    found = {path.stem: path for path in scripts.rglob("*.py")}
    return dict(sorted(found.items()))


def copy_code(folder: Path) -> Path:
    """Copy the modules into `folder`, as `unpack` does, and return `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in list_modules().values():
        shutil.copy(path, folder)
    return folder


def build_code(scripts: Path = SCRIPTS) -> bytes:
    """Return the archive that `record_attempt` builds."""
    modules = list_modules(scripts)
    return build_archive(
        {f"{name}.py": path.read_text("utf-8") for name, path in modules.items()}
    )


def render_carried(orb: Path, scripts: Path = SCRIPTS) -> dict[Path, str]:
    """Return the text that unpack.yml and code.sha256 should have, by their paths."""
    path = orb / "commands" / "unpack.yml"
    lines = "".join(
        f"        DTE_MODULE_{name}: "
        f"<< include(../scripts/{file.relative_to(scripts)}) >>\n"
        for name, file in list_modules(scripts).items()
    )
    text = _MODULES.sub(lines, path.read_text(encoding="utf-8"), count=1)
    # No final newline: the orb includes code.sha256 as the value of a variable.
    return {path: text, scripts / DIGEST.name: find_digest(build_code(scripts))}
