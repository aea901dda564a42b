"""A limited number of threads for concurrent requests.

Python waits for the threads of `concurrent.futures` when the process ends. It does not
wait for the threads of `Workers`: a request whose answer is no longer needed must not
delay the job.
"""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from queue import SimpleQueue
from threading import Thread
from typing import Any, Callable, Optional, Tuple, TypeVar

_Result = TypeVar("_Result")
_Task = Optional[Tuple["Future[Any]", Callable[[], Any]]]


def finish_within(seconds: float, task: Callable[[], _Result]) -> _Result:
    """Return the result of `task`; raises `OSError` if it takes longer than `seconds`.

    A task that is late continues in its thread until the process ends.
    """
    workers = Workers(1)
    try:
        return workers.start(task).result(max(seconds, 0.1))
    except FutureTimeoutError:
        said = "the answer took longer than {:g} seconds".format(seconds)
        raise OSError(said) from None
    finally:
        workers.stop()


class Workers:
    """At most `most` threads, which run tasks in the order in which they were added."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._started = 0
        self._stopped = False
        self._tasks: SimpleQueue[_Task] = SimpleQueue()

    def start(self, task: Callable[[], _Result]) -> "Future[_Result]":
        """Queue a task for the next free thread; return the future of its result."""
        future: Future[_Result] = Future()
        self._tasks.put((future, task))
        if self._started < self._most:
            self._started += 1
            Thread(target=self._work, daemon=True).start()
        return future

    def stop(self) -> None:
        """Don't start the tasks that are still queued."""
        self._stopped = True
        for _ in range(self._started):
            self._tasks.put(None)

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None or self._stopped:
                return
            _carry_out(*task)
            # Drop the task with its result now, not when the next task arrives.
            del task


def _carry_out(future: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # Future.result() raises it
        future.set_exception(error)
        # The error's traceback refers to this frame, so `future` would form a cycle.
        del future
