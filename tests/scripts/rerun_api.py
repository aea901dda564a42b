"""CircleCI's API for `rerun_all`: one pipeline, and POST to rerun its workflows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.scripts.circleci_api import Answer, Asked, FakeCircleCI, encode

FROM_START = "rerun-workflow-from-beginning"
FROM_FAILED = "rerun-workflow-from-failed"

Play = Callable[["RerunApi"], tuple[int, bytes] | None]
"""Returns the status and body that answer a POST, or None to drop the connection."""


def start(api: RerunApi) -> tuple[int, bytes]:
    """Start a workflow `new` and answer with its id, as CircleCI does."""
    api.add("new", status="running", tag=FROM_START, second=500)
    return 202, b'{"workflow_id": "new"}'


def start_silently(api: RerunApi) -> None:
    """Start a workflow `new`, and drop the connection without an answer."""
    start(api)


def answer(status: int, body: bytes = b"{}") -> Play:
    """Return a `Play` that gives this answer and starts no workflow."""
    return lambda api: (status, body)


class RerunApi(FakeCircleCI):
    """The server, as a context manager; `runs` are the pipeline's workflows.

    `plays` answer the POSTs in turn, with `headers`, and the last of them repeats.
    `looks` are the statuses of the first answers to GET requests after a POST.
    """

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[dict[str, Any]] = []
        self.posts: list[tuple[str, Any, str | None]] = []
        self.plays: list[Play] = [start]
        self.get_status = 200
        self.looks: list[int] = []
        self.automatic: int | None = None
        self.headers: dict[str, str] = {}

    def add(
        self,
        workflow_id: str,
        *,
        status: str = "failed",
        tag: str | None = None,
        second: int = 0,
        name: str = "build",
    ) -> None:
        """Add to the pipeline a workflow that was created at `second`."""
        minutes, seconds = divmod(second, 60)
        run = {"id": workflow_id, "name": name, "status": status, "tag": tag}
        run["created_at"] = f"2026-11-24T01:{minutes:02}:{seconds:02}Z"
        self.runs.insert(0, run)

    def play(self, asked: Asked) -> Answer:
        """Answer a POST, or a GET for the pipeline's workflows or for one workflow."""
        if asked.body:
            self.posts.append((asked.path, json.loads(asked.body), asked.token))
            position = min(len(self.posts), len(self.plays)) - 1
            status, body = self.plays[position](self) or (0, None)
            return Answer(status, body, self.headers)
        looks_on = bool(self.posts and self.looks)
        status = self.looks.pop(0) if looks_on else self.get_status
        if status != 200:
            return Answer(status, b"<html>", self.headers)
        if "/pipeline/" in asked.path:
            return encode({"items": self.runs, "next_page_token": None})
        return encode({"id": "own", "auto_rerun_number": self.automatic})
