"""The attempts of a pipeline as data: each workflow, what it reran, and its jobs.

Sources: CircleCI docs, "API v2 reference", and the changelog "Additional audit log
details for workflow" for the tags of reruns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dte.circleci_client.address import Address
from dte.circleci_client.client import Client, NotFound
from dte.circleci_client.guards import find_guarded
from dte.errors import UserError

FIRST_RUN = "first run"
FROM_START = "rerun from start"
SETUP = "setup workflow"
AUTOMATIC = "automatic rerun"
WITH_SSH = "rerun with SSH"
FULL = {"setup": SETUP, "rerun-workflow-from-beginning": FROM_START}
_FULL_KINDS = {FIRST_RUN, *FULL.values()}
PARTIAL = {
    "rerun-workflow-from-failed": "rerun from failed",
    "rerun-single-job": "rerun of a job",
    "rerun-single-job-with-ssh": WITH_SSH,
    "rerun-workflow-from-job-ids-sparse-tree": "rerun of jobs",
}
# The guard takes seconds, but the steps before it in a job may take minutes.
LONGEST_REFUSAL_SECONDS = 300.0
ENDED = {"success", "failed", "error", "canceled", "unauthorized", "not_run"}


@dataclass(frozen=True)
class Job:
    """One job of a workflow; `carried_over` is True if an earlier workflow ran it.

    `seconds` is None if the API returns no start time or no end time.
    """

    name: str
    status: str
    carried_over: bool
    seconds: float | None = None


@dataclass(frozen=True)
class Attempt:
    """One workflow of a pipeline.

    `number` counts the full runs of workflows with this name; it is 0 for a partial
    rerun. `refused` are the jobs that dte refused in a partial rerun. `perhaps_refused`
    are failed jobs that dte may have refused. This is uncertain in a rerun with SSH and
    for a job that ran longer than a refusal takes, because DTE_RERUN_GUARD may be off,
    and if the pipeline's config can't be read (`config_unreadable`).
    """

    id: str
    workflow: str
    number: int
    kind: str
    by: str
    status: str
    created_at: str
    jobs: tuple[Job, ...]
    refused: tuple[str, ...] = ()
    perhaps_refused: tuple[str, ...] = ()
    config_unreadable: bool = False

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
        """The names of the jobs that this workflow ran and that failed."""
        return tuple(job.name for job in self._list_failed())

    @property
    def failed_late(self) -> frozenset[str]:
        """The names of the failed jobs that ran longer than a refusal takes."""
        return frozenset(
            job.name
            for job in self._list_failed()
            if job.seconds is not None and job.seconds > LONGEST_REFUSAL_SECONDS
        )

    def _list_failed(self) -> list[Job]:
        failed = [job for job in self.jobs if job.status == "failed"]
        return [job for job in failed if not job.carried_over]


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
    attempts: list[Attempt] = []
    for workflow in workflows:
        answers = client.get_all("workflow", str(workflow["id"]), "job")
        jobs = tuple(_read_jobs(answers, str(workflow["created_at"]), seen))
        seen.update(answer.get("job_number") for answer in answers)
        name = str(workflow["name"])
        earlier = [attempt for attempt in attempts if attempt.workflow == name]
        if not workflow.get("tag"):
            # The workflow that the setup workflow starts may have the same name.
            earlier = [attempt for attempt in earlier if attempt.kind != SETUP]
        kind = _name_kind(workflow, jobs, earlier)
        full = [attempt for attempt in earlier if attempt.number]
        attempts.append(
            Attempt(
                id=str(workflow["id"]),
                workflow=name,
                number=len(full) + 1 if kind in _FULL_KINDS else 0,
                kind=kind,
                by=_name_user(client, str(workflow.get("started_by") or ""), users),
                status=str(workflow["status"]),
                created_at=str(workflow["created_at"]),
                jobs=jobs,
            )
        )
    return mark_refused(client, pipeline, attempts)


def mark_refused(
    client: Client, pipeline: str, attempts: Sequence[Attempt]
) -> list[Attempt]:
    """Return the attempts, with the jobs that dte refused or perhaps refused.

    dte refused a job if the job has a guard and failed in a partial rerun without the
    attempt job. It only perhaps did so if the job ran longer than
    LONGEST_REFUSAL_SECONDS or was rerun with SSH, since DTE_RERUN_GUARD may have been
    off. If the config can't be read, dte perhaps refused every job that failed in a
    workflow that has an attempt job.
    """
    suspects = {one.id for one in attempts if _may_be_refused(one)}
    if not suspects:
        return list(attempts)
    guarded = find_guarded(client, pipeline)
    counting = {one.workflow for one in attempts if any(map(_is_attempt_job, one.ran))}
    marked = []
    for one in attempts:
        failed = one.failed if one.id in suspects else ()
        if guarded is None:
            perhaps = failed if one.workflow in counting else ()
            new = replace(one, perhaps_refused=perhaps, config_unreadable=True)
        else:
            stopped = [name for name in failed if name in guarded]
            unsure = stopped if one.kind == WITH_SSH else one.failed_late
            new = replace(
                one,
                refused=tuple(name for name in stopped if name not in unsure),
                perhaps_refused=tuple(name for name in stopped if name in unsure),
            )
        marked.append(new)
    return marked


def _may_be_refused(attempt: Attempt) -> bool:
    partial = not attempt.number and attempt.failed
    return bool(partial) and not any(map(_is_attempt_job, attempt.ran))


def _is_attempt_job(name: str) -> bool:
    return name.rpartition("/")[2].startswith("attempt")


def choose_workflow(attempts: Sequence[Attempt], workflow: str) -> list[Attempt]:
    """Return all attempts of the workflow that has an attempt with this id.

    If the id is empty, returns all attempts of the only workflow. Raises `UserError` if
    no workflow has the id, or if the id is empty and there isn't exactly one workflow.
    """
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
        seconds = _count_seconds(started, answer.get("stopped_at"))
        yield Job(str(answer["name"]), str(answer["status"]), carried, seconds)


def _count_seconds(started: object, stopped: object) -> float | None:
    try:
        start, stop = (datetime.fromisoformat(str(each)) for each in (started, stopped))
        return (stop - start).total_seconds()
    except (TypeError, ValueError):
        return None


def _name_kind(
    workflow: dict[str, Any], jobs: Sequence[Job], earlier: Sequence[Attempt]
) -> str:
    """Return what kind of run a workflow is, such as "rerun from failed".

    A rerun through the API may have no tag, and a partial rerun may list only the jobs
    that it runs (both untested on CircleCI).
    """
    if workflow.get("auto_rerun_number"):
        return AUTOMATIC
    tag = str(workflow.get("tag") or "")
    if kind := (PARTIAL | FULL).get(tag):
        return kind
    if not earlier:
        return FIRST_RUN
    names = {job.name for job in jobs}
    fewer = names and names < {job.name for job in earlier[0].jobs}
    if fewer or any(job.carried_over for job in jobs):
        return "partial rerun"
    return FROM_START


def _name_user(client: Client, user: str, names: dict[str, str]) -> str:
    """Return the login for a user's id, or the id if the API returns no login."""
    if user and user not in names:
        try:
            answer = client.get("user", user)
            names[user] = str(answer.get("login") or answer.get("name") or user)
        except NotFound:
            names[user] = user
    return names.get(user, "")
