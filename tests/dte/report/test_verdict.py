"""The verdict: one line on what happened, and the exit code."""

import pytest
import yaml

from dte.nx_cloud import TaskExecution
from dte.report.data import JobReport, Report
from dte.report.verdict import describe, judge
from dte.report.words import GUARD_STEP
from tests.dte.report.events import (
    TASKS,
    make_job_report,
    make_report,
    make_run,
    make_step_report,
)
from tests.refusal import TWO_LINES
from tests.tooling.repository import ROOT


def fail_with(*lines: str, name: str = TASKS, status: str = "failed") -> JobReport:
    """Return a job that failed in a step; the step's output ends with these lines."""
    step = make_step_report(name, status, last_lines=lines)
    return make_job_report("dte/main", "failed", step)


def report_on(*jobs: JobReport) -> Report:
    """Return a report on one run, which failed if one of these jobs failed."""
    failed = any(job.status == "failed" for job in jobs)
    return make_report(make_run("failed" if failed else "success", *jobs))


@pytest.mark.parametrize(
    ("job", "verdict"),
    [
        (fail_with("x"), "dte/main failed in Run the affected tasks, exit 1"),
        (
            fail_with("", TWO_LINES[0], name="Refuse a partial rerun"),
            f"dte/main was refused: {TWO_LINES[0]}",
        ),
        (
            fail_with("No new completed tasks after 30 seconds"),
            "dte/main waited 30 s in Run the affected tasks, and no agent completed a "
            "task",
        ),
        (
            fail_with("No new messages received after 20 seconds"),
            "dte/main waited 20 s in Run the affected tasks, and main sent no task",
        ),
        (
            fail_with("x", status="timed out"),
            "dte/main printed nothing for too long in Run the affected tasks",
        ),
        (make_job_report("build", "failed"), "build failed"),
        (make_job_report("build", "canceled"), "build was canceled"),
        (make_job_report("build"), "passed: 1 job in 37.5 s"),
        (
            make_job_report(
                "dte/main",
                "success",
                make_step_report(TASKS, last_lines=(" No tasks were run",)),
            ),
            "no task ran: nothing was affected",
        ),
    ],
)
def test_the_verdict_names_what_happened(job: JobReport, verdict: str) -> None:
    """The verdict gives a failure's job, step and reason, or sums up a success."""
    assert describe(report_on(job), ()) == verdict


def test_the_first_failure_is_named() -> None:
    """If several jobs failed, the first one is named, and the others are counted."""
    late = make_step_report("late", "failed", started_at=200.0)
    early = make_step_report("early", "failed", started_at=100.0)
    jobs = (
        make_job_report("b", "failed", late),
        make_job_report("a", "failed", early),
    )
    expected = "a failed in early, exit 1; 1 more job failed"
    assert describe(report_on(*jobs), ()) == expected


def test_tasks_are_counted() -> None:
    """The verdict on a success gives the number of tasks that ran."""
    report = report_on(make_job_report("dte/main"))
    task = TaskExecution(
        run_id=report.runs[0].id,
        task="a:b",
        agent="agent-1",
        cache="miss",
        exit_code=0,
        started=0.0,
        seconds=1.0,
    )
    counted = make_report(*report.runs, tasks=(task,))
    assert describe(counted, ()) == "passed: 1 job and 1 task in 37.5 s"


@pytest.mark.parametrize(
    ("status", "expected", "code"),
    [
        ("success", (), 0),
        ("failed", (), 1),
        ("failed", ("failed",), 0),
        ("success", ("failed",), 1),
    ],
)
def test_the_exit_code(status: str, expected: tuple[str, ...], code: int) -> None:
    """0 means: the last run passed or, with --expect, each run ended as expected."""
    assert judge(make_report(make_run(status)), expected) == code


def test_a_fault_without_effect_fails_an_expectation() -> None:
    """A fault without effect is an error only with --expect."""
    run = make_run("success", make_job_report("build"))
    report = make_report(run, missed_faults=("--fail build:deploy",))
    assert judge(report, ()) == 0
    assert judge(report, ("success",)) == 1
    assert describe(report, ("success",)) == "--fail build:deploy had no effect"


def test_an_interruption_is_130() -> None:
    """An interrupted rehearsal exits with 130, whatever the jobs did."""
    report = make_report(make_run("canceled"), interrupted=True)
    assert judge(report, ()) == 130
    assert describe(report, ()).startswith("interrupted: ")


def test_the_guard_s_step_has_the_name_that_the_orb_gives_it() -> None:
    """A refusal is recognized by the name of the guard's step in the orb."""
    text = (ROOT / "orb" / "commands" / "rerun_guard.yml").read_text(encoding="utf-8")
    (step,) = [step["run"] for step in yaml.safe_load(text)["steps"] if "run" in step]
    assert step["name"] == GUARD_STEP
