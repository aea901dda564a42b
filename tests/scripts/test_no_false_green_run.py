"""Main never passes without its tasks, whatever the agents and the parameters are."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scripts.fake_run import CONFIGS, REFUSALS, Case, Scripts
from tests.scripts.test_no_false_green import PROJECTS

T = TypeVar("T")


def mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    """Draw the usual value in half of the cases, so that many runs reach the tasks."""
    return st.sampled_from([*[usual] * max(1, len(others)), *others])


CONNECTIONS = ("token", "no token", "off", *REFUSALS)
NOT_CONNECTED = ("run_without_agents", "error")
CASES = st.builds(
    Case,
    projects=PROJECTS,
    affected=st.sets(st.sampled_from(["shop", "money", "docs"]), min_size=1),
    targets=mostly("lint,test", "lint test", "lnit", "build e2e-ci", ""),
    nx_arguments=mostly("", "--exclude=shop", "--exclude=*", "--verbose"),
    start=mostly("auto", "flags", "config", "own"),
    config=mostly(*CONFIGS),
    own_steps_start=st.booleans(),
    stop_agents_after=mostly("", "lint", "deploy"),
    partial_rerun=mostly("run_without_agents", "refuse", "allow"),
    guard=mostly("on", "off"),
    when_not_connected=mostly(*NOT_CONNECTED),
    agents_when_not_connected=mostly(*NOT_CONNECTED),
    connection=mostly(*CONNECTIONS),
    agents=st.lists(mostly("", "--targets=lint", "--targets=build,test"), max_size=3),
    agents_back=mostly(None, 0, 1, 2),
    record=mostly("passes", "fails, ignored"),
    task_fails=mostly(False, True),
    is_listed=mostly(True, False),
)
SHOP = {"shop": {"lint", "test"}, "docs": {"spell"}}


@pytest.fixture(scope="module")
def scripts() -> Scripts:
    """The scripts as modules."""
    return Scripts()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an nx.json."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "nx.json").write_text("{}")
    return folder


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(case=CASES)
def test_no_run_passes_without_a_task_that_was_due(
    scripts: Scripts, workspace: Path, case: Case
) -> None:
    """Main passes only if each task that was due and not excluded ran."""
    status, nx = scripts.play(case, workspace)
    assert status in (0, 1, 2)
    assert status or nx.ran or case.is_listed, "it is unknown whether a task was due"
    if status == 0 and nx.due():
        assert nx.ran
        assert "--exclude" in case.nx_arguments or set(nx.ran) == nx.due()
        assert not case.task_fails


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, "agents"),
        ({"agents": ("--targets=lint", "--targets=test")}, "agents"),
        ({"start": "flags", "stop_agents_after": "test"}, "agents"),
        ({"start": "config", "config": "manual"}, "agents"),
        ({"config": "manual"}, "agents"),
        ({"start": "own"}, "agents"),
        ({"start": "own", "own_steps_start": False}, "main"),
        ({"agents_back": 0, "partial_rerun": "run_without_agents"}, "main"),
        ({"agents_back": 1, "partial_rerun": "run_without_agents"}, "main"),
        ({"agents_back": 1, "partial_rerun": "allow"}, "agents"),
        *(
            ({"connection": state, "when_not_connected": "run_without_agents"}, "main")
            for state in ("no token", "off", "refuses the token", "disabled")
        ),
        ({"connection": "disabled, with an old client"}, "main"),
        ({"is_listed": False}, "agents"),
    ],
)
def test_each_way_to_a_green_main(
    scripts: Scripts, workspace: Path, changes: dict[str, object], place: str
) -> None:
    """In each of these cases, main passes, and all due tasks run where they should."""
    case = Case(SHOP, {"shop", "docs"}, **changes)  # type: ignore[arg-type]
    status, nx = scripts.play(case, workspace)
    assert (status, nx.ran) == (0, {"shop:lint": place, "shop:test": place})


@pytest.mark.parametrize(
    "changes",
    [
        {"agents": ()},
        {"agents": ("--targets=lint",)},
        {"config": "hosted"},
        {"start": "flags", "config": "manual"},
        {"start": "config"},
        {"start": "own", "stop_agents_after": "lint"},
        {"agents_back": 0},
        {"agents_back": 0, "partial_rerun": "allow"},
        {"agents_back": 0, "guard": "off"},
        {"record": "fails, ignored"},
        {"task_fails": True},
        {"connection": "unreachable", "when_not_connected": "run_without_agents"},
        *({"connection": state} for state in ("no token", "off", "disabled")),
    ],
)
def test_each_way_to_a_red_main(
    scripts: Scripts, workspace: Path, changes: dict[str, object]
) -> None:
    """Main fails if the run can't start, a task fails, or no agent takes a task."""
    case = Case(SHOP, {"shop"}, **changes)  # type: ignore[arg-type]
    status, _ = scripts.play(case, workspace)
    assert status == 1 + (changes.get("stop_agents_after") == "lint")
