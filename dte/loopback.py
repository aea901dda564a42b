"""A server on loopback that runs inside a `with` block; both stand-ins use it.

It uses Werkzeug alone: Flask, with its templates, would take 9 MB of memory in every
rehearsal.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
Handler = Callable[..., "Response | Mapping[str, Any]"]


class Routes:
    """A WSGI application that gives each request to the handler of its path.

    A handler takes the request and the variables of the path, and returns a response or
    a JSON object. `check` sees each request first; its response, if any, is the answer.
    An error of a type in `refused` is answered with 400 and its message.
    """

    def __init__(
        self,
        check: Callable[[Request], Response | None],
        refused: tuple[type[Exception], ...] = (),
    ) -> None:
        self._check = check
        self._refused = refused
        self._map = Map()

    def add(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Return a decorator for the handler of a method and a path."""

        def register(handler: Handler) -> Handler:
            self._map.add(Rule(path, methods=[method], endpoint=handler))
            return handler

        return register

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            answer = self._check(request) or self._handle(request)
        except HTTPException as error:
            return error.get_response(environ)(environ, start_response)
        except self._refused as error:
            answer = Response(str(error), 400)
        return answer(environ, start_response)

    def _handle(self, request: Request) -> Response:
        handler, variables = self._map.bind_to_environ(request.environ).match()
        answer = handler(request, **variables)
        return answer if isinstance(answer, Response) else answer_json(answer)


def answer_json(value: object, status: int = 200) -> Response:
    """Return a response with `value` as JSON."""
    return Response(json.dumps(value), status, mimetype="application/json")


class QuietHandler(WSGIRequestHandler):
    """Handles requests without logging them."""

    def log(self, *_: Any) -> None:
        """Log nothing."""


class LoopbackServer:
    """Serves `app` on a free port of this machine; `url` has no trailing slash."""

    def __init__(
        self, app: WSGIApplication, handler: type[WSGIRequestHandler] = QuietHandler
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
