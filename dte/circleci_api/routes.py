"""The routes of CircleCI's API v2 that jobs use.

Source: CircleCI docs, "API v2 reference".
"""

import secrets
from threading import Lock
from typing import Any

from werkzeug.wrappers import Request, Response

from dte.circleci_api.answers import (
    USER,
    answer_config,
    answer_job,
    answer_job_number,
    answer_page,
    answer_pipeline,
    answer_workflow,
    list_jobs,
)
from dte.circleci_api.continuations import read_continuation, read_key
from dte.circleci_api.reruns import MOST_RERUNS, read_rerun
from dte.circleci_api.state import ApiState
from dte.errors import UserError
from dte.routes import Routes, answer_json


class ApiRoutes(Routes):
    """Serves a state below the path `root`."""

    def __init__(self, state: ApiState, root: str) -> None:
        super().__init__(self._misbehave)
        self._state = state
        self._continuing = Lock()
        for method, path, handler in (
            ("GET", "/project/<path:slug>/pipeline", self._list_pipelines),
            ("GET", "/project/<path:slug>/pipeline/<int:number>", self._find_number),
            ("GET", "/project/<path:slug>/job/<int:number>", self._get_job),
            ("GET", "/user/<user_id>", self._get_user),
            ("GET", "/pipeline/<pipeline_id>", self._get_pipeline),
            ("GET", "/pipeline/<pipeline_id>/config", self._get_config),
            ("GET", "/pipeline/<pipeline_id>/workflow", self._list_workflows),
            ("GET", "/workflow/<workflow_id>", self._get_workflow),
            ("GET", "/workflow/<workflow_id>/job", self._list_jobs),
            ("POST", "/workflow/<workflow_id>/rerun", self._rerun),
            ("POST", "/pipeline/continue", self._continue),
        ):
            self.add(method, f"{root}{path}")(handler)

    def _list_pipelines(self, request: Request, slug: str) -> Response:
        branch = request.args.get("branch")
        items = {
            pipeline.identity.id: answer_pipeline(pipeline)
            for pipeline in reversed(self._state.pipelines)
            if pipeline.identity.slug == slug
            and branch in (None, pipeline.identity.project.branch)
        }
        return _answer_page(request, list(items.values()))

    def _get_pipeline(self, request: Request, pipeline_id: str) -> Response:
        found = self._state.find_pipeline(pipeline_id)
        return (
            answer_json(answer_pipeline(found))
            if found
            else _refuse(404, "Pipeline not found")
        )

    def _find_number(self, _request: Request, slug: str, number: int) -> Response:
        for pipeline in self._state.pipelines:
            identity = pipeline.identity
            if (identity.slug, identity.number) == (slug, number):
                return answer_json(answer_pipeline(pipeline))
        return _refuse(404, "Pipeline not found")

    def _get_job(self, _request: Request, slug: str, number: int) -> Response:
        for pipeline in self._state.pipelines:
            for workflow in reversed(pipeline.workflows):
                for job in workflow.jobs.values():
                    if (pipeline.identity.slug, job.number) == (slug, number):
                        return answer_json(answer_job_number(job, workflow, pipeline))
        return _refuse(404, "Job not found")

    def _get_user(self, _request: Request, user_id: str) -> Response:
        found = user_id == USER["id"]
        return answer_json(USER) if found else _refuse(404, "User not found")

    def _get_config(self, _request: Request, pipeline_id: str) -> Response:
        for pipeline in reversed(self._state.pipelines):
            # A setup pipeline and its continuation share an id; the newer one is found.
            if pipeline.identity.id == pipeline_id:
                return answer_json(answer_config(pipeline))
        return _refuse(404, "Pipeline not found")

    def _list_workflows(self, request: Request, pipeline_id: str) -> Response:
        found = [
            (workflow.number, answer_workflow(pipeline, workflow))
            for pipeline in self._state.pipelines
            if pipeline.identity.id == pipeline_id
            for workflow in pipeline.workflows
        ]
        if not found:
            return _refuse(404, "Pipeline not found")
        newest_first = sorted(found, key=lambda item: item[0], reverse=True)
        return _answer_page(request, [answer for _, answer in newest_first])

    def _get_workflow(self, request: Request, workflow_id: str) -> Response:
        found = self._state.find_workflow(workflow_id)
        return (
            answer_json(answer_workflow(*found))
            if found
            else _refuse(404, "Workflow not found")
        )

    def _list_jobs(self, request: Request, workflow_id: str) -> Response:
        found = self._state.find_workflow(workflow_id)
        if not found:
            return _refuse(404, "Workflow not found")
        pipeline, workflow = found
        listed = list_jobs(workflow, pipeline.assumptions)
        return _answer_page(request, [answer_job(job, pipeline) for job in listed])

    def _rerun(self, request: Request, workflow_id: str) -> Response:
        if not request.headers.get("Circle-Token"):
            return _refuse(401, "You must log in first.")
        found = self._state.find_workflow(workflow_id)
        if not found:
            return _refuse(404, "Workflow not found")
        pipeline, workflow = found
        if (
            "api-refuses-reruns" in self._state.faults
            or len(pipeline.workflows) > MOST_RERUNS
        ):
            return _refuse(400, "This workflow can't be rerun any more.")
        try:
            rerun = read_rerun(request.get_json(silent=True) or {}, workflow)
            prepared = pipeline.prepare(rerun, workflow, through_api=True)
        except (ValueError, UserError) as error:
            return _refuse(400, str(error))
        self._state.requests.put((pipeline, prepared))
        return answer_json({"workflow_id": prepared.workflow.id}, 202)

    def _continue(self, request: Request) -> Response:
        body = request.get_json(silent=True) or {}
        key = read_key(body)
        with self._continuing:
            for pipeline in self._state.pipelines:
                expected = pipeline.identity.continuation_key
                if expected and secrets.compare_digest(expected, key):
                    break
            else:
                return _refuse(401, "The continuation key is not valid.")
            try:
                self._state.continuations.put(read_continuation(body, pipeline))
            except ValueError as error:
                return _refuse(400, str(error))
            pipeline.continued = True
        return answer_json({"message": "Pipeline successfully continued."})

    def _misbehave(self, _request: Request) -> Response | None:
        if "api-down" in self._state.faults:
            return _refuse(503, "Service unavailable")
        if "api-unauthorized" in self._state.faults:
            return _refuse(401, "You must log in first.")
        if "api-garbage" in self._state.faults:
            return Response("<html>It works!</html>", mimetype="text/html")
        return None


def _refuse(status: int, message: str) -> Response:
    return answer_json({"message": message}, status)


def _answer_page(request: Request, items: list[dict[str, Any]]) -> Response:
    return answer_json(answer_page(items, request.args.get("page-token", "")))
