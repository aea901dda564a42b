"""Job graphs and reruns."""

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.plan.reruns import Assumptions
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

PASS = "docker: [{image: any}], steps: [run: {name: R, command: 'true'}]"
FAIL = "docker: [{image: any}], steps: [run: {name: R, command: 'test -n \"$FIXED\"'}]"


def config(jobs: str) -> str:
    """Return a config with the workflow jobs `jobs`; `bad` fails until FIXED is set."""
    return (
        f"version: 2.1\njobs:\n  good: {{{PASS}}}\n  bad: {{{FAIL}}}\n"
        f"  after: {{{PASS}}}\nworkflows: {{all: {{jobs: {jobs}}}}}\n"
    )


@pytest.mark.parametrize(
    ("requires", "status"),
    [
        ("[bad]", "not_run"),
        ("[good]", "success"),
        ("[good, bad]", "not_run"),
        ("[bad: failed]", "success"),
        ("[good: failed]", "not_run"),
        ("[bad: [failed, canceled]]", "success"),
        ("[bad: terminal, good: terminal]", "success"),
    ],
)
def test_requires_and_its_statuses(tmp_path: Path, requires: str, status: str) -> None:
    """A job runs if each required job ended with a listed status."""
    jobs = f"[good, bad, after: {{requires: {requires}}}]"
    assert rehearse_text(tmp_path, config(jobs)).statuses()["after"] == status


def test_rerun_from_failed_runs_the_failed_and_what_waits_for_them(
    tmp_path: Path,
) -> None:
    """Passed jobs are carried over; failed jobs and the jobs downstream of them run."""
    jobs = "[good, bad, after: {requires: [bad]}]"
    done = rehearse_text(
        tmp_path, config(jobs), then=("set:FIXED=1", "rerun-from-failed")
    )
    assert done.ran(1) == ["good", "bad"]
    assert done.ran(2) == ["bad", "after"]
    assert done.job("good", run=2).why == "passed before"
    assert [run.status for run in done.report.runs] == ["failed", "success"]


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_passed_job_downstream_of_a_failed_one(
    tmp_path: Path, comes_back: bool
) -> None:
    """Whether a rerun runs this job again is ambiguous, so it is an assumption."""
    jobs = "[good, bad, after: {requires: [bad: failed]}]"
    done = rehearse_text(
        tmp_path,
        config(jobs),
        then=("rerun-from-failed",),
        assumptions=Assumptions(passed_downstream_reruns=comes_back),
    )
    assert done.ran(2) == (["bad", "after"] if comes_back else ["bad"])


def test_rerun_from_start_runs_everything(tmp_path: Path) -> None:
    """A rerun from start runs all jobs in a new workflow."""
    done = rehearse_text(
        tmp_path, config("[good, bad]"), then=("set:FIXED=1", "rerun-from-start")
    )
    assert done.ran(2) == ["good", "bad"]
    assert done.statuses(2) == {"good": "success", "bad": "success"}
    assert done.report.runs[0].id != done.report.runs[1].id


@pytest.mark.parametrize("keeps", [True, False])
def test_the_workspace_s_id_in_a_rerun_from_start(tmp_path: Path, keeps: bool) -> None:
    """A rerun from failed keeps the id; whether a rerun from start does is assumed."""
    step = "run: {name: A, command: 'echo $CIRCLE_WORKFLOW_WORKSPACE_ID; false'}"
    done = rehearse_text(
        tmp_path,
        one_job(step),
        then=("rerun-from-failed", "rerun-from-start"),
        assumptions=Assumptions(from_start_keeps_workspace=keeps),
    )
    first = done.report.runs[0].id
    assert done.lines("build", run=2) == [first]
    assert (done.lines("build", run=3) == [first]) is keeps


def test_a_rerun_of_named_jobs_runs_only_those(tmp_path: Path) -> None:
    """`rerun:JOB` and `rerun-with-ssh:JOB` run that job and no other."""
    then = ("rerun:good", "rerun-with-ssh:good")
    done = rehearse_text(tmp_path, config("[good, bad]"), then=then)
    kinds = [run.kind for run in done.report.runs]
    assert kinds == ["first run", "rerun of jobs", "rerun with SSH"]
    assert (done.ran(2), done.ran(3)) == (["good"], ["good"])
    note = "no SSH access to good: the rerun only runs the job"
    assert note in done.report.notes


