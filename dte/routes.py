"""The routes of the stand-ins, and the server that serves them.

The stand-ins use Werkzeug without Flask, which would need 9 MB more memory.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Handler = Callable[..., "Response | Mapping[str, Any]"]


class Routes:
    """A WSGI application that gives each request to the handler of its path.

    A handler takes the request and the variables of the path, and returns a response or
    a JSON object. `check` is called before the handler; if it returns a response, this
    response is the answer. An exception of a type in `refused` becomes a response with
    the status 400 and the exception's message. If `drops` returns True, the connection
    is closed without an answer.
    """

    def __init__(
        self,
        check: Callable[[Request], Response | None],
        refused: tuple[type[Exception], ...] = (),
        drops: Callable[[], bool] = lambda: False,
    ) -> None:
        self.drops = drops
        self._check = check
        self._refused = refused
        self._map = Map()

    def add(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Return a decorator that registers the handler of a method and a path."""

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


class _Handler(WSGIRequestHandler):
    """Handles requests without logging them."""

    def run_wsgi(self) -> None:
        app = self.server.app
        if isinstance(app, Routes) and app.drops():
            self.close_connection = True
            return
        super().run_wsgi()

    def log(self, *_: Any) -> None:
        pass


def make_loopback_server(
    listening: socket.socket, app: WSGIApplication
) -> BaseWSGIServer:
    """Return a server that answers connections to a listening socket with `app`."""
    host, port = listening.getsockname()
    return make_server(
        host,
        port,
        app,
        threaded=True,
        request_handler=_Handler,
        fd=listening.fileno(),
    )
