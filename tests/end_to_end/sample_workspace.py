"""Rehearsals of the sample workspace with real Nx, with packages installed once."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.configs import config_of_orb
from tests.dte.rehearse_config import Rehearsed, rehearse_text

ROOT = Path(__file__).resolve().parents[2]
ORBS = {"your-namespace/dte": ROOT / "orb"}
FAILING = {"SAMPLE_PAYMENTS": "off"}
IGNORED = shutil.ignore_patterns("node_modules", "dist", ".nx")


def install_packages(folder: Path) -> Path:
    """Return the sample's node_modules, installed into `folder` by npm."""
    workspace = folder / "sample"
    shutil.copytree(ROOT / "sample", workspace, symlinks=True, ignore=IGNORED)
    subprocess.run(["npm", "ci"], cwd=workspace, check=True, capture_output=True)
    return workspace / "node_modules"


def make_config(
    node_modules: Path,
    *,
    agents: int = 2,
    more_jobs: Sequence[Any] = (),
    workflow: Mapping[str, Any] | None = None,
    **parameters: Mapping[str, Any],
) -> str:
    """Return the sample's config with fewer agents and with linked packages.

    `attempt`, `agent` and `main` are parameters of these jobs; `workflow` contains more
    keys of the workflow.
    """
    install = {"install": f"cp -al '{node_modules}' ."}
    upstream = {"requires": ["dte/attempt"], **install}
    ordinals = {"parameters": {"ordinal": list(range(1, agents + 1))}}
    agent = {"matrix": ordinals, **upstream, **parameters.get("agent", {})}
    jobs: list[Any] = [
        {"dte/attempt": {**parameters.get("attempt", {})}},
        *([{"dte/agent": agent}] if agents else []),
        {"dte/main": {**upstream, **parameters.get("main", {})}},
        *more_jobs,
    ]
    return config_of_orb(jobs, **(workflow or {}))


def rehearse_sample(folder: Path, config: str, **order: Any) -> Rehearsed:
    """Rehearse `config` on a copy of the sample workspace."""
    project = folder / "project"
    if not project.exists():
        shutil.copytree(ROOT / "sample", project, symlinks=True, ignore=IGNORED)
    return rehearse_text(folder, config, orbs=ORBS, **order)
