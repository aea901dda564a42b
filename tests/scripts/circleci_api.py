"""A server for CircleCI's API v2 on loopback; its answers look like recorded ones.

It answers only the scripts' requests: for a pipeline, a project's pipelines, and a
pipeline's workflows. `rerun_api` adds the requests of `rerun_all`. The server can also
return every known kind of failure.
"""

from __future__ import annotations

import functools
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 20
SLUG = "gh/acme/shop"
T = TypeVar("T")


@functools.cache
def make_id(seed: object) -> str:
    """Make a UUID, the same one for the same seed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(seed)))


def format_time(second: int) -> str:
    """Return a time as the API writes it, `second` seconds after a fixed start."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(1_790_000_000 + second))


@dataclass(frozen=True)
class Run:
    """One run of a workflow; `second` orders the runs within a pipeline."""

    name: str = "build"
    status: str = "success"
    second: int = 0
    tag: str | None = None

    def encode(self, pipeline: FakePipeline) -> dict[str, Any]:
        """Return the run as `GET /pipeline/{id}/workflow` shows it."""
        return {
            "pipeline_id": pipeline.id,
            "id": make_id((pipeline.id, self)),
            "name": self.name,
            "project_slug": SLUG,
            "tag": self.tag,
            "status": self.status,
            "started_by": make_id("someone"),
            "pipeline_number": pipeline.number,
            "created_at": format_time(pipeline.number * 1000 + self.second),
            "stopped_at": format_time(pipeline.number * 1000 + self.second + 60),
        }


@dataclass(frozen=True)
class FakePipeline:
    """One pipeline of the project. A higher number means a newer pipeline."""

    number: int
    revision: str
    runs: tuple[Run, ...] = (Run(),)
    branch: str = "main"
    state: str = "created"
    app: bool = False

    @property
    def id(self) -> str:
        """The pipeline's id, made from its number."""
        return make_id(self.number)

    def encode(self) -> dict[str, Any]:
        """Return the pipeline as `GET /project/{slug}/pipeline` lists it."""
        fields: dict[str, Any] = {
            "id": self.id,
            "errors": [],
            "project_slug": SLUG,
            "updated_at": format_time(self.number * 1000),
            "number": self.number,
            "state": self.state,
            "created_at": format_time(self.number * 1000),
            "trigger": {
                "type": "webhook",
                "received_at": format_time(self.number * 1000),
                "actor": {"login": "someone", "avatar_url": None},
            },
        }
        if self.app:
            git = {"branch": self.branch, "checkout_sha": self.revision}
            fields["trigger_parameters"] = {"git": git, "circleci": {}}
        elif self.revision:
            fields["vcs"] = {
                "provider_name": "GitHub",
                "target_repository_url": "https://github.com/acme/shop",
                "branch": self.branch,
                "review_id": None,
                "revision": self.revision,
                "origin_repository_url": "https://github.com/acme/shop",
            }
        return fields


@dataclass(frozen=True)
class Asked:
    """One request that the server received."""

    path: str
    query: dict[str, str]
    token: str | None
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """A raw answer. If the body is None, the server drops the connection."""

    status: int = 200
    body: bytes | None = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


class FakeCircleCI:
    """The server, as a context manager; `url` is the value for DTE_API_URL."""

    def __init__(self) -> None:
        self.pipelines: list[FakePipeline] = []
        self.own: FakePipeline | None = None
        self.page = PAGE
        self.seconds = 0.0
        self.drip = 0.0
        self.private_token: str | None = None
        self.asked: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.intercept: Callable[[Asked], Answer | None] = lambda asked: None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake._answer(self)

            def do_POST(self) -> None:
                fake._answer(self)

            def log_message(self, *args: object) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None: ...

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v2"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.socket.close()

    def list_asked(self, ending: str) -> list[Asked]:
        """Return the requests whose path has this ending."""
        return [asked for asked in self.asked if asked.path.endswith(ending)]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        token = handler.headers.get("Circle-Token")
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        asked = Asked(unquote(parts.path), query, token, body)
        with self._lock:
            self.asked.append(asked)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        answer = self.intercept(asked) or self.play(asked)
        with self._lock:
            self.at_once -= 1
        if answer.body is None:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        size = 1 if self.drip else len(answer.body) or 1
        for start in range(0, len(answer.body), size):
            time.sleep(self.drip)
            handler.wfile.write(answer.body[start : start + size])

    def play(self, asked: Asked) -> Answer:
        """Return CircleCI's answer to the request."""
        if self.private_token is not None and asked.token != self.private_token:
            return Answer(404, b'{:message "Project not found"}')
        path = asked.path.removeprefix("/api/v2/").split("/")
        known = [*self.pipelines, *([self.own] if self.own else [])]
        by_id = {pipeline.id: pipeline for pipeline in known}
        if path[0] == "project" and path[-1] == "pipeline":
            return self._play_page(asked)
        if path[0] == "pipeline" and len(path) == 2 and path[1] in by_id:
            return encode(by_id[path[1]].encode())
        if path[0] == "pipeline" and path[-1] == "workflow" and path[1] in by_id:
            pipeline = by_id[path[1]]
            runs = [run.encode(pipeline) for run in pipeline.runs]
            items, token = _cut_page(runs, asked, self.page)
            return encode({"next_page_token": token, "items": items})
        return Answer(404, b'{"message": "Not found."}')

    def _play_page(self, asked: Asked) -> Answer:
        branch = asked.query.get("branch")
        chosen = [one for one in self.pipelines if branch in (None, one.branch)]
        chosen.sort(key=lambda one: -one.number)
        page, token = _cut_page(chosen, asked, self.page)
        items = [one.encode() for one in page]
        return encode({"next_page_token": token, "items": items})


def _cut_page(items: list[T], asked: Asked, page: int) -> tuple[list[T], str | None]:
    start = int(asked.query.get("page-token", "after-0").removeprefix("after-"))
    end = start + page
    return items[start:end], f"after-{end}" if end < len(items) else None


def encode(fields: dict[str, Any]) -> Answer:
    """Return a JSON object as CircleCI sends it."""
    headers = {"Content-Type": "application/json;charset=utf-8"}
    return Answer(200, json.dumps(fields).encode(), headers)
