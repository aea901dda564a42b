"""The stand-in's HTTP routes, which Nx and the stand-in's own client request."""

from __future__ import annotations

import time
from typing import Any

from werkzeug.wrappers import Request, Response

from dte.nx_cloud.commands import ProtocolError
from dte.nx_cloud.messages import (
    BadMessage,
    Message,
    read_execution,
    read_result,
    read_settings,
    read_task,
    write_result,
    write_stuck,
    write_task,
)
from dte.nx_cloud.state import BAD_TOKEN, CloudState, RecordedCommand
from dte.routes import Routes

PUBLIC = ("/nx-cloud/client/",)
"""Paths that Nx requests without a token."""

CACHE = "/v1/cache/"
PINGS_PER_HEARTBEAT = 5


def create_app(state: CloudState) -> Routes:
    """Make the WSGI application that serves a state."""

    def check_token(request: Request) -> Response | None:
        if request.path.startswith(PUBLIC):
            return None
        if not state.accepts(request.headers.get("Authorization", "")):
            return Response(BAD_TOKEN, 401)
        # The cache is not part of Nx Cloud, so refusals by Nx Cloud don't affect it.
        refusal = "" if request.path.startswith(CACHE) else state.refusal()
        return Response(refusal, 401) if refusal else None

    refused = (ProtocolError, BadMessage)
    app = Routes(check_token, refused, drops=state.take_connection_fault)
    add_download_routes(app, state)
    add_cache_routes(app, state)
    add_run_routes(app, state)
    add_command_routes(app, state)
    add_record_routes(app, state)
    add_agent_routes(app, state)
    return app


