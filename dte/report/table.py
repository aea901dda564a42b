"""The tables at the end of a rehearsal, which fit in 80 columns."""

from collections.abc import Sequence
from itertools import chain

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dte.report.data import JobReport, Report, RunReport
from dte.report.words import GUARD_STEP, step_title
from dte.run.pipeline import FIRST_RUN, SETUP

_STYLES = {"success": "green", "failed": "red", "canceled": "yellow"}
_NARROWEST_NAME = 12
_COLUMNS = ("job", "status", "time", "failed in")
_GAP = 2


def print_tables(report: Report, console: Console) -> None:
    """Print which jobs ran in which run, and which agent ran each task."""
    console.print()
    console.print(_make_job_table(report, console.width))
    if report.tasks:
        console.print()
        console.print(_make_task_table(report))
    console.print()
    for name in report.not_rehearsed:
        console.print(f"not rehearsed: {name}")
    for number, run in enumerate(report.runs, 1):
        for job in run.jobs:
            if job.failed_step == GUARD_STEP:
                console.print(
                    f"run {number}: {job.name} was refused after "
                    f"{job.failed_after:.2f} s; the whole run took {run.seconds:.2f} s",
                )


def make_table(title: str) -> Table:
    """Make an empty table in the style of all tables."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )


def _make_job_table(report: Report, width: int) -> Table:
    """Make a table with one row for each run: its labels, and the rows of its jobs.

    The jobs of a run are a table inside one row. Otherwise, a job of two lines would
    leave a gap between the lines of the labels.
    """
    runs = enumerate(report.runs, 1)
    labels = ["\n".join(_label_run(number, run, report)) for number, run in runs]
    jobs = [[_describe_job(job) for job in run.jobs] for run in report.runs]
    left = max(map(cell_len, "\n".join(["run", *labels]).split("\n")))
    heads = tuple(map(Text, _COLUMNS))
    widths = _choose_widths([heads, *chain(*jobs)], width - left - _GAP)
    table = make_table("Jobs")
    table.add_column("run", no_wrap=True)
    table.add_column(_make_rows([heads], widths))
    for label, rows in zip(labels, jobs, strict=True):
        table.add_row(Text(label), _make_rows(rows, widths))
        table.add_section()
    return table


def _choose_widths(rows: Sequence[tuple[Text, ...]], width: int) -> list[int]:
    """Return the columns' widths; job and step names share the remaining width."""
    job, status, time, failed = (
        max(map(cell_len, (cell.plain for cell in column)))
        for column in zip(*rows, strict=True)
    )
    rest = width - status - time - 3 * _GAP
    job = min(job, max(rest - failed, rest - rest // 2, _NARROWEST_NAME))
    return [job, status, time, max(min(failed, rest - job), 1)]


def _make_rows(rows: Sequence[tuple[Text, ...]], widths: Sequence[int]) -> Table:
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for name, width in zip(_COLUMNS, widths, strict=True):
        table.add_column(
            width=width,
            justify="right" if name == "time" else "left",
            overflow="fold",
            no_wrap=name in ("status", "time"),
        )
    for row in rows:
        table.add_row(*row)
    return table


def _label_run(number: int, run: RunReport, report: Report) -> list[str]:
    labels = [f"{number} {run.kind}", f"  {run.branch}@{run.revision[:7]}"]
    if run.attempt:
        return [*labels, f"  attempt {run.attempt}"]
    counted = any(other.attempt for other in report.runs)
    return (
        [*labels, "  partial"]
        if counted and run.kind not in (FIRST_RUN, SETUP)
        else labels
    )


def _describe_job(job: JobReport) -> tuple[Text, ...]:
    name = f"{job.name} ({job.machines} machines)" if job.machines > 1 else job.name
    status = Text(job.status, style=_STYLES.get(job.status, "dim"))
    if not job.ran:
        carried = "" if job.status == "not_run" else "carried over"
        status = Text("not run" if job.status == "not_run" else job.status, "dim")
        return (Text(name, "dim"), status, Text(""), Text(carried, "dim"))
    return (Text(name), status, Text(f"{job.seconds:.1f} s"), Text(_failed_in(job)))


def _failed_in(job: JobReport) -> str:
    if job.lost:
        return "machine lost"
    if not job.failed_step:
        return ""
    step = job.failed
    machine = f"#{step.machine} " if step and job.machines > 1 else ""
    ended = "" if job.exit_code is None else f", exit {job.exit_code}"
    return f"{machine}{step_title(job.failed_step)}{ended}"


def _make_task_table(report: Report) -> Table:
    numbers = {run.id: number for number, run in enumerate(report.runs, 1)}
    table = make_table("Tasks that Nx ran")
    table.add_column("run", no_wrap=True)
    table.add_column("task", overflow="fold", min_width=_NARROWEST_NAME)
    table.add_column("agent", overflow="fold")
    table.add_column("cache", no_wrap=True)
    table.add_column("exit", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for task in report.tasks:
        run_id = next((known for known in numbers if known in task.run_id), "")
        table.add_row(
            str(numbers.get(run_id, "")),
            Text(task.task),
            Text(task.agent),
            task.cache,
            str(task.exit_code),
            f"{task.seconds:.1f} s",
        )
    return table
