"""The libraries that a rehearsal loads: each needs memory, and time at the start."""

import subprocess
import sys
from pathlib import Path

from tests.configs import one_job
from tests.dte.commands import make_project
from tests.tooling.repository import ROOT

REHEARSE = """\
import sys
from dte.cli import main
try:
    main(["rehearse", "--logs", "../logs"])
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""
LARGE = {"flask", "jinja2", "requests", "pygments", "rich._emoji_codes", "werkzeug"}


def test_a_rehearsal_loads_no_large_library_in_vain(tmp_path: Path) -> None:
    """A whole rehearsal loads none of the libraries that cost megabytes."""
    step = "run: {name: 'Run :x:', command: exit 1}"
    project = make_project(tmp_path / "project", one_job(step))
    done = subprocess.run(
        [sys.executable, "-c", REHEARSE],
        cwd=project,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(done.stderr.split())
    assert "dte.report.table" in loaded, done.stderr
    assert LARGE & loaded == set()
