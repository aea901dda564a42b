"""The tables at the end of a rehearsal."""

from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dte.report.data import JobReport, Report, RunReport

GUARD_STEP = "Refuse a partial rerun"
_STYLES = {"success": "green", "failed": "red", "canceled": "yellow"}


def print_tables(report: Report, console: Console) -> None:
    """Print which jobs ran in which run, and which agent ran each task."""
    console.print(_make_job_table(report))
    if report.tasks:
        console.print(_make_task_table(report))
    for name in report.not_rehearsed:
        console.print(f"not rehearsed: {name}", markup=False)
    for number, run in enumerate(report.runs, 1):
        for job in run.jobs:
            if job.failed_step == GUARD_STEP:
                console.print(
                    f"run {number}: {job.name} was refused after "
                    f"{job.failed_after:.2f} s; the whole run took {run.seconds:.2f} s",
                    markup=False,
                )


def _make_table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        # Names stay whole in a narrow terminal; other text wraps.
        whole = column in ("job", "status", "task", "agent", "seconds")
        justify: Literal["right", "left"] = "right" if column == "seconds" else "left"
        table.add_column(column, justify=justify, no_wrap=whole, overflow="fold")
    return table


def _make_job_table(report: Report) -> Table:
    columns = ("run", "attempt", "job", "", "status", "seconds", "failed in")
    table = _make_table("Jobs", *columns)
    for number, run in enumerate(report.runs, 1):
        labels = iter([f"{number} {run.kind}", f"  {run.branch}@{run.revision[:7]}"])
        attempts = iter([_name_attempt(run, report)])
        for job in run.jobs:
            row = (Text(next(labels, "")), next(attempts, ""), *_describe_job(job))
            table.add_row(*row)
        table.add_section()
    return table


def _name_attempt(run: RunReport, report: Report) -> str:
    if run.attempt:
        return f"attempt {run.attempt}"
    counted = any(other.attempt for other in report.runs)
    return "partial" if counted and run.kind != "first run" else ""


def _describe_job(job: JobReport) -> tuple[str | Text, ...]:
    name = Text(job.name)
    status = Text(job.status, style=_STYLES.get(job.status, "dim"))
    if not job.ran:
        what = "not run" if job.status == "not_run" else "carried over"
        return (name, what, status, "", "")
    return (name, "ran", status, f"{job.seconds:.1f}", Text(job.failed_step))


def _make_task_table(report: Report) -> Table:
    numbers = {run.id: number for number, run in enumerate(report.runs, 1)}
    columns = ("run", "task", "agent", "cache", "exit", "seconds")
    table = _make_table("Tasks that Nx ran", *columns)
    for task in report.tasks:
        run_id = next((known for known in numbers if known in task.run_id), "")
        table.add_row(
            str(numbers.get(run_id, "")),
            Text(task.task),
            Text(task.agent),
            task.cache,
            str(task.exit_code),
            f"{task.seconds:.1f}",
        )
    return table
