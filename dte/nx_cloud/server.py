"""The stand-in's server: on loopback, for as long as its `with` block lasts."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dte.loopback import HOST, LoopbackServer
from dte.nx_cloud.bundle import pack_client
from dte.nx_cloud.cache import OutputCache
from dte.nx_cloud.executions import TaskExecution
from dte.nx_cloud.faults import NO_FAULTS, Faults
from dte.nx_cloud.runs import Runs
from dte.nx_cloud.state import CloudState, RecordedCommand

if TYPE_CHECKING:
    from dte.routes import Routes

GIBIBYTE = 1 << 30


class NxCloud:
    """A stand-in for Nx Cloud.

    >>> with NxCloud() as cloud:
    ...     environment = {**os.environ, **cloud.job_environment()}
    """

    def __init__(
        self,
        *,
        faults: Faults = NO_FAULTS,
        heartbeat_seconds: float = 30.0,
        token: str | None = None,
        folder: Path | None = None,
        cache_limit: int = GIBIBYTE,
    ) -> None:
        """Prepare a stand-in; `with` starts it.

        `heartbeat_seconds`: how long main may be silent before its agents end. `token`:
        the access token; a new one if None. `folder`: an existing folder for at most
        `cache_limit` bytes of tasks' outputs; a temporary folder if None.
        """
        self.token = token or secrets.token_hex(24)
        self.url = ""
        self._faults = faults
        self._heartbeat_seconds = heartbeat_seconds
        self._folder = folder
        self._cache_limit = cache_limit

    def __enter__(self) -> Self:
        """Start the server on a free port."""
        self._exits = ExitStack()
        folder = self._folder or Path(
            self._exits.enter_context(tempfile.TemporaryDirectory(prefix="nx-cloud-"))
        )
        self._state = CloudState(
            token=self.token,
            bundle=pack_client(),
            cache=OutputCache(folder, limit=self._cache_limit),
            runs=Runs(heartbeat_seconds=self._heartbeat_seconds),
            heartbeat_seconds=self._heartbeat_seconds,
            faults=self._faults,
        )
        self.url = self._exits.enter_context(LoopbackServer(self._load_routes)).url
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and its threads, and remove what it stored."""
        self._exits.__exit__(kind, error, traceback)

    def job_environment(self) -> dict[str, str]:
        """Return the variables that connect a job to this stand-in.

        A job also needs its own HOME, NX_CACHE_DIRECTORY, NX_WORKSPACE_DATA_DIRECTORY,
        NX_SOCKET_DIR and NX_NATIVE_FILE_CACHE_DIRECTORY, because Nx shares these
        between all clones on a machine.
        """
        direct = ",".join(filter(None, [os.environ.get("NO_PROXY"), HOST]))
        return {
            "NX_CLOUD_API": self.url,
            "NX_CLOUD_ACCESS_TOKEN": self.token,
            "NX_SELF_HOSTED_REMOTE_CACHE_SERVER": self.url,
            "NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN": self.token,
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def executions(self) -> tuple[TaskExecution, ...]:
        """List the tasks that ran or came from the cache, in the order they ended."""
        return tuple(self._state.executions)

    def recorded_commands(self) -> tuple[RecordedCommand, ...]:
        """List the commands that `nx-cloud record` ran, in the order they ended."""
        return tuple(self._state.recorded)

    def set_faults(self, faults: Faults) -> None:
        """Replace the active faults."""
        with self._state.lock:
            self._state.faults = faults

    def _load_routes(self) -> Routes:
        from dte.nx_cloud.routes import create_app

        return create_app(self._state)
