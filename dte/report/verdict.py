"""The verdict on a rehearsal: one line, and the exit code."""

import re

from dte.exit_codes import INTERRUPTED
from dte.report.data import JobReport, Report, RunReport, StepReport
from dte.report.words import GUARD_STEP, step_title
from dte.words import count_of

_NO_AGENTS = re.compile(r"No new completed tasks after (\d+) seconds")
_NO_MAIN = re.compile(r"No new messages received after (\d+) seconds")
_NOTHING = re.compile(r"No tasks were run|No projects with .* were run")


def judge(report: Report, expected: tuple[str, ...]) -> int:
    """Return the exit code: 0 for success, 1 for a failure, 130 for an interruption.

    Without `expected`, the last run has to pass. With `expected`, each run has to end
    with its expected status, and each fault has to have an effect.
    """
    if report.interrupted:
        return INTERRUPTED
    if expected:
        as_expected = _statuses(report) == expected and not report.missed_faults
        return 0 if as_expected else 1
    return 0 if report.runs and report.runs[-1].status == "success" else 1


def describe(report: Report, expected: tuple[str, ...]) -> str:
    """Return one line about how the rehearsal ended."""
    if report.interrupted:
        return f"interrupted: {_describe_last(report)}"
    if expected and _statuses(report) != expected:
        ended = ", ".join(_statuses(report))
        return f"expected {', '.join(expected)}, but the runs ended as {ended}"
    if expected and report.missed_faults:
        return f"{report.missed_faults[0]} had no effect"
    if expected:
        return f"as expected: {', '.join(expected)}"
    return _describe_last(report)


def _statuses(report: Report) -> tuple[str, ...]:
    return tuple(run.status for run in report.runs)


def _describe_last(report: Report) -> str:
    if not report.runs:
        return "nothing was run"
    run = report.runs[-1]
    failed = [job for job in run.jobs if job.ran and job.status == "failed"]
    if failed:
        first = min(failed, key=_failed_at)
        others = len(failed) - 1
        more = f"; {count_of(others, 'more job')} failed" if others else ""
        return _describe_failure(first) + more
    if canceled := [
        job.name for job in run.jobs if job.ran and job.status != "success"
    ]:
        return f"{canceled[0]} was canceled"
    return _describe_success(run, report)


def _failed_at(job: JobReport) -> float:
    step = job.failed
    if step:
        return step.started_at + step.seconds
    return (job.started_at or 0) + job.seconds


def _describe_success(run: RunReport, report: Report) -> str:
    tasks = sum(run.id in task.run_id for task in report.tasks)
    ran = sum(job.ran for job in run.jobs)
    lines = (line for job in run.jobs for step in job.steps for line in step.last_lines)
    if not tasks and any(_NOTHING.search(line) for line in lines):
        return "no task ran: nothing was affected"
    done = f" and {count_of(tasks, 'task')}" if tasks else ""
    return f"passed: {count_of(ran, 'job')}{done} in {run.seconds:.1f} s"


def _describe_failure(job: JobReport) -> str:
    step = job.failed
    if job.lost:
        return f"{job.name} lost its machine (--kill)"
    if step is None:
        return f"{job.name} failed"
    name = f"{job.name} #{step.machine}" if job.machines > 1 else job.name
    if step.name == GUARD_STEP:
        reason = next((line for line in step.last_lines if line.strip()), "")
        return f"{name} was refused: {reason}"
    return f"{name} {_describe_step(step)}"


def _describe_step(step: StepReport) -> str:
    title = step_title(step.name)
    text = "\n".join(step.last_lines)
    if step.status == "timed out":
        return f"printed nothing for too long in {title}"
    if found := _NO_AGENTS.search(text):
        return f"waited {found[1]} s in {title}, and no agent completed a task"
    if found := _NO_MAIN.search(text):
        return f"waited {found[1]} s in {title}, and main sent no task"
    return f"failed in {title}, exit {step.exit_code}"
