"""A server on loopback that runs inside a `with` block; both stand-ins use it."""

import threading
from typing import Any, Self

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Handles requests without logging them."""

    def log(self, *_: Any) -> None:
        """Log nothing."""


class LoopbackServer:
    """Serves `app` on a free port of this machine; `url` has no trailing slash."""

    def __init__(
        self, app: Flask, handler: type[WSGIRequestHandler] = QuietHandler
    ) -> None:
        self._server = make_server(HOST, 0, app, threaded=True, request_handler=handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self.url = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
