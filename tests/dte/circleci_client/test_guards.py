"""Which jobs `dte attempts` calls refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner

from dte.cli import main
from tests.dte.circleci_client.pipelines import API, PIPELINE, add_refused_pipeline

GUARD = {"run": {"environment": {"DTE_PARTIAL_RERUN": "refuse"}}}


@pytest.mark.parametrize(
    ("compiled", "refused"),
    [
        ({"jobs": {"dte/main": {"steps": [GUARD]}}}, ["dte/main"]),
        (
            {"jobs": {"dte/main": {"steps": [{"when": {"steps": [GUARD]}}]}}},
            ["dte/main"],
        ),
        ({"jobs": {"dte/main": {"steps": ["checkout"]}}}, []),
        ({"jobs": {"other": {"steps": [GUARD]}}}, []),
        # Without a config, the attempt job is the only hint.
        ("jobs: [", ["dte/main"]),
        ([], ["dte/main"]),
        (None, ["dte/main"]),
    ],
)
@responses.activate
def test_only_a_job_with_a_guard_is_refused(
    compiled: Any, refused: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job without a guard that fails in a partial rerun just failed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    text = compiled if isinstance(compiled, str) else json.dumps(compiled)
    responses.get(f"{API}/pipeline/{PIPELINE}/config", json={"compiled": text})
    add_refused_pipeline()
    told = json.loads(CliRunner().invoke(main, ["attempts", PIPELINE, "--json"]).stdout)
    assert told["attempts"][1]["refused"] == refused
    says = "dte/main was refused" if refused else "the rerun from failed failed in"
    assert says in told["summary"][0]
