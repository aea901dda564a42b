"""The tasks themselves: the words for `nx affected`, with agents and without."""

import pytest

from tests.scripts.nx_job import NxJob

SHAS = {"NX_BASE": "a" * 40, "NX_HEAD": "b" * 40}


def test_the_words(nx_job: NxJob) -> None:
    """Base, head, targets, parallel, configuration, and more words, in this order."""
    nx_job.run(
        "run_affected",
        DTE_TARGETS="lint, build",
        DTE_PARALLEL="3",
        DTE_CONFIGURATION="ci",
        DTE_NX_ARGUMENTS="--skip-nx-cache",
        **SHAS,
    )
    assert nx_job.read_calls() == [
        [
            "nx",
            "affected",
            f"--base={'a' * 40}",
            f"--head={'b' * 40}",
            "-t",
            "lint,build",
            "--parallel=3",
            "--configuration=ci",
            "--skip-nx-cache",
        ]
    ]


def test_without_agents(nx_job: NxJob) -> None:
    """In a job that goes on alone, Nx is told to distribute nothing."""
    done = nx_job.run(
        "run_affected", DTE_TARGETS="build", DTE_MODE="without_agents", **SHAS
    )
    assert nx_job.read_calls()[0][-1] == "--no-agents"
    assert "notice: this job runs all tasks by itself" in done.stderr


@pytest.mark.parametrize(
    ("mode", "own", "seen"),
    [("without_agents", "", "true"), ("without_agents", "1", "1"), ("", "", "")],
)
def test_targets_that_nx_splits_for_agents(
    nx_job: NxJob, mode: str, own: str, seen: str
) -> None:
    """Alone, Nx is told not to refuse them; one's own setting stays."""
    nx_job.answer(1, 'echo "skip=$NX_SKIP_ATOMIZER_VALIDATION"')
    variables = {"DTE_MODE": mode, "NX_SKIP_ATOMIZER_VALIDATION": own}
    done = nx_job.run("run_affected", DTE_TARGETS="e2e-ci", **variables, **SHAS)
    assert f"skip={seen}\n" in done.stdout


def test_a_mode_that_nobody_set(nx_job: NxJob) -> None:
    """DTE_MODE with a word of somebody's own is used wrongly."""
    done = nx_job.run("run_affected", DTE_TARGETS="build", DTE_MODE="fast", **SHAS)
    assert (done.returncode, nx_job.read_calls()) == (2, [])


def test_no_target_is_used_wrongly(nx_job: NxJob) -> None:
    """Without a target there is nothing to run."""
    assert nx_job.run("run_affected", DTE_TARGETS=",", **SHAS).returncode == 2


@pytest.mark.parametrize("name", ["NX_BASE", "NX_HEAD"])
def test_without_a_base_set_shas_is_named(nx_job: NxJob, name: str) -> None:
    """Where nobody exported a revision, the message says which step does."""
    done = nx_job.run("run_affected", DTE_TARGETS="build", **{**SHAS, name: ""})
    assert (done.returncode, nx_job.read_calls()) == (2, [])
    assert f"{name} is not set" in done.stderr
    assert "run dte/set_shas in an earlier step" in done.stderr
