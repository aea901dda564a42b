"""Whether `rerun_all` may start a full run: never two for the same partial rerun."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from pipelines import NAMED_JOBS, WorkflowRun  # isort: skip
from reruns import (  # isort: skip
    SETTLED_STATUSES,
    FROM_FAILED,
    FROM_START,
    MOST_FULL_RUNS,
    RERUNNABLE_STATUSES,
    RerunHistory,
    find_obstacle,
    find_started,
)

STATUSES = st.sampled_from(
    [*SETTLED_STATUSES, "running", "failing", "on_hold", "new word"]
)
TAGS = st.sampled_from(["", FROM_START, FROM_FAILED, *NAMED_JOBS, "setup"])


@st.composite
def pipelines(draw: st.DrawFn) -> RerunHistory:
    """Draw any pipeline, with any two of its runs as this run and the last full run."""
    count = draw(st.integers(1, 8))
    runs = [
        WorkflowRun(
            id=f"run-{number}",
            name=draw(st.sampled_from(["build", "deploy"])),
            status=draw(STATUSES),
            tag=draw(TAGS),
            created=(str(draw(st.integers(1, 5))), "000000000"),
        )
        for number in range(count)
    ]
    ids = st.sampled_from([*(run.id for run in runs), "unknown"])
    return RerunHistory(runs, draw(ids), draw(ids), draw(st.booleans()))


@given(pipelines())
def test_what_may_be_started(pipeline: RerunHistory) -> None:
    """The last full run is rerun only if it has ended and no full run is newer."""
    if find_obstacle(pipeline):
        return
    last = next(run for run in pipeline.runs if run.id == pipeline.last)
    assert last.status in RERUNNABLE_STATUSES
    full = [
        run for run in pipeline.runs if (run.name, run.tag) == (last.name, FROM_START)
    ]
    assert all(run.created < last.created for run in full if run.id != last.id)
    assert not (pipeline.automatic and full)


@dataclass
class Play:
    """Simulates a pipeline in which people and CircleCI rerun workflows."""

    automatic: bool
    runs: list[WorkflowRun] = field(default_factory=list)
    started: int = 0

    def add(self, tag: str, status: str) -> WorkflowRun:
        """Make one more run, newer than all others."""
        number = len(self.runs)
        created = (f"{number:05}", "000000000")
        self.runs.append(WorkflowRun(f"r{number:05}", "build", status, tag, created))
        return self.runs[-1]

    def rerun_partially(self, last: str) -> str:
        """Rerun from failed, let `rerun_all` decide, and return the last full run."""
        own = self.add(FROM_FAILED, "failed")
        if find_obstacle(RerunHistory(self.runs, own.id, last, self.automatic)):
            return last
        self.started += 1
        return self.add(FROM_START, "failed").id


@given(st.booleans(), st.lists(st.booleans(), max_size=30))
def test_it_never_loops(automatic: bool, presses: list[bool]) -> None:
    """Thirty automatic reruns of the newest or first run start at most one full run.

    If people press rerun thirty times, and every run fails, the number of full runs
    stays within a limit.
    """
    play = Play(automatic)
    first = play.add("", "failed").id
    newest = first
    for of_newest in presses:
        newest = max(newest, play.rerun_partially(newest if of_newest else first))
    assert play.started <= (1 if automatic else MOST_FULL_RUNS)


@given(st.lists(TAGS, max_size=6), st.integers(0, 6))
def test_only_a_new_full_run_is_found(tags: list[str], known: int) -> None:
    """After a lost answer, only a full run that was not there before is the new run."""
    runs = [
        WorkflowRun(f"r{number}", "build", "running", tag, (str(number), ""))
        for number, tag in enumerate(tags)
    ]
    found = find_started(runs[:known], runs, "build")
    new = [run for run in runs[known:] if run.tag == FROM_START]
    assert found == (new[-1] if new else None)
