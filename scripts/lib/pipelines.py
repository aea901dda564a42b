"""Read CircleCI's pipelines and workflows, and decide whether a pipeline passed.

Every function is pure and takes plain data, in the shapes of the API v2 reference
(Pipeline, Workflow). A `ValueError` names the field that does not match.
"""

import re
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

FINAL_STATUSES = (
    "success",
    "failed",
    "error",
    "canceled",
    "not_run",
    "on_hold",
    "unauthorized",
)
# A pipeline in one of these states has not started the workflows that count.
_UNFINISHED = ("errored", "setup", "setup-pending", "pending")
NAMED_JOBS = (
    "rerun-single-job",
    "rerun-single-job-with-ssh",
    "rerun-workflow-from-job-ids-sparse-tree",
)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,99}")
_REVISION = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


class Pipeline(NamedTuple):
    """One pipeline; a string that the answer lacks is empty."""

    id: str
    number: int
    state: str
    revision: str
    branch: str
    slug: str


class WorkflowRun(NamedTuple):
    """One run of a workflow; a rerun is another run with the same name."""

    id: str
    name: str
    status: str
    tag: str
    created: Tuple[str, str]


class Rule(NamedTuple):
    """Which workflows count ("" for all), and which statuses count as passed."""

    workflow: str = ""
    statuses: FrozenSet[str] = frozenset(["success"])


def _field(item: Dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _section(item: Dict[str, Any], *names: str) -> Dict[str, Any]:
    for name in names:
        value = item.get(name)
        item = value if isinstance(value, dict) else {}
    return item


def _read_items(page: Dict[str, Any]) -> List[Dict[str, Any]]:
    items = page.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError("it has no list of items")
    return items


def _read_id(item: Dict[str, Any]) -> str:
    value = _field(item, "id")
    if not _ID.fullmatch(value):
        raise ValueError("an item has no id")
    return value


def read_next_page(page: Dict[str, Any]) -> str:
    """Return the next page's token, or empty on the last page."""
    return _field(page, "next_page_token")


def read_pipeline(item: Dict[str, Any]) -> Pipeline:
    """Return the pipeline in a JSON object of the API; raises `ValueError`."""
    vcs = _section(item, "vcs")
    # GitHub App and GitLab pipelines may have revision and branch only in
    # trigger_parameters.
    git = _section(item, "trigger_parameters", "git")
    revision = _field(vcs, "revision") or _field(git, "checkout_sha")
    number = item.get("number")
    return Pipeline(
        id=_read_id(item),
        number=number if isinstance(number, int) else 0,
        state=_field(item, "state"),
        revision=revision if _REVISION.fullmatch(revision) else "",
        branch=_field(vcs, "branch") or _field(git, "branch"),
        slug=_field(item, "project_slug"),
    )


def read_pipelines(page: Dict[str, Any]) -> List[Pipeline]:
    """Return the pipelines of one page, newest first; raises `ValueError`."""
    return [read_pipeline(item) for item in _read_items(page)]


def read_workflows(page: Dict[str, Any]) -> List[WorkflowRun]:
    """Return the workflow runs of one page; raises `ValueError`."""
    return [_read_workflow(item) for item in _read_items(page)]


def _read_workflow(item: Dict[str, Any]) -> WorkflowRun:
    name, status = _field(item, "name"), _field(item, "status")
    found = _TIME.fullmatch(_field(item, "created_at"))
    if not (name and status and found):
        raise ValueError("a workflow lacks its name, status, or created_at")
    created = (found.group(1), (found.group(2) or "").ljust(9, "0"))
    return WorkflowRun(_read_id(item), name, status, _field(item, "tag"), created)


def may_have_passed(pipeline: Pipeline, branch: str) -> bool:
    """Return whether to request the pipeline's workflows in a search of `branch`."""
    elsewhere = pipeline.branch and pipeline.branch != branch
    return (
        bool(pipeline.revision) and not elsewhere and pipeline.state not in _UNFINISHED
    )


def find_proof(runs: Sequence[WorkflowRun], rule: Rule) -> Optional[WorkflowRun]:
    """Return the run that made a pipeline pass, or None if the pipeline did not pass.

    A pipeline passed if the newest run of each workflow ended in a status that `rule`
    accepts, and at least one run exists. Setup workflows don't count. A rerun of named
    jobs, for example with SSH, doesn't count: it says nothing about the other jobs.
    """
    newest: Dict[str, WorkflowRun] = {}
    for run in _drop_setup([run for run in runs if run.tag not in NAMED_JOBS]):
        if rule.workflow in ("", run.name):
            other = newest.get(run.name)
            # Of runs with the same `created_at`, the API lists the newest first.
            if other is None or run.created > other.created:
                newest[run.name] = run
    if not newest or any(run.status not in rule.statuses for run in newest.values()):
        return None
    return max(newest.values(), key=lambda run: run.created)


def _drop_setup(runs: Sequence[WorkflowRun]) -> List[WorkflowRun]:
    # A rerun of a setup workflow is tagged as a rerun, and known only by its name.
    setup = {run.name for run in runs if run.tag == "setup"}
    setup -= {run.name for run in runs if not run.tag}
    return [run for run in runs if run.tag != "setup" and run.name not in setup]
