"""Fakes the answers of CircleCI's API about one pipeline, with `responses`."""

from __future__ import annotations

import json
from typing import Any

import responses

API = "https://circleci.com/api/v2"
PIPELINE = "11111111-1111-4111-8111-111111111111"
FIRST, PARTIAL, SECOND = (f"{n}0000000-0000-4000-8000-000000000000" for n in (2, 3, 4))
USER = "99999999-9999-4999-8999-999999999999"
NOTHING: dict[str, Any] = {"message": "Not found."}
GUARD = {"run": {"environment": {"DTE_PARTIAL_RERUN": "refuse"}}}
GUARDED = json.dumps({"jobs": {"dte/main": {"steps": [GUARD]}}})


def add_page(path: str, items: list[dict[str, Any]], token: str | None = None) -> None:
    """Fake the API's answer with a page of a list; `token` names the next page."""
    body = {"items": items, "next_page_token": token}
    responses.get(f"{API}/{path}", json=body)


def add_workflow(
    workflow_id: str, jobs: list[dict[str, Any]], **fields: Any
) -> dict[str, Any]:
    """Fake one workflow and its jobs; return the workflow for the pipeline's list."""
    workflow = {
        "id": workflow_id,
        "name": "build",
        "status": "failed",
        "pipeline_id": PIPELINE,
        "created_at": "2026-11-24T04:00:00Z",
        "started_by": USER,
        **fields,
    }
    responses.get(f"{API}/workflow/{workflow_id}", json=workflow)
    add_page(f"workflow/{workflow_id}/job", jobs)
    return workflow


def job(name: str, status: str, number: int, **fields: str) -> dict[str, Any]:
    """Return the API's data about one job of a workflow."""
    return {"name": name, "status": status, "job_number": number, **fields}


def add_config(compiled: str | None = GUARDED) -> None:
    """Fake the pipeline's compiled config; with None, the API doesn't find a config."""
    url = f"{API}/pipeline/{PIPELINE}/config"
    if compiled is None:
        responses.get(url, json=NOTHING, status=404)
    else:
        responses.get(url, json={"compiled": compiled})


def add_refused_pipeline(
    config: str | None = GUARDED,
    tag: str = "rerun-workflow-from-failed",
    **times: str,
) -> None:
    """Add a pipeline in which main failed, and failed again in a partial rerun.

    With the default config, dte refused the rerun. `times` are the start and the end of
    main in the rerun.
    """
    passed = [job("dte/attempt", "success", 1), job("dte/agent-1", "success", 2)]
    first = add_workflow(FIRST, [*passed, job("dte/main", "failed", 3)])
    partial = add_workflow(
        PARTIAL,
        [*passed, job("dte/main", "failed", 4, **times)],
        tag=tag,
        created_at="2026-11-24T05:00:00Z",
    )
    # The API lists the newest workflow first.
    add_page(f"pipeline/{PIPELINE}/workflow", [partial, first])
    responses.get(f"{API}/workflow/{PIPELINE}", json=NOTHING, status=404)
    responses.get(f"{API}/pipeline/{PIPELINE}", json={"id": PIPELINE})
    add_config(config)
    responses.get(f"{API}/user/{USER}", json={"login": "ada"})
