"""Carries out `--kill` in a job: a signal, the loss of the machine, or cancelling."""

from threading import Timer

import psutil

from dte.order.faults import CANCEL, LOST, Kill
from dte.run.context import JobContext
from dte.run.processes import GRACE_SECONDS, MARK, end_marked, signal_marked


class KillClock:
    """The kills that are due in one job; each clock starts with its job or step."""

    def __init__(self, context: JobContext) -> None:
        self.lost = False
        self._context = context
        self._timers: list[Timer] = []
        self._signalled: list[psutil.Process] = []

    def start(self, step: str) -> None:
        """Start the clocks of the kills that count from this step ("": the job)."""
        for kill in self._context.faults.kills:
            if kill.hits(self._context.run.name, step):
                timer = Timer(kill.seconds, self._kill, [kill])
                timer.daemon = True
                self._timers.append(timer)
                timer.start()

    def stop(self) -> None:
        """Stop the clocks that have not struck, and let the signalled say goodbye.

        A step's own process may end before those that it started, which would then be
        killed with the job in the middle of their last words.
        """
        for timer in self._timers:
            timer.cancel()
            timer.join()
        psutil.wait_procs(self._signalled, timeout=GRACE_SECONDS)

    def _kill(self, kill: Kill) -> None:
        mark = self._context.env[MARK]
        if kill.signal not in (LOST, CANCEL):
            self._signalled += signal_marked(mark, kill.signal)
            return
        self._context.interrupt.press()
        if kill.signal == LOST:
            self.lost = True
            self._context.interrupt.press()
            end_marked(mark)
