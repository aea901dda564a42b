"""The plan of a rerun, as pure data, for any graph and any statuses."""

from hypothesis import given
from hypothesis import strategies as st

from dte.model import Requirement, Where, WorkflowJob
from dte.plan.graph import find_downstream, find_upstream
from dte.plan.reruns import Assumptions, Rerun, RerunKind, plan_rerun

NAMES = [f"job-{number}" for number in range(8)]
STATUSES = ["success", "failed", "canceled", "not_run"]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[WorkflowJob, ...]:
    """Draw jobs, each of which requires some of the jobs before it."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    jobs = []
    for position, name in enumerate(names):
        earlier = names[:position]
        needs = draw(st.sets(st.sampled_from(earlier))) if earlier else set()
        requires = tuple(Requirement(need) for need in sorted(needs))
        jobs.append(WorkflowJob(name, None, requires, (), {}, Where("config.yml", 1)))
    return tuple(jobs)


@st.composite
def ended_workflows(
    draw: st.DrawFn,
) -> tuple[tuple[WorkflowJob, ...], dict[str, str]]:
    """Return a graph and a status for each of its jobs."""
    jobs = draw(graphs())
    return jobs, {job.name: draw(st.sampled_from(STATUSES)) for job in jobs}


@given(ended_workflows(), st.booleans())
def test_a_rerun_from_failed_runs_every_job_that_did_not_pass(
    ended: tuple[tuple[WorkflowJob, ...], dict[str, str]], comes_back: bool
) -> None:
    """Jobs that did not pass run; passed jobs downstream run if this is assumed."""
    jobs, statuses = ended
    plan = plan_rerun(
        jobs,
        Rerun(RerunKind.FROM_FAILED),
        statuses,
        Assumptions(passed_downstream_reruns=comes_back),
    )
    failed = {name for name, status in statuses.items() if status != "success"}
    runs = {planned.job.name for planned in plan if planned.runs}
    expected = set(failed)
    if comes_back:
        upstream = find_upstream(jobs)
        expected |= {name for name in statuses if upstream[name] & failed}
    assert runs == expected
    assert [planned.job for planned in plan] == list(jobs)


@given(ended_workflows())
def test_a_rerun_from_start_runs_everything(
    ended: tuple[tuple[WorkflowJob, ...], dict[str, str]],
) -> None:
    """A rerun from start runs every job, whatever its status."""
    jobs, statuses = ended
    plan = plan_rerun(jobs, Rerun(RerunKind.FROM_START), statuses, Assumptions())
    assert all(planned.runs for planned in plan)


@given(graphs(), st.sampled_from(NAMES))
def test_downstream_is_the_reverse_of_upstream(
    jobs: tuple[WorkflowJob, ...], name: str
) -> None:
    """Job A is downstream of job B if and only if B is upstream of A."""
    upstream = find_upstream(jobs)
    downstream = find_downstream(jobs, frozenset({name}))
    assert downstream == {job for job, above in upstream.items() if name in above}
