"""Background steps: their output, and their end."""

from pathlib import Path

import pytest

from tests.configs import one_job
from tests.dte.commands import make_project, run_in
from tests.dte.rehearse_config import rehearse_text

WAIT = "run: {name: B, command: 'until [ -e up ]; do sleep 0.1; done; sleep 0.5'}"
# This step waits until the process whose id is in the file `up` is gone.
ENDED = """run: {name: B, command: 'until [ -s up ] && ! kill -0 $(cat up) 2>/dev/null;
  do sleep 0.1; done'}"""


def test_a_background_step_is_not_waited_for(tmp_path: Path) -> None:
    """A background step runs while later steps run, and ends with the job."""
    step = "run: {name: A, command: 'echo up; touch up; sleep 300', background: true}"
    done = rehearse_text(tmp_path, one_job(step, WAIT))
    assert done.lines("build") == ["up"]
    result = done.job("build").steps[0]
    assert (result.status, result.exit_code) == ("success", None)
    assert result.last_lines == ("up",)
    assert result.seconds > 0.4


def test_a_failed_background_step_does_not_fail_its_job(tmp_path: Path) -> None:
    """A background step that fails is reported with its exit code; the job passes."""
    step = "run: {name: A, command: 'echo $$ >up; echo no; exit 3', background: true}"
    done = rehearse_text(tmp_path, one_job(step, ENDED))
    assert done.statuses() == {"build": "success"}
    result = done.job("build").steps[0]
    assert (result.exit_code, result.last_lines, result.lines) == (3, ("no",), 1)


def test_much_output_of_a_background_step_does_not_block_it(tmp_path: Path) -> None:
    """A background step can print more than a pipe holds."""
    command = "yes | head -n 100000 || true; touch up; sleep 300"
    step = f"run: {{name: A, command: '{command}', background: true}}"
    done = rehearse_text(tmp_path, one_job(step, WAIT))
    assert done.job("build").steps[0].lines == 100_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize("command", ["exec env -i sleep 300", "env -i setsid yes"])
def test_a_background_step_without_an_environment_ends(
    tmp_path: Path, command: str
) -> None:
    """A step that drops its environment, and a daemon that prints, end with the job."""
    step = f"run: {{name: A, command: '{command}', background: true}}"
    done = rehearse_text(tmp_path, one_job(step, "run: {name: B, command: sleep 1}"))
    assert done.statuses() == {"build": "success"}


def test_the_end_of_a_background_step_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output shows that a step is in the background, and later how it ended."""
    steps = (
        "run: {name: One, command: 'echo $$ >up; exit 3', background: true}",
        "run: {name: Two, command: sleep 300, background: true}",
        ENDED,
    )
    project = make_project(tmp_path / "project", one_job(*steps))
    done = run_in(project, monkeypatch, "rehearse")
    assert "One (0.0 s)  in the background" in done.stdout
    assert "One in the background ended (" in done.stdout
    assert "exit 3)" in done.stdout
    assert "Two in the background ended (" in done.stdout
    assert "with the job)" in done.stdout
