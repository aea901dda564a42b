"""Ctrl-C: the first asks every job to end, the second ends it at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """How often somebody asked to stop; every wait of a run looks at it.

    One with a `parent` stops a single job, and stops when its parent does.
    """

    def __init__(self, parent: "Interrupt | None" = None) -> None:
        self._own = 0
        self._parent = parent

    def press(self) -> None:
        """One Ctrl-C more."""
        self._own += 1

    @property
    def count(self) -> int:
        """How often it was pressed, here or at the parent."""
        return self._own + (self._parent.count if self._parent else 0)

    @property
    def pressed(self) -> bool:
        """Whether what runs has to end."""
        return self.count > 0

    @property
    def impatient(self) -> bool:
        """Whether it has to end without being asked."""
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
