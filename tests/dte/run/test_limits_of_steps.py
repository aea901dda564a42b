"""Reruns of steps, time limits, and the folders of package managers."""

import time
from pathlib import Path

import pytest

from dte.run.shell import limit_silence
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text


def test_a_failed_step_is_rerun_as_the_config_says(tmp_path: Path) -> None:
    """A step with `max_auto_reruns` is rerun after a failure, until it passes."""
    step = (
        "run: {name: A, command: 'echo try; test -e x || { touch x; exit 1; }', "
        "max_auto_reruns: 3, auto_rerun_delay: 1s}"
    )
    done = rehearse_text(tmp_path, one_job(step))
    said = "The step failed: automatic rerun 1 of 3."
    assert done.lines("build") == ["try", said, "try"]
    assert done.statuses() == {"build": "success"}


def test_package_managers_write_into_the_job_s_folder(tmp_path: Path) -> None:
    """The caches of yarn, pnpm and others are below the rehearsal's own folder."""
    names = "XDG_CACHE_HOME XDG_DATA_HOME COREPACK_HOME"
    command = f"for n in {names}; do eval echo \\$$n; done; cat ~/.yarnrc; dirname ~"
    done = rehearse_text(tmp_path, one_job(f"run: {{name: A, command: '{command}'}}"))
    *paths, yarn, root = done.lines("build")
    assert len(paths) == 3
    assert all(path.startswith(f"{root}/") for path in paths)
    assert yarn == f'cache-folder "{root}/caches/yarn"'


def test_the_time_limit_bounds_silence_and_nx(tmp_path: Path) -> None:
    """Nx's timeouts equal the time limit; no_output_timeout is at most 10 s longer."""
    command = "echo $NX_CLOUD_AGENT_TIMEOUT_MS $NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS"
    step = f"run: {{name: A, command: '{command}'}}"
    done = rehearse_text(tmp_path, one_job(step), time_limit=30.0)
    assert done.lines("build") == ["30000 30000"]
    assert limit_silence(3600.0, 30.0) == 40.0
    assert limit_silence(20.0, 30.0) == 20.0
    assert limit_silence(3600.0, None) == 3600.0


class FastClock:
    """A clock that advances by a minute at each reading after a file was created."""

    def __init__(self, file: Path) -> None:
        self.sleep = time.sleep
        self._file = file
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Return the time in seconds."""
        self._ahead += 60 * self._file.exists()
        return time.monotonic() + self._ahead


def test_a_silent_step_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step without output for no_output_timeout is killed, and its job fails."""
    up = tmp_path / "up"
    monkeypatch.setattr("dte.run.processes.time", FastClock(up))
    command = f"echo a; touch {up}; sleep 300"
    done = rehearse_text(
        tmp_path,
        one_job(
            f"run: {{name: A, command: '{command}', no_output_timeout: 10m}}",
            "run: {name: B, command: echo b}",
        ),
    )
    assert done.step("build", "A").status == "timed out"
    said = "Too long with no output: the step was killed."
    assert done.lines("build") == ["a", said]
    assert done.statuses() == {"build": "failed"}


def test_output_keeps_a_step_alive(tmp_path: Path) -> None:
    """Output without newlines also keeps a step alive beyond no_output_timeout."""
    loop = "for i in 1 2 3 4 5 6; do printf .; sleep 0.9; done"
    step = f"run: {{name: A, command: '{loop}', no_output_timeout: 5s}}"
    done = rehearse_text(tmp_path, one_job(step))
    assert done.lines("build") == ["......"]
    assert done.statuses() == {"build": "success"}
