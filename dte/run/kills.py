"""Carries out `--kill`: sends a signal, loses the machine, or cancels the job."""

from threading import Timer

import psutil

from dte.order.faults import CANCEL, LOST, Kill
from dte.run.context import JobContext
from dte.run.processes import GRACE_SECONDS, end_marked, signal_marked
from dte.run.starter import MARK


class KillClock:
    """Runs the timers of one job's kills; each starts with the job or with a step."""

    def __init__(self, context: JobContext) -> None:
        self.lost = False
        self._context = context
        self._timers: list[Timer] = []
        self._signalled: list[psutil.Process] = []

    def start(self, number: int) -> None:
        """Start the timers that count from this step; number 0 is the job itself."""
        context = self._context
        for kill in context.faults.kills:
            if kill.hits(context.run.name, context.step_names, number):
                timer = Timer(kill.seconds, self._kill, [kill])
                timer.daemon = True
                self._timers.append(timer)
                timer.start()

    def stop(self) -> None:
        """Stop the remaining timers, and wait for processes that received a signal.

        A step's process may end before its children. If dte didn't wait, the end of the
        job would kill these children while they still handle the signal.
        """
        for timer in self._timers:
            timer.cancel()
            timer.join()
        psutil.wait_procs(self._signalled, timeout=GRACE_SECONDS)

    def _kill(self, kill: Kill) -> None:
        mark = self._context.env[MARK]
        if kill.signal not in (LOST, CANCEL):
            signalled = signal_marked(mark, kill.signal)
            self._signalled += signalled
            if signalled:
                self._context.hits.add(kill)
            return
        self._context.hits.add(kill)
        self._context.interrupt.press()
        if kill.signal == LOST:
            self.lost = self._context.run.lost = True
            self._context.interrupt.press()
            end_marked(mark)
