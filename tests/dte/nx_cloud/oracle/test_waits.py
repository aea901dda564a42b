"""The stand-in's client waits as the last public full client of Nx Cloud does.

`clock.js` records and shortens the waits of both clients. DTE_NX_CLOUD_SPEED is 1, so
the stand-in's client doesn't shorten its waits a second time.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ..counting_server import CountingServer
from ..real_job import Ended, wait
from .clock import Clock
from .scripted_server import ScriptedServer
from .sides import BUILD, Side, compare, run, start_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NOT_CI = {"CI": "", "CIRCLECI": ""}


def make_clock(folder: Path, side: Side, speed: int = 50) -> Clock:
    """Return a clock for one client, with its own file."""
    return Clock(folder / f"waits of {type(side).__name__}", speed)


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        ("", 0, "Starting an agent for running Nx tasks"),
        ("it broke", 1, "Distributed Execution Terminated\n\nError:\nit broke"),
    ],
)
def test_an_agent_that_waits(
    sides: tuple[Side, Side], tmp_path: Path, error: str, exit_code: int, message: str
) -> None:
    """An agent that waits notices the end of the run at its next poll, not at once."""

    def act(side: Side) -> Ended:
        clock = make_clock(tmp_path, side, speed=1)
        started = time.monotonic()
        process = side.start("start-agent", **clock.environment())
        clock.wait_for(1)
        side.end_run(error)
        ended = wait(process)
        assert time.monotonic() - started > 5
        assert clock.waits() == [5]
        return ended

    assert compare(sides, act, message).exit_code == exit_code


def test_polls_grow(sides: tuple[Side, Side], tmp_path: Path) -> None:
    """An agent's waits between polls grow from 5 seconds to 30."""
    waits = []

    def act(side: Side) -> Ended:
        clock = make_clock(tmp_path, side)
        process = side.start("start-agent", **clock.environment())
        clock.wait_for(8)
        side.end_run()
        ended = wait(process)
        waits.append(clock.waits()[:8])
        return ended

    compare(sides, act, "Starting an agent for running Nx tasks")
    assert waits == [[5, 10, 15, 20, 25, 30, 30, 30]] * 2


def test_polls_of_main_grow(sides: tuple[Side, Side], tmp_path: Path) -> None:
    """Main's waits between polls grow like an agent's."""
    waits = []

    def act(side: Side) -> Ended:
        start_run(side)
        clock = make_clock(tmp_path, side)
        process = side.start(*BUILD, **clock.environment())
        clock.wait_for(8)
        side.end_run("it broke")
        ended = wait(process)
        waits.append(clock.waits()[:8])
        return ended

    message = "Distributed Execution Terminated\n\nError:\nit broke"
    assert compare(sides, act, message).exit_code == 1
    assert waits == [[5, 10, 15, 20, 25, 30, 30, 30]] * 2


@pytest.mark.parametrize(
    ("words", "variable", "message", "waits"),
    [
        (("start-agent",), "NX_CLOUD_AGENT_TIMEOUT_MS", "No new messages", [5]),
        (BUILD, "NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS", "No new completed", [5, 10]),
    ],
)
def test_a_timeout_is_noticed_at_a_poll(
    sides: tuple[Side, Side],
    tmp_path: Path,
    words: tuple[str, ...],
    variable: str,
    message: str,
    waits: list[float],
) -> None:
    """A timeout of a millisecond ends an agent or main at its second poll.

    Main also waits before its first poll.
    """

    def act(side: Side) -> Ended:
        if words == BUILD:
            start_run(side)
        clock = make_clock(tmp_path, side)
        own = {**clock.environment(), variable: "1"}
        ended = wait(side.start(*words, **own))
        assert clock.waits() == waits
        assert "after 0.001 seconds" in ended.output
        return ended

    assert compare(sides, act, message).exit_code == 1


@pytest.mark.parametrize(
    ("env", "tries"),
    [
        ({}, 11),
        (NOT_CI, 2),
        ({"NX_CLOUD_NUMBER_OF_RETRIES": "3"}, 4),
        ({"NX_CLOUD_NUMBER_OF_RETRIES": "0"}, 1),
        ({**NOT_CI, "NX_CLOUD_NUMBER_OF_RETRIES": "3"}, 4),
    ],
)
def test_the_number_of_retries(
    sides: tuple[Side, Side], tmp_path: Path, env: dict[str, str], tries: int
) -> None:
    """A failed request is repeated ten times in CI, once elsewhere, or as often as
    NX_CLOUD_NUMBER_OF_RETRIES says."""

    def act(side: Side) -> Ended:
        clock = make_clock(tmp_path, side)
        with CountingServer(500) as server:
            own = {"NX_CLOUD_API": server.url, **clock.environment()}
            ended = run(side, "stop-all-agents", **own, **env)
        assert server.requests == tries
        assert len(clock.waits()) == tries - 1
        return ended

    assert compare(sides, act, "Code: 500. Error: not today").exit_code == 1


def test_the_time_of_the_retries(sides: tuple[Side, Side], tmp_path: Path) -> None:
    """After a refused connection in CI, the growing waits add up to two minutes."""
    with ScriptedServer() as closed:
        address = closed.url
    waits = []

    def act(side: Side) -> Ended:
        clock = make_clock(tmp_path, side)
        own = {"NX_CLOUD_API": address, **clock.environment()}
        ended = run(side, "stop-all-agents", **own)
        waits.append(clock.waits())
        return ended

    assert compare(sides, act, "Code: ECONNREFUSED").exit_code == 1
    assert waits == [[3, 5, 7, 9, 11, 13, 15, 17, 19, 21]] * 2
    assert sum(waits[0]) == 120
