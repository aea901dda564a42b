"""A server that answers every request with an error, and counts them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Self

from werkzeug.wrappers import Request, Response

from dte.loopback import LoopbackServer


class CountingServer:
    """Answers with one status for as long as its `with` block lasts."""

    def __init__(self, status: int = 500) -> None:
        self.requests = 0
        self.url = ""
        self._status = status

    def __enter__(self) -> Self:
        app = Request.application(self._answer)
        self._exits = ExitStack()
        server = self._exits.enter_context(LoopbackServer(lambda: app))
        self.url = server.url
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def _answer(self, _: Request) -> Response:
        self.requests += 1
        return Response("not today", self._status)
