"""Threads for requests side by side, a bounded number at once.

Those of `concurrent.futures` are waited for when the process ends. These are not: what
is still under way once the answer is known must not hold the job up.
"""

from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, Callable, Optional, Tuple, TypeVar

_Result = TypeVar("_Result")
_Task = Optional[Tuple["Future[Any]", Callable[[], Any]]]


class Workers:
    """At most `most` threads, which take tasks in the order they were given."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._started = 0
        self._stopped = False
        self._tasks: SimpleQueue[_Task] = SimpleQueue()

    def start(self, task: Callable[[], _Result]) -> "Future[_Result]":
        """Give a task to the next free thread, and the future of its result back."""
        future: Future[_Result] = Future()
        self._tasks.put((future, task))
        if self._started < self._most:
            self._started += 1
            Thread(target=self._work, daemon=True).start()
        return future

    def stop(self) -> None:
        """Start none of the waiting tasks any more."""
        self._stopped = True
        for _ in range(self._started):
            self._tasks.put(None)

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None or self._stopped:
                return
            future, work = task
            try:
                future.set_result(work())
            except BaseException as error:  # it is raised where the result is read
                future.set_exception(error)
