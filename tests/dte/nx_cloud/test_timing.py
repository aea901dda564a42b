"""The client waits as long as the real client, divided by a factor."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from .workspace import CLIENT

SCRIPT = """
const timers = require('timers/promises');
const waits = [];
timers.setTimeout = async (milliseconds) => waits.push(milliseconds);
Math.random = () => 0.5;
const { Poll, pauseBeforeRetry } = require('./timing.js');
(async () => {
  const poll = new Poll();
  for (let number = 0; number < 7; number++) await poll.wait();
  poll.reset();
  await poll.wait();
  for (let number = 1; number <= 10; number++) await pauseBeforeRetry(number);
  console.log(JSON.stringify(waits));
})();
"""


def read_waits(speed: str = "") -> list[float]:
    """Return the waits of 7 polls, 1 poll after a task and 10 retries, in ms."""
    done = subprocess.run(
        ["node", "-e", SCRIPT],
        cwd=CLIENT,
        env={"PATH": os.environ["PATH"], "DTE_NX_CLOUD_SPEED": speed},
        check=True,
        capture_output=True,
        text=True,
    )
    waits: list[float] = json.loads(done.stdout)
    return waits


def test_polls_grow_like_the_real_ones() -> None:
    """At speed 1 the pauses between polls grow from 5 to 30 seconds, and restart after
    a task."""
    seconds = [wait / 1000 for wait in read_waits("1")[:8]]
    assert seconds == [5, 10, 15, 20, 25, 30, 30, 5]


def test_repeated_requests_take_as_long_as_the_real_ones() -> None:
    """At speed 1, the ten pauses grow, and take two minutes on average."""
    pauses = read_waits("1")[8:]
    assert sum(pauses) / 1000 == 120
    assert sorted(pauses) == pauses


@pytest.mark.parametrize(("speed", "factor"), [("", 50), ("10", 10)])
def test_a_rehearsal_is_faster(speed: str, factor: int) -> None:
    """DTE_NX_CLOUD_SPEED divides every wait; its default is 50."""
    assert read_waits(speed) == pytest.approx(
        [wait / factor for wait in read_waits("1")]
    )
