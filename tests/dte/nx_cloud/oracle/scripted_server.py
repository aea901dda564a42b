"""A loopback server with the few routes of Nx Cloud that the old client needs.

The server has no logic: a test sets the answers to the next polls.
"""

from __future__ import annotations

import gzip
import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self

from werkzeug.wrappers import Request, Response

from dte.loopback import LoopbackServer
from dte.routes import answer_json

PREFIX = "/nx-cloud/executions/"


@dataclass(frozen=True)
class Received:
    """A request from the client: its time of arrival, path and JSON body."""

    at: float
    path: str
    body: dict[str, Any]


class ScriptedServer:
    """Answers the client's polls; a test sets `ended` or `error` to end the run."""

    def __init__(self) -> None:
        self.ended = False
        self.enabled = True
        self.error = ""
        self.received: list[Received] = []
        self.url = ""

    def __enter__(self) -> Self:
        app = Request.application(self._answer)
        self._exits = ExitStack()
        self.url = self._exits.enter_context(LoopbackServer(lambda: app)).url
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def paths(self) -> list[str]:
        """Return the last part of each request's path."""
        return [each.path.rpartition("/")[2] for each in self.received]

    def completions(self) -> list[dict[str, Any]]:
        """Return the bodies of the requests that complete the run."""
        name = PREFIX + "complete-run-group"
        return [each.body for each in self.received if each.path == name]

    def polls(self) -> list[float]:
        """Return the times at which an agent asked for tasks."""
        return [each.at for each in self.received if each.path == PREFIX + "tasks"]

    def _answer(self, request: Request) -> Response:
        text = request.get_data()
        if request.headers.get("Content-Encoding") == "gzip":
            text = gzip.decompress(text)
        body = json.loads(text) if text else {}
        self.received.append(Received(time.monotonic(), request.path, body))
        run = {"criticalErrorMessage": self.error or None, "runUrl": "https://nx.app/r"}
        answers: dict[str, dict[str, Any]] = {
            "workspace-status": {"enabled": self.enabled},
            "start": {"enabled": True, "id": "execution"},
            "tasks": {
                **run,
                "tasks": [],
                "maxParallel": 1,
                "completed": self.ended,
                "status": "RUN_GROUP_COMPLETED" if self.ended else "WAITING",
            },
            "status": {
                **run,
                "completedTasks": [],
                "commandStatus": 0,
                "executionStatus": "COMPLETED" if self.ended else "RUNNING",
            },
            "end": {**run, "status": "success"},
        }
        return answer_json(answers.get(request.path.rpartition("/")[2], {}))
