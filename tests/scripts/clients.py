"""Answers for a client of a test's server, and a clock whose pauses take no time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from tests.scripts.circleci_api import Answer, FakeCircleCI

TOKEN = "CCIPAT_tEsT0123456789_0123456789abcdef0123456789abcdef01234567"


class Clock:
    """Records pauses instead of sleeping."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def play(circleci: FakeCircleCI, *answers: Answer) -> None:
    """Make the server return these answers in turn, and then repeat the last one."""
    queue: Iterator[Answer] = chain(answers, repeat(answers[-1]))
    circleci.intercept = lambda asked: next(queue)


GOOD = Answer(200, b'{"fine": true}')
