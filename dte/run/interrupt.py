"""Ctrl-C: the first asks all jobs to end, the second kills them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """Counts requests to stop; every loop that waits checks the count.

    An interrupt with a `parent` is for a single job, and also counts the parent's
    requests.
    """

    def __init__(self, parent: "Interrupt | None" = None) -> None:
        self._own = 0
        self._parent = parent
        self._raises = False

    def press(self) -> None:
        """Count one more Ctrl-C."""
        self._own += 1

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Inside the block, the first press raises `KeyboardInterrupt`.

        This is for the time before the first job, when no loop checks `pressed`.
        """
        self._raises = True
        try:
            if self.pressed:
                raise KeyboardInterrupt
            yield
        finally:
            self._raises = False

    def raise_once(self) -> None:
        """Raise `KeyboardInterrupt`, at most once in each block of `raising`."""
        if self._raises:
            self._raises = False
            raise KeyboardInterrupt

    @property
    def count(self) -> int:
        """The number of presses on this interrupt and on its parent."""
        return self._own + (self._parent.count if self._parent else 0)

    @property
    def pressed(self) -> bool:
        """Whether the run has to end."""
        return self.count > 0

    @property
    def impatient(self) -> bool:
        """Whether processes are killed at once instead of being asked to end."""
        return self.count > 1


@contextmanager
def listen(interrupt: Interrupt) -> Iterator[Interrupt]:
    """Count SIGINT, SIGTERM and SIGHUP as presses until the block ends.

    SIGQUIT (Ctrl-\\) counts twice: it kills the jobs at once.
    """

    def press(number: int, _frame: FrameType | None) -> None:
        interrupt.press()
        if number == signal.SIGQUIT:
            interrupt.press()
        interrupt.raise_once()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.signal(number, press) for number in signals}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
