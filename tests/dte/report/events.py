"""A rehearsal as fixed events and a fixed report, for tests of what is printed."""

from io import StringIO

from rich.console import Console

from dte.nx_cloud import TaskExecution
from dte.report.data import JobReport, Report, RunReport, StepReport
from dte.report.live import LiveListener
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace, StepResult
from tests.refusal import TWO_LINES

TASKS = "Run the affected tasks"
LOG = "/tmp/logs/run-1/dte_main/08-Run_the_affected_tasks.log"
LONG = (
    "NX   Ran targets lint, test, build for 4 projects and 3 tasks they depend on " * 2
)
UNNAMED = "corepack enable\npnpm install --frozen-lockfile"


def make_step_report(name: str, status: str = "success", **more: object) -> StepReport:
    """Make a report on a step of machine 0."""
    values = {
        "machine": 0,
        "number": 1,
        "name": name,
        "status": status,
        "started_at": 100.0,
        "seconds": 17.5,
        "exit_code": 0 if status == "success" else 1,
        "lines": 1,
        "last_lines": (),
        "log": "",
        **more,
    }
    return StepReport(**values)  # type: ignore[arg-type]


def make_job_report(
    name: str, status: str = "success", *steps: StepReport, ran: bool = True
) -> JobReport:
    """Make a report on a job with these steps; it names the first failed step."""
    failed = next((step for step in steps if step.status != "success"), None)
    return JobReport(
        name,
        status,
        ran,
        "first run" if ran else "passed before",
        36.2 if ran else 0.0,
        failed.name if failed else "",
        failed.seconds if failed else 0.0,
        exit_code=failed.exit_code if failed else None,
        started_at=100.0,
        steps=steps,
    )


def make_run(
    status: str, *jobs: JobReport, kind: str = "first run", attempt: int = 0
) -> RunReport:
    """Make a report on a run of these jobs."""
    run_id = f"workflow-of-{kind.replace(' ', '-')}"
    sha = "99bd803" + "0" * 33
    return RunReport(
        run_id, 1, "main", sha, kind, status, attempt, 37.5, jobs, started_at=100.0
    )


def make_report(*runs: RunReport, **more: object) -> Report:
    """Make a report on these runs."""
    values = {"tasks": (), "notes": (), "not_rehearsed": (), "interrupted": False}
    return Report(runs, **{**values, **more})  # type: ignore[arg-type]


def make_story() -> Report:
    """Make a report on a failed run and a partial rerun that dte refused."""
    failed = make_step_report(TASKS, "failed", number=8, log=LOG)
    lines = TWO_LINES[:1]
    refused = make_step_report(
        "Refuse a partial rerun", "failed", seconds=0.18, last_lines=lines
    )
    first = make_run(
        "failed",
        make_job_report("dte/attempt"),
        make_job_report("dte/agent-1"),
        make_job_report("integration-tests-of-the-web-shop"),
        make_job_report("dte/main", "failed", failed),
        make_job_report("deploy", "not_run", ran=False),
        attempt=1,
    )
    second = make_run(
        "failed",
        make_job_report("dte/attempt", ran=False),
        make_job_report("dte/main", "failed", refused),
        kind="rerun from failed",
    )
    task = TaskExecution(
        run_id=first.id,
        task="discounts:test:ci",
        agent="agent-1",
        cache="miss",
        exit_code=0,
        started=101.0,
        seconds=0.5,
    )
    return make_report(first, second, tasks=(task,))


def play(listener: LiveListener) -> None:
    """Send the events of a first run to the listener."""
    names = ("dte/attempt", "build", "dte/main")
    jobs = {name: JobRun(name, name, 1, "first run") for name in names}
    jobs["build"].machines = 2
    workflow = RehearsedWorkflow("id", "build", "id", "first run", "", 100.0, jobs=jobs)
    listener.workflow_started(workflow)
    for job in jobs.values():
        listener.job_started(workflow, job)
    place = StepPlace(UNNAMED, 1, 1)
    listener.step_started(workflow, jobs["build"], place)
    listener.printed(workflow, jobs["build"], place, [f"\x1b[32m{LONG}\x1b[0m"])
    listener.step_ended(
        workflow,
        jobs["build"],
        StepResult(UNNAMED, "success", 3.2, 0, (LONG,), 1, 1, machine=1),
    )
    tail = ("Failed tasks:", f"- shop:e2e-ci {LONG}")
    failed = StepResult(TASKS, "failed", 17.5, 1, tail, lines=96, number=8, log=LOG)
    listener.step_ended(workflow, jobs["dte/main"], failed)
    jobs["dte/main"].status, jobs["dte/main"].seconds = "failed", 37.5
    listener.job_ended(workflow, jobs["dte/main"])
    workflow.status, workflow.seconds = "failed", 37.5
    listener.workflow_ended(workflow)


def make_console(width: int, *, terminal: bool = False) -> Console:
    """Make a console that writes into memory."""
    return Console(
        file=StringIO(),
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        color_system="standard" if terminal else None,
        force_terminal=terminal,
        legacy_windows=False,
    )


def read_console(console: Console) -> str:
    """Return what was printed, without the spaces at the end of each line."""
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"
