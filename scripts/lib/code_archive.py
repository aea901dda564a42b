"""Pack dte's code into one Python zip application for the workspace.

The attempt job builds it from the modules in its step. Its bytes, and so its digest,
are the same with every Python: the files are stored without compression, sorted by
name, with a fixed date, the same line endings and one final newline.
"""

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Dict, Mapping

from failures import Refusal

_DATE = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 * 0x10000
_UNIX = 3
_NAME = re.compile(r"[0-9A-Za-z-]{1,100}-[0-9a-f]{64}\.pyz")


def read_modules(folder: Path) -> Dict[str, str]:
    """Return the text of each module in `folder`, by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}


def build_archive(modules: Mapping[str, str]) -> bytes:
    """Return the archive of `modules`: texts by file name, `__main__.py` included."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(modules):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE
            text = modules[name].replace("\r\n", "\n").rstrip("\n") + "\n"
            archive.writestr(entry, text.encode("utf-8"))
    return target.getvalue()


def find_digest(archive: bytes) -> str:
    """Return the SHA-256 of `archive`: 64 hexadecimal digits."""
    return hashlib.sha256(archive).hexdigest()


def remove_archives(folder: Path, records: Path) -> None:
    """Remove the archives in `folder` whose run has no record in `records`."""
    for path in folder.glob("*.pyz"):
        record = records / (path.name.rpartition("-")[0] + ".json")
        if _NAME.fullmatch(path.name) and path.is_file() and not record.exists():
            path.unlink()


def require_archive(digest: str) -> bytes:
    """Return the archive of this step's code.

    Raises `Refusal` if its digest is not `digest`: other jobs would refuse it.
    """
    archive = build_archive(read_modules(Path(__file__).resolve().parent))
    found = find_digest(archive)
    if found != digest:
        raise Refusal(
            "the code in this step has the digest {}, but the orb expects {}".format(
                found, digest or "none"
            ),
            suggestions=[
                "if you changed the orb's scripts, run `make docs` and pack it again",
                "otherwise report a defect of dte: the code changed on its way here",
            ],
            code="digest",
        )
    return archive


def write_archive(folder: Path, workflow_id: str, archive: bytes) -> None:
    """Write `<workflow id>-<digest>.pyz` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "{}-{}.pyz".format(workflow_id, find_digest(archive))
    if path.exists():
        # The old file may be a pipe: without a reader, a write blocks.
        path.unlink()
    path.write_bytes(archive)
