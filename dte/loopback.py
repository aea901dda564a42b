"""A server on loopback that runs inside a `with` block; both stand-ins use it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.serving import BaseWSGIServer

HOST = "127.0.0.1"
_BACKLOG = 128


class LoopbackServer:
    """Serves an application on a free port of this machine.

    `load` returns the application. The server calls `load` only when the first client
    connects, because importing Werkzeug takes almost half as long as starting dte, and
    many jobs need no stand-in. `url` has no trailing slash.
    """

    def __init__(self, load: Callable[[], WSGIApplication]) -> None:
        self._load = load
        self._listening = socket.create_server((HOST, 0), backlog=_BACKLOG)
        self._end, self._ended = socket.socketpair()
        self._error: Exception | None = None
        self._thread = Thread(target=self._serve)
        self.url = f"http://{HOST}:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._end.close()
        self._thread.join()
        if self._error and not kind:
            raise self._error

    def _serve(self) -> None:
        # If the application can't be loaded, the socket is closed, and no client waits.
        with self._ended, self._listening, selectors.DefaultSelector() as selector:
            for waited in (self._ended, self._listening):
                selector.register(waited, selectors.EVENT_READ)
            try:
                self._answer(selector)
            except Exception as error:
                self._error = error

    def _answer(self, selector: selectors.BaseSelector) -> None:
        """Answer clients until the `with` block ends."""
        server: BaseWSGIServer | None = None
        while self._ended not in [key.fileobj for key, _ in selector.select()]:
            server = server or self._make_server()
            server.handle_request()
        if server:
            server.server_close()

    def _make_server(self) -> BaseWSGIServer:
        from dte.routes import make_loopback_server

        server = make_loopback_server(self._listening, self._load())
        # A client that has gone meanwhile must not make `handle_request` wait.
        server.timeout = 0
        return server
