"""Injected faults."""

from pathlib import Path
from threading import Timer

import pytest

from dte.errors import UserError
from dte.order.scenario import plan_faults
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

ALWAYS = "run: {name: always, command: echo always, when: always}"


def test_a_named_step_fails_instead_of_running(tmp_path: Path) -> None:
    """`--fail JOB:STEP` fails that step, and later steps run as after any failure."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: A, command: echo a}", "run: {name: B, command: echo b}", ALWAYS
        ),
        faults=plan_faults(["build:B"], [], []),
    )
    said = "error: this step was made to fail (--fail)"
    assert done.lines("build") == ["a", said, "always"]
    assert done.job("build").failed_step == "B"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("2", "Run tests"),
        ("02", "Run tests"),
        ("Run te", "Run tests"),
        ("Run", "Run"),
        ("R*ts", "Run tests"),
    ],
)
def test_a_step_is_named_by_its_number_or_its_beginning(
    tmp_path: Path, text: str, step: str
) -> None:
    """A number, pattern or start of a name selects a step; a full name comes first."""
    names = ("Run", "Run tests", "Stop")
    steps = [f"run: {{name: {name}, command: 'true', when: always}}" for name in names]
    faults = plan_faults([f"build:{text}"], [], [])
    done = rehearse_text(tmp_path, one_job(*steps), faults=faults)
    failed = [name for name in names if done.step("build", name).status == "failed"]
    assert failed == [step]


def test_an_ambiguous_beginning_is_refused(tmp_path: Path) -> None:
    """If several step names begin with the text, an error lists them with numbers."""
    steps = [f"run: {{name: Run {x}, command: 'true'}}" for x in "ab"]
    with pytest.raises(UserError, match="begin with Run") as error:
        rehearse_text(
            tmp_path, one_job(*steps), faults=plan_faults(["build:Run"], [], [])
        )
    assert error.value.suggestions == ("give the number of one of: 1 Run a, 2 Run b",)


def test_without_a_step_the_first_one_fails(tmp_path: Path) -> None:
    """`--fail JOB` fails the job's first step; JOB may be a pattern."""
    step = "run: {name: A, command: echo a}"
    done = rehearse_text(tmp_path, one_job(step), faults=plan_faults(["b*"], [], []))
    assert done.job("build").failed_step == "A"


def test_fix_ends_every_fault(tmp_path: Path) -> None:
    """`--then fix` ends every fault, so the rerun passes."""
    step = "run: {name: A, command: echo a}"
    done = rehearse_text(
        tmp_path,
        one_job(step),
        then=("fail:build", "rerun-from-start", "fix", "rerun-from-failed"),
    )
    statuses = [run.status for run in done.report.runs]
    assert statuses == ["success", "failed", "success"]


def test_a_lost_machine_runs_no_more_steps(tmp_path: Path) -> None:
    """`--kill JOB@SECONDS` loses the machine: the job fails without its last steps."""
    done = rehearse_text(
        tmp_path,
        one_job("run: {name: A, command: sleep 300}", ALWAYS),
        faults=plan_faults([], ["build@0.5"], []),
    )
    assert done.statuses() == {"build": "failed"}
    assert done.lines("build") == []


def test_a_canceled_job_runs_no_more_steps(tmp_path: Path) -> None:
    """`:CANCEL` cancels the job, after which not even `when: always` steps run."""
    done = rehearse_text(
        tmp_path,
        one_job("run: {name: A, command: sleep 300}", ALWAYS),
        faults=plan_faults([], ["build:A@0.5:CANCEL"], []),
    )
    assert done.statuses() == {"build": "canceled"}
    assert done.lines("build") == []


def test_a_signal_reaches_the_step_s_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`:SIGTERM` goes to the step's processes, and the later steps still run."""
    up = tmp_path / "up"

    class LateTimer(Timer):
        """A timer that begins when the step has set its trap."""

        def run(self) -> None:
            while not (up.exists() or self.finished.wait(0.05)):
                pass
            super().run()

    monkeypatch.setattr("dte.run.kills.Timer", LateTimer)
    trap = f'trap "echo bye; exit 3" TERM; touch {up}; sleep 300 & wait'
    done = rehearse_text(
        tmp_path,
        one_job(
            f"run: {{name: A, command: '{trap}'}}",
            ALWAYS,
        ),
        faults=plan_faults([], ["build:A@0.1:SIGTERM"], []),
    )
    assert done.step("build", "A").exit_code == 3
    assert done.lines("build") == ["bye", "always"]


def test_a_kill_of_another_job_changes_nothing(tmp_path: Path) -> None:
    """A kill affects only the jobs that its pattern matches."""
    config = one_job("run: {name: A, command: sleep 1}").replace(
        "jobs: [build]", "jobs: [build, build: {name: bad}]"
    )
    done = rehearse_text(
        tmp_path,
        config,
        faults=plan_faults([], ["b?d@0", "build:A@60"], []),
    )
    assert done.statuses() == {"bad": "failed", "build": "success"}


@pytest.mark.parametrize(
    ("fail", "kill"), [("nobody", ""), ("", "nobody@1"), ("build:Z", "")]
)
def test_a_fault_that_matches_nothing_is_refused(
    tmp_path: Path, fail: str, kill: str
) -> None:
    """A failure or kill that matches no job or step is an error."""
    faults = plan_faults([fail] if fail else [], [kill] if kill else [], [])
    with pytest.raises(UserError, match=r"no (job|step of build) is named"):
        rehearse_text(tmp_path, one_job("run: {name: A, command: ls}"), faults=faults)


def test_canceled_workflows_are_not_rerun_by_themselves(tmp_path: Path) -> None:
    """`max_auto_reruns` reruns a failed workflow, but not a canceled one."""
    config = one_job("run: {name: A, command: sleep 300}").replace(
        "  all:\n", "  all:\n    max_auto_reruns: 2\n"
    )
    faults = plan_faults([], ["build@0.5:CANCEL"], [])
    done = rehearse_text(tmp_path, config, faults=faults)
    assert [run.status for run in done.report.runs] == ["canceled"]


@pytest.mark.parametrize(
    ("fail", "kill", "fault"),
    [
        (":step", "", ""),
        ("", "job", ""),
        ("", "job@soon", ""),
        ("", "@3", ""),
        ("", "job@1:NOSUCH", ""),
        ("", "job@nan", ""),
        ("", "job@-1", ""),
        ("", "", "cloud-downloads=x"),
        ("", "", "api-down=3"),
        ("", "", "moon-down"),
    ],
)
def test_invalid_faults_are_refused(fail: str, kill: str, fault: str) -> None:
    """A fault that can't be parsed is refused before anything runs."""
    with pytest.raises(UserError, match=r"--(fail|kill|fault) "):
        plan_faults(*[[text] if text else [] for text in (fail, kill, fault)])


def test_automatic_reruns_rerun_from_failed(tmp_path: Path) -> None:
    """`max_auto_reruns` reruns from failed after the first run, not after a rerun."""
    config = one_job("run: {name: A, command: exit 1}").replace(
        "  all:\n", "  all:\n    max_auto_reruns: 2\n"
    )
    done = rehearse_text(tmp_path, config, then=("rerun-from-failed",))
    assert [run.kind for run in done.report.runs] == [
        "first run",
        "automatic rerun from failed",
        "automatic rerun from failed",
        "rerun from failed",
    ]
