"""The server: routes of CircleCI's API v2, for as long as a rehearsal runs.

Source: CircleCI docs, "API v2 reference".
"""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from rehearsal.circleci_api.answers import (
    answer_job,
    answer_page,
    answer_pipeline,
    answer_workflow,
)
from rehearsal.run.rehearsal import Rehearsal
from rehearsal.run.results import WorkflowRun


class QuietHandler(WSGIRequestHandler):
    """Handles requests without a line in the rehearsal's output for each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class CircleCIApi:
    """A context manager; inside it, `url` is the API's address on loopback."""

    def __init__(self) -> None:
        self._rehearsals: list[Rehearsal] = []
        self._server = make_server(
            "127.0.0.1",
            0,
            self._make_app(),
            threaded=True,
            request_handler=QuietHandler,
        )
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v2"

    def __enter__(self) -> CircleCIApi:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def show(self, rehearsal: Rehearsal) -> None:
        """Answer about this pipeline too."""
        self._rehearsals.append(rehearsal)

    def _make_app(self) -> Flask:
        app = Flask(__name__)
        route = app.get
        route("/api/v2/project/<path:slug>/pipeline")(self._list_pipelines)
        route("/api/v2/pipeline/<pipeline_id>")(self._get_pipeline)
        route("/api/v2/pipeline/<pipeline_id>/workflow")(self._list_workflows)
        route("/api/v2/workflow/<workflow_id>")(self._get_workflow)
        route("/api/v2/workflow/<workflow_id>/job")(self._list_jobs)
        return app

    def _list_pipelines(self, slug: str) -> Response:
        branch = request.args.get("branch")
        items = [
            answer_pipeline(rehearsal)
            for rehearsal in reversed(self._rehearsals)
            if rehearsal.pipeline.slug == slug
            and branch in (None, rehearsal.pipeline.project.branch)
        ]
        return self._page(items)

    def _get_pipeline(self, pipeline_id: str) -> Response:
        found = self._find_pipeline(pipeline_id)
        return jsonify(answer_pipeline(found)) if found else _not_found("Pipeline")

    def _list_workflows(self, pipeline_id: str) -> Response:
        found = self._find_pipeline(pipeline_id)
        if not found:
            return _not_found("Pipeline")
        return self._page([answer_workflow(found, run) for run in reversed(found.runs)])

    def _get_workflow(self, workflow_id: str) -> Response:
        found = self._find_workflow(workflow_id)
        return jsonify(answer_workflow(*found)) if found else _not_found("Workflow")

    def _list_jobs(self, workflow_id: str) -> Response:
        found = self._find_workflow(workflow_id)
        if not found:
            return _not_found("Workflow")
        rehearsal, run = found
        return self._page([answer_job(job, rehearsal) for job in run.jobs.values()])

    def _page(self, items: list[dict[str, Any]]) -> Response:
        return jsonify(answer_page(items, request.args.get("page-token", "")))

    def _find_pipeline(self, pipeline_id: str) -> Rehearsal | None:
        for rehearsal in self._rehearsals:
            if rehearsal.pipeline.id == pipeline_id:
                return rehearsal
        return None

    def _find_workflow(self, workflow_id: str) -> tuple[Rehearsal, WorkflowRun] | None:
        for rehearsal in self._rehearsals:
            for run in rehearsal.runs:
                if run.id == workflow_id:
                    return rehearsal, run
        return None


def _not_found(what: str) -> Response:
    answer = jsonify({"message": f"{what} not found"})
    answer.status_code = 404
    return answer
