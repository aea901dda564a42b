"""Much output of a step takes bounded memory, linear time, and little time to print."""

import os
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
import yaml

from dte.run.listener import Listener
from dte.run.output import LONGEST_KEPT, TAIL_LINES, StepOutput
from dte.run.processes import Lines
from dte.run.redact import MOST_HELD, Redactor
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace
from tests.configs import config_with
from tests.dte.commands import make_project

PIECE = b"x" * 65536
MEGABYTE = 1_000_000


def write_line(fd: int, size: int) -> None:
    """Write `size` bytes without a line ending, and close the file."""
    with os.fdopen(fd, "wb", buffering=0) as file:
        for _ in range(size // len(PIECE)):
            file.write(PIECE)


def create_output(log: Path, *secrets: str) -> StepOutput:
    """Return the output of a step."""
    workflow = RehearsedWorkflow("id", "all", "id", "first run", "", 0.0)
    return StepOutput(
        secrets,
        Listener(),
        workflow=workflow,
        job=JobRun("build", "id", 1, "first run"),
        step=StepPlace("A", 1, 0),
        log=log.open("w"),
    )


def take_line(size: int, log: Path, *secrets: str) -> StepOutput:
    """Return the output of a step that has printed one line of `size` bytes."""
    output = create_output(log, *secrets)
    reading, writing = os.pipe()
    writer = Thread(target=write_line, args=(writing, size))
    writer.start()
    with os.fdopen(reading, "rb") as pipe, Lines(pipe, output) as lines:
        while lines.read(60.0):
            pass
    writer.join()
    output.close()
    return output


@pytest.mark.timeout(60)
def test_the_end_of_a_process_ends_the_waiting(tmp_path: Path) -> None:
    """If a daemon keeps the output open, the end of the step is still seen at once."""
    held, status = os.pipe(), os.pipe()
    output = create_output(tmp_path / "log")
    with os.fdopen(held[0], "rb") as pipe, os.fdopen(status[0], "rb") as ended:
        os.close(status[1])
        with Lines(pipe, output, ended) as lines:
            assert not lines.read(3600.0)
    os.close(held[1])
    output.close()


def measure(work: Callable[[], object]) -> float:
    """Return the least processor time of three calls of `work`, in seconds."""
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("megabytes", "secrets"), [(200, ()), (40, ("xy" * 20, "x" * 30 + "y"))]
)
def test_a_line_without_an_end_takes_bounded_memory(
    tmp_path: Path, megabytes: int, secrets: tuple[str, ...]
) -> None:
    """A line of many MB takes only a few MB of memory, and is written to the log."""
    size = megabytes * MEGABYTE
    log = tmp_path / "log"
    tracemalloc.start()
    try:
        output = take_line(size, log, *secrets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEGABYTE
    assert sum(map(len, output.tail)) <= TAIL_LINES * LONGEST_KEPT
    written = log.stat().st_size
    assert written == size // len(PIECE) * len(PIECE) + output.lines


@pytest.mark.slow
def test_a_line_without_an_end_takes_linear_time(tmp_path: Path) -> None:
    """A line of eight times the length takes about eight times as long."""
    log = tmp_path / "log"
    short = measure(lambda: take_line(5 * MEGABYTE, log, "x" * 30 + "y"))
    long = measure(lambda: take_line(40 * MEGABYTE, log, "x" * 30 + "y"))
    assert long / short < 16


def test_few_lines_are_held_back() -> None:
    """Empty lines after the start of a secret are not held back without limit."""
    redactor = Redactor(("abcdef",))
    ready = list(redactor.feed("abc"))
    for _ in range(10 * MOST_HELD):
        ready += redactor.feed("")
    assert len(ready) >= 9 * MOST_HELD


def rehearse_loudly(project: Path, *words: str, columns: str) -> float:
    """Return the processor time of a rehearsal and all its processes, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with (project.parent / "printed").open("w") as printed:
        subprocess.run(
            [sys.executable, "-m", "dte", "rehearse", "--logs", "../logs", *words],
            cwd=project,
            env={**env, "COLUMNS": columns} if columns else env,
            stdout=printed,
            stderr=subprocess.STDOUT,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["", "80"])
def test_verbose_takes_at_most_twice_the_time(tmp_path: Path, columns: str) -> None:
    """100,000 colored lines take less than twice as long with `--verbose`."""
    line = "\\033[32mpass\\033[0m a line of some eighty characters, as tools print it ✓"
    command = f"yes \"$(printf '{line}')\" | head -n 100000"
    step = {"run": {"name": "A", "shell": "/bin/bash", "command": command}}
    config = yaml.safe_dump(config_with([step]))
    project = make_project(tmp_path / "project", config)
    quiet = min(rehearse_loudly(project, columns=columns) for _ in range(2))
    verbose = min(
        rehearse_loudly(project, "--verbose", columns=columns) for _ in range(2)
    )
    assert (tmp_path / "printed").read_text().count("pass") >= 100_000
    assert verbose / quiet < 2
