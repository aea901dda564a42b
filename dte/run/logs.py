"""The log files of a rehearsal: one for each step on each machine of a job."""

import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from dte.errors import UserError
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace

KEPT_DAYS = 14
_DAY_SECONDS = 86400.0
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


class StepLogs:
    """Creates log files below `root`, or none if `root` is None."""

    def __init__(self, root: Path | None) -> None:
        self.root = root

    def create(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepPlace
    ) -> TextIO | None:
        """Return the new log file of a step, open for writing; the caller closes it."""
        if self.root is None:
            return None
        machine = f".{step.machine}" if job.machines > 1 else ""
        folder = self.root / f"run-{workflow.number}" / f"{_safe(job.name)}{machine}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{step.number:02}-{_safe(step.name)}.log"
        return path.open("w", encoding="utf-8", errors="replace", buffering=1)


def _safe(name: str) -> str:
    first = name.splitlines()[0] if name.strip() else "step"
    return _UNSAFE.sub("_", first).strip("._")[:_LONGEST_NAME] or "step"


def default_parent() -> Path:
    """Return the user's folder for logs, below the temporary folder."""
    return Path(tempfile.gettempdir()) / f"dte-logs-{os.getuid()}"


def make_log_folder(parent: Path) -> Path:
    """Create a log folder in `parent`, and remove old log folders there.

    Raises `UserError` if `parent` belongs to another user or can't be used.
    """
    parent = Path(os.path.abspath(parent))  # noqa: PTH100 - resolve() follows links
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        details = parent.lstat()
        if not stat.S_ISDIR(details.st_mode) or details.st_uid != os.getuid():
            raise UserError(
                f"the log folder {parent} belongs to another user",
                suggestions=["choose another with --logs"],
            )
        _prune(parent)
        prefix = time.strftime("%Y%m%d-%H%M%S-")
        return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    except OSError as error:
        raise UserError(
            f"the log folder {parent} can't be used: {error}",
            suggestions=["choose another with --logs"],
        ) from error


def _prune(parent: Path) -> None:
    """Remove log folders that rehearsals made more than `KEPT_DAYS` ago."""
    oldest = time.time() - KEPT_DAYS * _DAY_SECONDS
    for folder in parent.iterdir():
        ours = re.fullmatch(r"\d{8}-\d{6}-\w+", folder.name)
        with suppress(OSError):
            if ours and not folder.is_symlink() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)
