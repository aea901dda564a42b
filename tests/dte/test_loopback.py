"""The server that loads its application when the first client connects."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from dte.circleci_api import CircleCIApi
from dte.loopback import LoopbackServer
from dte.nx_cloud import NxCloud

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

    def load() -> WSGIApplication:
        # The server accepts the connection only after it has loaded the application.
        socket.socket.accept(server._listening)[0].close()
        dropped.set()
        return Request.application(lambda request: Response(request.path))

    dropped = Event()
    with LoopbackServer(load) as server:
        with socket.create_connection(("127.0.0.1", urlsplit(server.url).port)):
            pass
        assert dropped.wait(50)


def fail_beside(url: str) -> None:
    """Raise an error after a request to a server whose application is broken."""
    connection = HTTPConnection(urlsplit(url).netloc)
    with suppress(ConnectionError, HTTPException):
        connection.request("GET", "/")
        connection.getresponse()
    connection.close()
    raise ValueError("real")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("server", [CircleCIApi, NxCloud])
def test_a_broken_application_does_not_hide_another_error(
    server: type[CircleCIApi | NxCloud], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the rehearsal itself takes precedence over one of a stand-in."""

    def load(_: object) -> WSGIApplication:
        raise ImportError("broken")

    monkeypatch.setattr(server, "_load_routes", load)
    with pytest.raises(ValueError, match="real"), server() as started:
        fail_beside(started.url)
