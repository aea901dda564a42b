"""Agents with the same name, and main's settings, compared with the old client."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..real_job import wait
from .clock import Clock
from .conftest import MakeSides
from .sides import BUILD, RealSide, start_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BY_FAILURE = "NX_CLOUD_DISTRIBUTED_EXECUTION_STOP_AGENTS_ON_FAILURE"


@pytest.mark.parametrize("side", [0, 1], ids=["real client", "stand-in"])
def test_two_machines_may_have_agents_of_one_name(
    make_sides: MakeSides, tmp_path: Path, side: int
) -> None:
    """Agents with the same name in two folders both work, and both end with the run."""
    one, other = make_sides("one")[side], make_sides("other")[side]
    clock = Clock(tmp_path / "waits", 10).environment()
    first = one.start("start-agent", **clock)
    one.wait_for_agent(first)
    second = other.start("start-agent", **clock)
    other.wait_for_agent(second)
    one.end_run()
    for ended in (wait(first), wait(second)):
        assert ended.exit_code == 0, ended.output
        assert "Duplicate Agent ID Detected" not in ended.output
        assert "Other Nx Cloud Agents Detected" not in ended.output


@pytest.mark.parametrize(("env", "sent"), [({}, None), ({BY_FAILURE: "false"}, False)])
def test_the_agents_end_by_default_after_a_failed_command(
    real: RealSide, tmp_path: Path, env: dict[str, str], sent: bool | None
) -> None:
    """stopAgentsOnFailure is true by default: the old client sends it only if false."""
    start_run(real)
    own = {**Clock(tmp_path / "waits", 10).environment(), **env}
    main = real.start(*BUILD, **own)
    real.wait_for_main()
    real.end_run("it broke")
    wait(main)
    started = {each.path: each.body for each in real.server.received}
    assert started["/nx-cloud/executions/start"].get("stopAgentsOnFailure") is sent
    assert "stopAgentsOnFailure" not in started["/nx-cloud/executions/create-run-group"]
