"""The README's workflow with a test's parameters, without Nx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.configs import config_of_orb
from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.fake_tools import read_calls

ROOT = Path(__file__).resolve().parents[2]
ORBS = {"your-namespace/dte": ROOT / "orb"}
CONTEXT = {"circleci-api": {"CIRCLE_TOKEN": "a-token-of-circleci"}}


def make_jobs(
    *,
    agents: int = 2,
    agent: dict[str, Any] | None = None,
    main: dict[str, Any] | None = None,
    rerun_all: bool = False,
) -> list[Any]:
    """Return the jobs: attempt, a matrix of agents, main, and optionally rerun_all."""
    upstream = {"requires": ["dte/attempt"]}
    matrix = {"parameters": {"ordinal": list(range(1, agents + 1))}}
    spread = {"matrix": matrix} if agents else {}
    jobs: list[Any] = [
        {"dte/attempt": {"context": "circleci-api"}},
        {"dte/agent": {**spread, **upstream, **(agent or {})}},
        {"dte/main": {**upstream, **(main or {})}},
    ]
    if rerun_all:
        requires = [{"dte/main": "failed"}]
        job = {"context": "circleci-api", "requires": requires}
        jobs.append({"dte/rerun_all": job})
    return jobs


def rehearse_jobs(
    folder: Path, jobs: list[Any], *, max_auto_reruns: int = 0, **order: Any
) -> Rehearsed:
    """Rehearse a workflow of these jobs; only npm and npx are fake."""
    workflow = {"max_auto_reruns": max_auto_reruns} if max_auto_reruns else {}
    config = config_of_orb(jobs, **workflow)
    return rehearse_text(folder, config, orbs=ORBS, contexts=CONTEXT, **order)


def read_nx(log: Path) -> list[list[str]]:
    """Return the arguments of each call of npx."""
    return [call[1:] for call in read_calls(log) if call[0] == "npx"]
