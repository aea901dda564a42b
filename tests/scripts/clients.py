"""A client in front of the server of a test, with pauses that take no time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from tests.scripts.circleci_api import Answer, FakeCircleCI

TOKEN = "CCIPAT_tEsT0123456789_0123456789abcdef0123456789abcdef01234567"


class Clock:
    """Pauses that only add up."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def play(circleci: FakeCircleCI, *answers: Answer) -> None:
    """Let the server give these answers one after the other, the last one for ever."""
    queue: Iterator[Answer] = chain(answers, repeat(answers[-1]))
    circleci.intercept = lambda asked: next(queue)


GOOD = Answer(200, b'{"fine": true}')
