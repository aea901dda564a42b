"""The nx-cloud package that stops the agents if the install failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dte.nx_cloud import NxCloud
from tests.end_to_end.fake_workflow import ROOT
from tools.carried_code import copy_code


@pytest.mark.slow
def test_the_pinned_package_stops_agents_without_nx(tmp_path: Path) -> None:
    """Without node_modules, npx downloads the package, which stops the agents."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "nx.json").write_text("{}")
    code = copy_code(tmp_path / "code")
    (tmp_path / "home").mkdir()
    with NxCloud() as cloud:
        environment = {
            **os.environ,
            **cloud.job_environment(),
            "CI": "true",
            "CIRCLECI": "true",
            "CIRCLE_WORKFLOW_ID": "the-run",
            "HOME": str(tmp_path / "home"),
            "DTE_CHECKOUT": str(checkout),
        }
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(code), "stop_agents"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=True,
        )
    assert "all agents of run the-run end" in done.stdout
    assert "warning" not in done.stderr


def test_one_version_is_pinned_everywhere() -> None:
    """The script and the orb have the same default version of nx-cloud."""
    script = (ROOT / "scripts" / "stop_agents.py").read_text()
    found = re.search(r'NX_CLOUD_VERSION = "(.+)"', script)
    assert found
    for name in ("commands/stop_agents", "jobs/main"):
        text = (ROOT / "orb" / f"{name}.yml").read_text()
        default = re.search(
            r"\n  nx_cloud_version:\n(?: {4}.*\n)*? {4}default: (.+)", text
        )
        assert default
        assert default[1] == found[1]