def add_download_routes(app: Routes, state: CloudState) -> None:
    """Serve the client on the routes that Nx's `update-manager` requests."""

    @app.add("GET", "/nx-cloud/client/verify")
    def verify(request: Request) -> dict[str, Any]:
        version = state.bundle.version
        return {
            "valid": request.args.get("version") == version,
            "version": version,
            "url": f"{request.host_url}nx-cloud/client/{version}.tar.gz",
        }

    @app.add("GET", "/nx-cloud/client/<name>.tar.gz")
    def download(request: Request, name: str) -> Response:
        fault = state.take_download_fault()
        if fault == "fail":
            return Response("injected fault: the download fails", 503)
        if name != state.bundle.version:
            return Response(f"no client {name}", 404)
        content = state.bundle.content
        if fault == "cut":
            content = content[: len(content) // 2]
        return Response(content, content_type="application/gzip")


def add_cache_routes(app: Routes, state: CloudState) -> None:
    """Serve Nx's protocol for self-hosted caches."""

    @app.add("GET", "/v1/cache/<key>")
    def read(request: Request, key: str) -> Response:
        content = state.cache.read(key)
        if content is None:
            return Response("no such record", 404)
        return Response(content, content_type="application/octet-stream")

    @app.add("PUT", "/v1/cache/<key>")
    def write(request: Request, key: str) -> Response:
        try:
            new = state.cache.write(key, request.get_data())
        except ValueError as error:
            return Response(str(error), 400)
        return Response(status=200 if new else 409)


def add_run_routes(app: Routes, state: CloudState) -> None:
    """Serve the requests that begin and end a run."""

    @app.add("POST", "/runs/start")
    def start(request: Request) -> dict[str, Any]:
        message = read_message(request)
        settings = read_settings(message)
        with state.lock:
            run = state.runs.get(message.text("run"))
            taken = run.fix_settings(settings)
            run.start(time.monotonic())
        ping_ms = round(state.heartbeat_seconds * 1000 / PINGS_PER_HEARTBEAT)
        heartbeat = run.settings.heartbeat
        return {"taken": taken, "heartbeat": heartbeat, "pingMs": ping_ms}

    @app.add("POST", "/runs/reach")
    def reach(request: Request) -> dict[str, Any]:
        message = read_message(request)
        settings = read_settings(message)
        with state.lock:
            state.runs.get(message.text("run")).fix_settings(settings)
        return {}

    @app.add("POST", "/runs/ping")
    def ping(request: Request) -> dict[str, Any]:
        message = read_message(request)
        with state.lock:
            run = state.runs.get(message.text("run"))
            run.ping(time.monotonic())
            return {"end": run.end}

    @app.add("POST", "/runs/complete")
    def complete(request: Request) -> dict[str, Any]:
        message = read_message(request)
        with state.lock:
            state.runs.get(message.text("run")).complete(message.text("error"))
        return {}


def add_command_routes(app: Routes, state: CloudState) -> None:
    """Serve the requests of main while agents run the tasks of its command."""

    @app.add("POST", "/commands/add")
    def add_command(request: Request) -> dict[str, Any]:
        message = read_message(request)
        tasks = [read_task(task) for task in message.messages("tasks")]
        with state.lock:
            number = state.runs.get(message.text("run")).add_command(
                tasks,
                message.texts("targets"),
                cached=state.cache.__contains__,
            )
        return {"command": number}

    @app.add("POST", "/commands/follow")
    def follow_command(request: Request) -> dict[str, Any]:
        message = read_message(request)
        seen = message.number("seen")
        with state.lock:
            run = state.runs.get(message.text("run"))
            command = run.command(message.number("command"))
            command.forget_outputs(seen)
            return {
                "results": [write_result(each) for each in command.results[seen:]],
                "done": command.done,
                "error": run.error,
                "closed": run.closed_for(command),
                "stuck": [write_stuck(*each) for each in run.stuck(command)],
            }


def add_record_routes(app: Routes, state: CloudState) -> None:
    """Store what clients report."""

    @app.add("POST", "/executions/add")
    def add_executions(request: Request) -> dict[str, Any]:
        message = read_message(request)
        state.executions.extend(
            read_execution(
                execution, run_id=message.text("run"), agent=message.text("agent")
            )
            for execution in message.messages("executions")
        )
        return {}

    @app.add("POST", "/recorded/add")
    def add_recorded(request: Request) -> dict[str, Any]:
        message = read_message(request)
        state.recorded.append(
            RecordedCommand(
                run_id=message.text("run"),
                command=message.texts("command"),
                exit_code=message.number("exitCode"),
                output=message.text("output"),
            )
        )
        return {}


def add_agent_routes(app: Routes, state: CloudState) -> None:
    """Serve the requests of agents."""

    @app.add("POST", "/agents/join")
    def join(request: Request) -> dict[str, Any]:
        message = read_message(request)
        with state.lock:
            state.runs.get(message.text("run")).join(
                message.text("agent"),
                time.monotonic(),
                key=read_key(message),
                pool=message.text("pool"),
                targets=message.texts("targets"),
            )
        return {}

    @app.add("POST", "/agents/ask")
    def ask(request: Request) -> dict[str, Any]:
        message = read_message(request)
        with state.lock:
            run = state.runs.get(message.text("run"))
            run.watch(time.monotonic())
            answer = run.ask(read_key(message), time.monotonic())
        task = answer.task and write_task(answer.task)
        return {"task": task, "end": answer.end, "error": answer.error}

    @app.add("POST", "/agents/report")
    def report(request: Request) -> dict[str, Any]:
        message = read_message(request)
        run_id, agent = message.text("run"), message.text("agent")
        result = read_result(message, agent=agent)
        with state.lock:
            state.runs.get(run_id).report(read_key(message), result)
            state.executions.append(read_execution(message, run_id=run_id, agent=agent))
        return {}

    @app.add("POST", "/agents/leave")
    def leave(request: Request) -> dict[str, Any]:
        message = read_message(request)
        with state.lock:
            run = state.runs.get(message.text("run"))
            run.leave(read_key(message), error=message.text("error"))
        return {}


def read_key(message: Message) -> str:
    """Return the key that distinguishes an agent's process from all others."""
    return message.text("process") or message.text("agent")


def read_message(request: Request) -> Message:
    """Read the body of a request."""
    return Message(request.get_json())
