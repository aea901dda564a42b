"""CircleCI's API as `rerun_all` meets it: one pipeline, and POST to rerun it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FROM_START = "rerun-workflow-from-beginning"
FROM_FAILED = "rerun-workflow-from-failed"

Play = Callable[["RerunApi"], tuple[int, bytes] | None]
"""Answers a POST with a status and a body; None drops the connection."""


def start(api: RerunApi) -> tuple[int, bytes]:
    """What CircleCI does: start the workflow, and name it."""
    api.add("new", status="running", tag=FROM_START, second=500)
    return 202, b'{"workflow_id": "new"}'


def start_silently(api: RerunApi) -> None:
    """Start the workflow, and lose the answer."""
    start(api)


def answer(status: int, body: bytes = b"{}") -> Play:
    """A way to answer a POST without starting anything."""
    return lambda api: (status, body)


@dataclass
class RerunApi:
    """The server, as a context manager; `runs` are the pipeline's workflows.

    `looks` are the statuses that the first questions after a POST get.
    """

    runs: list[dict[str, Any]] = field(default_factory=list)
    posts: list[tuple[str, Any, str | None]] = field(default_factory=list)
    plays: list[Play] = field(default_factory=lambda: [start])
    get_status: int = 200
    looks: list[int] = field(default_factory=list)
    automatic: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        workflow_id: str,
        *,
        status: str = "failed",
        tag: str | None = None,
        second: int = 0,
        name: str = "build",
    ) -> None:
        """Let the pipeline have one more workflow, created at `second`."""
        minutes, seconds = divmod(second, 60)
        run = {"id": workflow_id, "name": name, "status": status, "tag": tag}
        run["created_at"] = f"2026-11-24T01:{minutes:02}:{seconds:02}Z"
        self.runs.insert(0, run)

    def __enter__(self) -> RerunApi:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(*api._get(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                token = self.headers.get("Circle-Token")
                api.posts.append((self.path, json.loads(body), token))
                position = min(len(api.posts), len(api.plays)) - 1
                played = api.plays[position](api)
                if played is None:
                    self.close_connection = True
                else:
                    self._send(*played)

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                for name, value in api.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v2"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _get(self, path: str) -> tuple[int, bytes]:
        looks_on = bool(self.posts and self.looks)
        status = self.looks.pop(0) if looks_on else self.get_status
        if status != 200:
            return status, b"<html>"
        if "/pipeline/" in path:
            page: dict[str, Any] = {"items": self.runs, "next_page_token": None}
            return 200, json.dumps(page).encode()
        own = {"id": "own", "auto_rerun_number": self.automatic}
        return 200, json.dumps(own).encode()
