"""The state of the stand-in, protected by one lock."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from dte.nx_cloud.bundle import Bundle
from dte.nx_cloud.cache import OutputCache
from dte.nx_cloud.executions import TaskExecution
from dte.nx_cloud.faults import NO_FAULTS, Faults
from dte.nx_cloud.runs import Runs

BAD_TOKEN = "Nx Cloud does not accept this access token"


@dataclass(frozen=True)
class RecordedCommand:
    """A command that main ran with `nx-cloud record`."""

    run_id: str
    command: tuple[str, ...]
    exit_code: int
    output: str


@dataclass
class CloudState:
    """The state that the routes share; hold `lock` while you use `runs`."""

    token: str
    bundle: Bundle
    cache: OutputCache
    runs: Runs
    heartbeat_seconds: float
    faults: Faults = NO_FAULTS
    lock: threading.RLock = field(default_factory=threading.RLock)
    executions: deque[TaskExecution] = field(
        default_factory=lambda: deque(maxlen=10_000)
    )
    recorded: deque[RecordedCommand] = field(default_factory=lambda: deque(maxlen=1000))

    def accepts(self, authorization: str) -> bool:
        """Return whether a request's Authorization header contains the token."""
        return authorization.removeprefix("Bearer ") == self.token

    def refusal(self) -> str:
        """Return why every request to Nx Cloud is refused, or an empty string.

        The text for an organization over its limit is copied from Nx Cloud
        (qauth-labs/qauth#219).
        """
        if self.faults.over_limit:
            return (
                "This Nx Cloud organization has been disabled due to exceeding the "
                "FREE plan."
            )
        return BAD_TOKEN if self.faults.reject_token else ""

    def take_download_fault(self) -> Literal["", "fail", "cut"]:
        """Return the fault for this download of the client, and count the fault."""
        with self.lock:
            fails = self.faults.fail_client_downloads
            cuts = self.faults.cut_client_downloads
            if fails > 0:
                self.faults = replace(self.faults, fail_client_downloads=fails - 1)
                return "fail"
            if cuts > 0:
                self.faults = replace(self.faults, cut_client_downloads=cuts - 1)
                return "cut"
            return ""

    def take_connection_fault(self) -> bool:
        """Return whether to close this connection unanswered; count the connection."""
        with self.lock:
            left = self.faults.unreachable_after
            if left is not None and left > 0:
                self.faults = replace(self.faults, unreachable_after=left - 1)
            return self.faults.unreachable or left == 0
