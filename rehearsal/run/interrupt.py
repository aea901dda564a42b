"""Ctrl-C: the first asks every job to end, the second ends it at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """How often the user asked to stop; every wait of a run looks at it."""

    def __init__(self) -> None:
        self.count = 0
        self.event = threading.Event()

    def press(self) -> None:
        """One Ctrl-C more."""
        self.count += 1
        self.event.set()

    @property
    def pressed(self) -> bool:
        """Whether the jobs have to end."""
        return self.count > 0

    @property
    def impatient(self) -> bool:
        """Whether they have to end without being asked."""
        return self.count > 1


@contextmanager
def listen(interrupt: Interrupt) -> Iterator[Interrupt]:
    """Turn SIGINT, SIGTERM and SIGHUP into presses, until the block ends."""

    def press(_number: int, _frame: FrameType | None) -> None:
        interrupt.press()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, press) for number in signals}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
