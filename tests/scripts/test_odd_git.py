"""No output of git causes a traceback or an unsafe export."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.jobs import Job
from tests.scripts.records import RunScript

pytestmark = pytest.mark.slow

HEX = "0123456789abcdef" * 4
GIT = """#!/bin/bash
count=$(wc -l <"{folder}/calls" 2>/dev/null || echo 0)
echo >>"{folder}/calls"
cat "{folder}/answer-$((count % 4))" 2>/dev/null
exit "$(cat "{folder}/status-$((count % 4))")"
"""
EXPORT = re.compile(r"export NX_(BASE|HEAD)=(?:[0-9a-f]{40}|[0-9a-f]{64})\n")
ANSWERS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"true\n", b"false\n", b"sha1\n", HEX[:40].encode() + b"\n"]),
    st.builds(lambda text: (HEX[:40] + text).encode(), st.text(max_size=20)),
)
REPLIES = st.lists(
    st.tuples(ANSWERS, st.sampled_from([0, 0, 0, 1, 128])), min_size=4, max_size=4
)


@pytest.mark.parametrize("branch", ["main", "feature", "gh-readonly-queue/main/pr-1"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replies=REPLIES)
def test_odd_words_of_git_end_in_a_message_or_a_revision(
    branch: str, replies: list[tuple[bytes, int]], tmp_path: Path, run_script: RunScript
) -> None:
    """Whatever git prints, `set_shas` exits with 0, 1 or 2 and exports only SHAs."""
    folder = tmp_path / "git"
    folder.mkdir(exist_ok=True)
    (folder / "calls").unlink(missing_ok=True)
    for number, (answer, status) in enumerate(replies):
        (folder / f"answer-{number}").write_bytes(answer)
        (folder / f"status-{number}").write_text(str(status))
    command = folder / "git"
    command.write_text(GIT.format(folder=folder))
    command.chmod(0o755)
    job = Job(run_script, tmp_path, tmp_path)
    job.bash_env.write_text("")
    job.record([HEX[:40]])
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = job.set_shas(CIRCLE_BRANCH=branch, PATH=path)
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr
    for line in job.bash_env.read_text().splitlines(keepends=True):
        assert line == "\n" or EXPORT.fullmatch(line), line
