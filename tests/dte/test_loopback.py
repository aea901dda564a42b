"""The server that loads its application when the first client connects."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from dte.loopback import LoopbackServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def get(server: LoopbackServer, path: str) -> bytes:
    """Return the body of the server's answer to `GET path`."""
    connection = HTTPConnection(urlsplit(server.url).netloc)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_the_application_is_loaded_once() -> None:
    """The application is loaded for the first client, and serves several at a time."""
    loaded = []

    def load() -> WSGIApplication:
        loaded.append(1)
        return Request.application(lambda request: Response(request.path))

    with LoopbackServer(load) as server:
        assert loaded == []
        paths = [f"/{number}" for number in range(8)]
        with ThreadPoolExecutor(len(paths)) as pool:
            answers = list(pool.map(lambda path: get(server, path), paths))
        assert answers == [path.encode() for path in paths]
    assert loaded == [1]


def ask_in_vain(server: LoopbackServer) -> None:
    """Send a request that must not be answered."""
    with pytest.raises((ConnectionError, HTTPException)):
        get(server, "/")


@pytest.mark.timeout(60)
def test_a_client_does_not_wait_for_a_broken_application() -> None:
    """If the application can't be loaded, the connection ends, and so does dte."""

    def load() -> WSGIApplication:
        raise ImportError("broken")

    with pytest.raises(ImportError, match="broken"), LoopbackServer(load) as server:
        ask_in_vain(server)


@pytest.mark.timeout(60)
def test_a_client_that_has_gone_does_not_hold_the_end() -> None:
    """If the kernel drops a connection before it is accepted, dte still ends."""
    accept = socket.socket.accept

    def load() -> WSGIApplication:
        # The server accepts this connection only after it has loaded the application.
        for waiting in accepted:
            accept(waiting)[0].close()
        return Request.application(lambda request: Response(request.path))

    accepted: list[socket.socket] = []
    with LoopbackServer(load) as server:
        accepted.append(server._listening)
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port)):
            pass
