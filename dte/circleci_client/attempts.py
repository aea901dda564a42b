"""The attempts of a pipeline as data: each workflow, what it reran, and its jobs.

Sources: CircleCI docs, "API v2 reference", and the changelog "Additional audit log
details for workflow" for the tags of reruns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dte.circleci_client.address import Address
from dte.circleci_client.client import Client, NotFound
from dte.errors import UserError

FROM_START = {"": "first run", "rerun-workflow-from-beginning": "rerun from start"}
PARTIAL = {
    "rerun-workflow-from-failed": "rerun from failed",
    "rerun-single-job": "rerun of a job",
    "rerun-single-job-with-ssh": "rerun with SSH",
    "rerun-workflow-from-job-ids-sparse-tree": "rerun of jobs",
}
ENDED = {"success", "failed", "error", "canceled", "unauthorized", "not_run"}


@dataclass(frozen=True)
class Job:
    """One job of a workflow; `carried_over` is True if an earlier workflow ran it."""

    name: str
    status: str
    carried_over: bool


@dataclass(frozen=True)
class Attempt:
    """One workflow of a pipeline.

    `number` counts the full runs of workflows with this name; it is 0 for a partial
    rerun.
    """

    id: str
    workflow: str
    number: int
    kind: str
    by: str
    status: str
    created_at: str
    jobs: tuple[Job, ...]

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self.status in ENDED

    @property
    def ran(self) -> tuple[str, ...]:
        """The names of the jobs that this workflow ran."""
        idle = ("not_run", "blocked", "unauthorized")
        return tuple(
            job.name
            for job in self.jobs
            if not job.carried_over and job.status not in idle
        )

    @property
    def carried_over(self) -> tuple[str, ...]:
        """The names of the jobs that passed in an earlier workflow."""
        return tuple(job.name for job in self.jobs if job.carried_over)

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the jobs that failed."""
        return tuple(job.name for job in self.jobs if job.status == "failed")


def find_pipeline(client: Client, address: Address) -> tuple[str, str]:
    """Return the ids of the pipeline and the workflow that an address names.

    The workflow's id is empty for the address of a pipeline.
    """
    if address.kind == "pipeline":
        slug = f"{address.slug}/pipeline"
        return str(client.get("project", slug, address.number)["id"]), ""
    if address.kind == "job":
        job = client.get("project", f"{address.slug}/job", address.number)
        return str(job["pipeline"]["id"]), str(job["latest_workflow"]["id"])
    try:
        workflow = client.get("workflow", address.id)
    except NotFound:
        if address.kind == "workflow":
            raise
        return str(client.get("pipeline", address.id)["id"]), ""
    return str(workflow["pipeline_id"]), address.id


def list_attempts(client: Client, pipeline: str) -> list[Attempt]:
    """Return every workflow of a pipeline, the oldest first."""
    workflows = client.get_all("pipeline", pipeline, "workflow")
    workflows.sort(key=lambda workflow: str(workflow["created_at"]))
    users: dict[str, str] = {}
    seen: set[Any] = set()
    counts: dict[str, int] = {}
    attempts = []
    for workflow in workflows:
        answers = client.get_all("workflow", str(workflow["id"]), "job")
        jobs = tuple(_read_jobs(answers, str(workflow["created_at"]), seen))
        seen.update(answer.get("job_number") for answer in answers)
        name = str(workflow["name"])
        kind = _name_kind(workflow, jobs, first=name not in counts)
        if kind in FROM_START.values():
            counts[name] = counts.get(name, 0) + 1
        attempts.append(
            Attempt(
                id=str(workflow["id"]),
                workflow=name,
                number=counts[name] if kind in FROM_START.values() else 0,
                kind=kind,
                by=_name_user(client, str(workflow.get("started_by") or ""), users),
                status=str(workflow["status"]),
                created_at=str(workflow["created_at"]),
                jobs=jobs,
            )
        )
    return attempts


def choose_workflow(attempts: Sequence[Attempt], workflow: str) -> list[Attempt]:
    """Return all attempts at the workflow with this id, or at the only workflow."""
    names = {attempt.workflow for attempt in attempts if workflow in ("", attempt.id)}
    if len(names) != 1:
        listed = ", ".join(sorted(names)) or "none"
        raise UserError(
            f"the pipeline has {len(names)} workflows: {listed}",
            suggestions=["give the URL or the id of a workflow"] if names else [],
        )
    (name,) = names
    return [attempt for attempt in attempts if attempt.workflow == name]


def _read_jobs(
    answers: Iterable[dict[str, Any]], created: str, seen: set[Any]
) -> Iterable[Job]:
    for answer in answers:
        started, number = answer.get("started_at"), answer.get("job_number")
        earlier = bool(started) and str(started) < created
        carried = earlier or (number is not None and number in seen)
        yield Job(str(answer["name"]), str(answer["status"]), carried)


def _name_kind(workflow: dict[str, Any], jobs: Sequence[Job], *, first: bool) -> str:
    """Return what was rerun. A rerun through the API may have no tag (untested)."""
    if workflow.get("auto_rerun_number"):
        return "automatic rerun"
    tag = str(workflow.get("tag") or "")
    if tag in PARTIAL:
        return PARTIAL[tag]
    if any(job.carried_over for job in jobs):
        return "partial rerun"
    return FROM_START[""] if first else FROM_START["rerun-workflow-from-beginning"]


def _name_user(client: Client, user: str, names: dict[str, str]) -> str:
    """Return the login for a user's id, or the id if the API returns no login."""
    if user and user not in names:
        try:
            answer = client.get("user", user)
            names[user] = str(answer.get("login") or answer.get("name") or user)
        except NotFound:
            names[user] = user
    return names.get(user, "")
