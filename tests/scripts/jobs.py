"""A main job in which `set_shas` runs, and the variables that `set_shas` exports."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scripts.records import RunScript, make_record, write_record

WORKFLOW = "11111111-1111-4111-8111-111111111111"
PIPELINE = "99999999-9999-4999-8999-999999999999"


@dataclass
class Job:
    """One job: its checkout, its variables, and how to run `set_shas` in it."""

    run_script: RunScript
    folder: Path
    checkout: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def bash_env(self) -> Path:
        """The file that later steps source."""
        return self.folder / "bash_env"

    def record(self, revisions: list[str] | None, **more: Any) -> None:
        """Write an attempt record, as dte/attempt does."""
        record = make_record(
            workflow_id=WORKFLOW,
            workspace_id=WORKFLOW,
            successful_revisions=revisions,
            **more,
        )
        write_record(self.folder / "attempts", record)

    def set_shas(self, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script; an empty variable counts as unset."""
        variables = {
            "BASH_ENV": str(self.bash_env),
            "CIRCLE_WORKFLOW_ID": WORKFLOW,
            "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKFLOW,
            "CIRCLE_PIPELINE_ID": PIPELINE,
            "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/shop/1",
            "DTE_ATTEMPTS": str(self.folder / "attempts"),
            "DTE_CHECKOUT": str(self.checkout),
            # Nothing listens at this address. A test that needs the API sets another.
            "DTE_API_URL": "http://127.0.0.1:9/api/v2",
        }
        return self.run_script("set_shas", {**variables, **self.env, **env})

    def read_exported(self) -> dict[str, str]:
        """Return NX_BASE and NX_HEAD as bash reads them from the file."""
        command = '. "$1" && printf "%s\\n%s\\n" "$NX_BASE" "$NX_HEAD"'
        done = subprocess.run(
            ["bash", "-euc", command, "bash", str(self.bash_env)],
            capture_output=True,
            text=True,
            check=True,
        )
        base, head = done.stdout.splitlines()
        return {"NX_BASE": base, "NX_HEAD": head}