def test_a_rerun_of_an_unknown_job_is_an_error(tmp_path: Path) -> None:
    """A rerun of an unknown job is an error that names it."""
    with pytest.raises(UserError, match="no job nobody"):
        rehearse_text(tmp_path, config("[good]"), then=("rerun:nobody",))


def test_nothing_failed_so_there_is_no_rerun_from_failed(tmp_path: Path) -> None:
    """CircleCI offers no rerun from failed on a workflow that passed."""
    with pytest.raises(UserError, match="no job of the last workflow failed"):
        rehearse_text(tmp_path, config("[good]"), then=("rerun-from-failed",))


def test_jobs_run_side_by_side(tmp_path: Path) -> None:
    """Two jobs that each wait until the other has started both pass."""
    meet = "touch {0}; until [ -e {1} ]; do sleep 0.1; done"
    here, there = tmp_path / "a", tmp_path / "b"
    one, two = meet.format(here, there), meet.format(there, here)
    steps = "docker: [{{image: x}}], steps: [run: {{name: A, command: '{0}'}}]"
    text = (
        f"version: 2.1\njobs:\n  a: {{{steps.format(one)}}}\n"
        f"  b: {{{steps.format(two)}}}\nworkflows: {{all: {{jobs: [a, b]}}}}\n"
    )
    assert rehearse_text(tmp_path, text).statuses() == {"a": "success", "b": "success"}


@pytest.mark.parametrize(
    ("filters", "order", "runs"),
    [
        ("{branches: {only: main}}", {"branch": "main"}, True),
        ("{branches: {only: /release-.*/}}", {"branch": "main"}, False),
        ("{branches: {ignore: [main, x]}}", {"branch": "main"}, False),
        ("{tags: {only: /v.*/}}", {"branch": "main"}, True),
    ],
)
def test_branch_filters(
    tmp_path: Path, filters: str, order: dict[str, str], runs: bool
) -> None:
    """A job runs on the branches that its filters match."""
    text = config(f"[good, after: {{filters: {filters}}}]")
    done = rehearse_text(tmp_path, text, branch=order["branch"])
    assert ("after" in done.ran()) is runs


@pytest.mark.parametrize(
    ("requires", "ran"),
    [("[good]", ["bad"]), ("[good, bad: failed]", ["after", "bad"])],
)
def test_requirements_that_are_filtered_out(
    tmp_path: Path, requires: str, ran: list[str]
) -> None:
    """Filtered-out requirements are ignored; if a job has no others, it doesn't run."""
    gone = "good: {filters: {branches: {only: x}}}"
    text = config(f"[{gone}, after: {{requires: {requires}}}, bad]")
    assert rehearse_text(tmp_path, text).ran() == ran


def test_an_approval_passes(tmp_path: Path) -> None:
    """An approval passes automatically."""
    text = config("[hold: {type: approval}, good: {requires: [hold]}]")
    assert rehearse_text(tmp_path, text).statuses()["good"] == "success"


@pytest.mark.parametrize("goes_on", [True, False])
def test_jobs_downstream_of_a_named_job(tmp_path: Path, goes_on: bool) -> None:
    """Whether a rerun of named jobs continues downstream is an assumption."""
    done = rehearse_text(
        tmp_path,
        config("[good, after: {requires: [good]}]"),
        then=("rerun:good",),
        assumptions=Assumptions(named_rerun_goes_on=goes_on),
    )
    assert done.ran(2) == (["good", "after"] if goes_on else ["good"])


def test_filters_that_leave_no_job_are_an_error(tmp_path: Path) -> None:
    """A workflow without jobs for the branch is an error, not a success."""
    text = config("[good: {filters: {branches: {only: x}}}]")
    with pytest.raises(UserError, match="exclude all its jobs for main"):
        rehearse_text(tmp_path, text)


def test_differences_are_noted(tmp_path: Path) -> None:
    """Notes name approvals, contexts without variables, and a project without git."""
    text = config("[hold: {type: approval}, good: {context: [deploy, other]}]")
    done = rehearse_text(tmp_path, text, contexts={"other": {"X": "1"}})
    assert "approved automatically: hold" in done.report.notes
    assert any("context deploy has no variables" in note for note in done.report.notes)
    assert not any("context other" in note for note in done.report.notes)
    assert any("as one commit" in note for note in done.report.notes)
