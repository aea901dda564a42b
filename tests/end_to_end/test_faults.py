"""Every fault in docs/faults.md, injected into a rehearsal with real Nx."""

from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from dte.nx_cloud.runs import Run
from dte.order.scenario import plan_faults
from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.faults import FAULTS, Fault
from tests.end_to_end.faults.row import GUARD, MAIN
from tests.end_to_end.sample_workspace import ROOT, make_config, rehearse_sample
from tests.refusal import TWO_LINES

QUICK = {"targets": "lint", "record": []}
# Only these steps may run in a refused job, and "Stop the agents" does nothing in it.
BEFORE_A_REFUSAL = {"Fetch the attempt records", GUARD, "Stop the agents"}
PROJECTS = {"money", "tax", "discounts", "shop"}


def mark_events(
    events: Path, kill_after: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Create a file for each event, and start the timers of kills after `kill_after`.

    An event is the first call of a method of `Run`, and is named after the method. The
    event "join NAME" is the first call of `join` by the agent NAME.
    """
    events.mkdir()

    def mark(name: str) -> None:
        method = getattr(Run, name)

        def call(run: Run, *words: Any, **more: Any) -> Any:
            answer = method(run, *words, **more)
            (events / name).touch()
            if name == "join":
                (events / f"join {words[0]}").touch()
            return answer

        monkeypatch.setattr(Run, name, call)

    class LateTimer(Timer):
        """A timer that begins after all events in `kill_after`."""

        def run(self) -> None:
            while not all((events / name).exists() for name in kill_after):
                if self.finished.wait(0.1):
                    return
            super().run()
            (events / "kill").touch()

    for name in ("start", "join", "add_command", "complete"):
        mark(name)
    monkeypatch.setattr("dte.run.kills.Timer", LateTimer)


def play(
    fault: Fault, folder: Path, node_modules: Path, monkeypatch: pytest.MonkeyPatch
) -> Rehearsed:
    """Rehearse a fault."""
    mark_events(folder / "events", fault.kill_after, monkeypatch)
    link = {"install": f"cp -al '{node_modules}' ."}
    more = [
        {name: {**link, **job} if name == "dte/agent" else job}
        for entry in fault.more_jobs
        for name, job in entry.items()
    ]
    config = make_config(
        node_modules,
        agents=fault.agents,
        more_jobs=more,
        workflow=fault.workflow,
        main={**QUICK, **fault.main},
        agent=fault.agent,
    )
    return rehearse_sample(
        folder,
        config,
        variables={"EVENTS": str(folder / "events"), **fault.variables},
        contexts=fault.contexts,
        faults=plan_faults(fault.fail, fault.kill, fault.fault),
        then=tuple(fault.then),
    )


def steps_that_ran(done: Rehearsed, run: int, job: str) -> set[str]:
    """Return the steps of a job that were not skipped."""
    return {
        step.name
        for number, name, step in done.heard.steps
        if (number, name) == (run, job) and step.status != "skipped"
    }


def tasks_that_passed(done: Rehearsed, run: int) -> dict[str, str]:
    """Return the tasks that passed in a run, and the agent that ran each."""
    run_id = done.report.runs[run - 1].id
    return {
        task.task: task.agent
        for task in done.report.tasks
        if run_id in task.run_id and task.exit_code == 0
    }


def tasks_that_nx_lists(lines: list[str]) -> set[str]:
    """Return the lint tasks that Nx itself lists as passed."""
    listed = [line for line in lines if "nx run" in line and "✔" in line]
    names = {f"{project}:lint" for project in PROJECTS}
    return {name for name in names if any(name in line for line in listed)}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_ends(
    fault: Fault,
    tmp_path: Path,
    node_modules: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each rehearsal ends as the fault's row says; main never passes without tasks."""
    done = play(fault, tmp_path, node_modules, monkeypatch)
    talk = "\n".join(f"{run} {job}: {line}" for run, job, line in done.heard.lines)
    assert [run.status for run in done.report.runs] == list(fault.statuses), talk
    last = done.statuses(len(done.report.runs))
    assert {name: last[name] for name in fault.jobs} == dict(fault.jobs), talk
    for said in fault.said:
        assert said.text in "\n".join(done.lines(said.job, said.run)), talk
        if said.text == TWO_LINES[0]:
            assert steps_that_ran(done, said.run, said.job) <= BEFORE_A_REFUSAL, talk
    assert tuple(run.attempt for run in done.report.runs) == fault.attempts
    for number in range(1, len(done.report.runs) + 1):
        main = done.job(MAIN, number)
        if main.ran and main.status == "success" and not fault.nothing_to_run:
            passed = set(tasks_that_passed(done, number))
            if fault.unseen:
                passed = tasks_that_nx_lists(done.lines(MAIN, number))
            assert {name.split(":")[0] for name in passed} == PROJECTS, talk
    if fault.ran_in_main:
        places = tasks_that_passed(done, len(done.report.runs)).values()
        assert set(places) == {"main"}


def test_every_fault_has_its_row() -> None:
    """docs/faults.md has exactly one row for each injected fault."""
    text = (ROOT / "docs" / "faults.md").read_text()
    lines = text.partition("## Sources")[0].splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    names = [name for name in rows if name not in ("fault", "---")]
    assert sorted(names) == sorted(fault.name for fault in FAULTS)
