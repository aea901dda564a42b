"""The server that loads its application when the first client connects."""

from __future__ import annotations

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


@pytest.mark.timeout(60)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_client_does_not_wait_for_a_broken_application() -> None:
    """If the application can't be loaded, the server closes the connection."""

    def load() -> WSGIApplication:
        raise ImportError("broken")

    with (
        LoopbackServer(load) as server,
        pytest.raises((ConnectionError, HTTPException)),
    ):
        get(server, "/")
