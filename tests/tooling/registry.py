"""CircleCI's GraphQL API on loopback: answers what a publishing command line asks."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """One question of the command line."""

    token: str | None
    query: str
    variables: dict[str, Any]


@dataclass
class Registry:
    """A registry that accepts everything, or refuses with the messages it is given."""

    invalid: str = ""
    refusal: str = ""
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Registry:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host(self) -> str:
        """The address for `--host`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def asked(self, word: str) -> list[Request]:
        """The requests whose query holds `word`."""
        return [request for request in self.requests if word in request.query]

    def answer(self, query: str) -> dict[str, Any]:
        """What the registry says to a query."""
        if "orbConfig" in query:
            errors = [{"message": self.invalid}] if self.invalid else []
            return {"orbConfig": {"valid": not errors, "errors": errors}}
        if "publishOrb" in query:
            errors = [{"message": self.refusal}] if self.refusal else []
            return {"publishOrb": {"orb": {"version": "1.0.0"}, "errors": errors}}
        return {
            "orb": {"id": "1", "isPrivate": False},
            "registryNamespace": {"id": "2"},
        }

    def _handler(registry) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                asked = json.loads(self.rfile.read(length))
                token = self.headers.get("Authorization")
                request = Request(token, asked["query"], asked["variables"])
                registry.requests.append(request)
                body = json.dumps({"data": registry.answer(request.query)}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the tests' output clean."""

        return Handler
