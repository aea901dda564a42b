"""Whatever the API answers, `rerun_all` prints a message, and never the token."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.scripts.modules import load_script
from tests.scripts.records import make_record, write_record
from tests.scripts.rerun_api import FROM_FAILED, RerunApi, answer, start
from tests.scripts.test_odd_records import JSON

# This token is as long as CircleCI's old tokens, and looks like an id.
TOKEN = "0123456789abcdef0123456789abcdef01234567"
ECHOES = st.sampled_from(
    ["", TOKEN, TOKEN[:20] + "\x00" + TOKEN[20:], "x" * 180 + TOKEN]
)
MESSAGES = st.builds(
    lambda start, text, end: json.dumps(
        {"message": start + text + end, "workflow_id": text or start}
    ).encode(),
    st.text(max_size=200),
    ECHOES,
    st.text(max_size=20),
)
BODIES = st.binary(max_size=80) | JSON.map(lambda one: json.dumps(one).encode())
STATUSES = st.sampled_from([200, 202, 304, 400, 401, 404, 409, 418, 500, 502, 503])
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def rerun_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, in the partial rerun `own`, without pauses."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id="first", workspace_id="first")
    )
    for name, value in {
        "CIRCLE_WORKFLOW_ID": "own",
        "CIRCLE_WORKFLOW_WORKSPACE_ID": "first",
        "CIRCLE_PIPELINE_ID": "pipeline",
        "CIRCLE_TOKEN": TOKEN,
        "DTE_ATTEMPTS": str(tmp_path / "attempts"),
    }.items():
        monkeypatch.setenv(name, value)
    module = load_script("rerun_all")
    monkeypatch.setattr(module, "LOOKS", (0.0, 0.0))
    return module


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[RerunApi]:
    """The server that `rerun_all` asks."""
    with RerunApi() as server:
        monkeypatch.setenv("DTE_API_URL", server.url)
        yield server


def run(module: ModuleType, api: RerunApi) -> tuple[int, str]:
    """Run the script in this process; return its exit status and its output."""
    from failures import run as run_program

    api.posts.clear()
    api.runs.clear()
    api.add("first", second=0)
    api.add("own", status="failing", tag=FROM_FAILED, second=100)
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            run_program(module.main)
        except SystemExit as end:
            return int(str(end.code)), printed.getvalue()
    return 0, printed.getvalue()


@settings(max_examples=60, suppress_health_check=SHARED)
@given(status=STATUSES, body=BODIES | MESSAGES, looks=st.lists(STATUSES, max_size=2))
@example(status=202, body=json.dumps({"workflow_id": TOKEN}).encode(), looks=[])
@example(status=400, body=json.dumps({"message": "x" * 180 + TOKEN}).encode(), looks=[])
def test_any_answer_ends_in_words(
    rerun_all: ModuleType, api: RerunApi, status: int, body: bytes, looks: list[int]
) -> None:
    """With any answers, the script sends one POST, fails, and hides the token."""
    api.plays = [answer(status, body)]
    api.looks = [one for one in looks if one < 500]
    code, printed = run(rerun_all, api)
    assert code == 1
    assert len(api.posts) == 1
    assert printed.startswith(
        ("A rerun was requested", "error: ", "This was a partial")
    )
    for piece in (TOKEN, TOKEN[:20], TOKEN[20:]):
        assert piece not in printed


def test_the_looks_have_a_time_of_their_own(
    rerun_all: ModuleType, api: RerunApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the POST used all its time, the script still looks for the new run."""
    real, passed = time.monotonic, [0.0]

    def dawdle(api: RerunApi) -> None:
        start(api)
        passed[0] = 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: real() + passed[0])
    api.plays = [dawdle]
    code, printed = run(rerun_all, api)
    assert (code, len(api.posts)) == (1, 1)
    assert "/pipelines/workflows/new" in printed
