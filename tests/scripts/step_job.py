"""A job whose home folder may contain the orb's code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.scripts.conftest import SCRIPTS
from tests.scripts.records import make_record, write_record
from tools.carried_code import DIGEST, copy_code

CODE = DIGEST.read_text(encoding="ascii")
FIRST = "11111111-1111-4111-8111-111111111111"


class Job:
    """A job with a home folder, which may contain an attached archive."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "job" / "home"
        self.checkout = folder / "job" / "checkout"
        self.bin = folder / "job" / "bin"
        for path in (self.home, self.checkout, self.bin):
            path.mkdir(parents=True)
        (self.bin / "python3").symlink_to(sys.executable)
        self.path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        self.variables: dict[str, str] = {}

    def attach(
        self, archive: bytes, workflow_id: str = FIRST, digest: str = CODE
    ) -> Path:
        """Write the archive and the record, as if the workspace had been attached."""
        code = self.home / ".dte" / "code"
        code.mkdir(parents=True, exist_ok=True)
        path = code / f"{workflow_id}-{digest}.pyz"
        path.write_bytes(archive)
        record = make_record(workflow_id=workflow_id, workspace_id=FIRST)
        write_record(self.home / ".dte" / "attempts", record)
        return path

    @property
    def kept(self) -> Path:
        """The guard's copy of the archive, which the later steps run."""
        return self.home / f".dte-{CODE}"

    def run(
        self, script: str, *, interpreter: tuple[str, ...] = ("bash",), **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a step of the job: `guard`, `run`, `unpack` and so on."""
        text = (SCRIPTS / f"{script}.sh").read_text(encoding="utf-8")
        return subprocess.run(
            [*interpreter, "-eo", "pipefail", "-c", text]
            if interpreter == ("bash",)
            else [*interpreter, "-e", "-c", text],
            env={
                "PATH": self.path,
                "HOME": str(self.home),
                "CIRCLE_WORKFLOW_ID": FIRST,
                "CIRCLE_WORKFLOW_WORKSPACE_ID": FIRST,
                "BASH_ENV": str(self.home / "bash_env"),
                "DTE_CODE": CODE,
                "DTE_PROGRAM": "install",
                "DTE_PACKAGE_MANAGER": "none",
                **self.variables,
                **env,
            },
            cwd=self.checkout,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def exported(self) -> str:
        """The text that the steps wrote to BASH_ENV for later steps."""
        path = self.home / "bash_env"
        return path.read_text() if path.exists() else ""


def build_archive(python: str, folder: Path) -> bytes:
    """Run `record_attempt` with the given Python; return the archive that it wrote."""
    subprocess.run(
        [
            *(python, "-I", "-S", copy_code(folder / "code")),
            "record_attempt",
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CIRCLE_WORKFLOW_ID": FIRST,
            "DTE_CHECKOUT": str(folder),
            "DTE_CODE": CODE,
        },
        check=True,
        capture_output=True,
    )
    (path,) = (folder / ".dte-attempt" / "code").iterdir()
    assert path.name == f"{FIRST}-{CODE}.pyz"
    return path.read_bytes()
