"""The arguments of `nx affected`, with agents and without."""

import pytest

from tests.scripts.nx_job import NxJob

SHAS = {"NX_BASE": "a" * 40, "NX_HEAD": "b" * 40}


def test_the_arguments(nx_job: NxJob) -> None:
    """Base, head, targets, parallel, configuration and more arguments, in order."""
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
    """In a job without agents, Nx distributes no tasks."""
    done = nx_job.run(
        "run_affected", DTE_TARGETS="build", DTE_MODE="without_agents", **SHAS
    )
    assert nx_job.read_calls()[0][-1] == "--no-agents"
    assert "notice: this job runs all tasks itself" in done.stderr


@pytest.mark.parametrize(
    ("mode", "own", "seen"),
    [("without_agents", "", "true"), ("without_agents", "1", "1"), ("", "", "")],
)
def test_targets_that_nx_splits_for_agents(
    nx_job: NxJob, mode: str, own: str, seen: str
) -> None:
    """Without agents, Nx is told to accept them, unless the user has set it."""
    nx_job.answer(1, 'echo "skip=$NX_SKIP_ATOMIZER_VALIDATION"')
    variables = {"DTE_MODE": mode, "NX_SKIP_ATOMIZER_VALIDATION": own}
    done = nx_job.run("run_affected", DTE_TARGETS="e2e-ci", **variables, **SHAS)
    assert f"skip={seen}\n" in done.stdout


def test_an_unknown_mode_is_a_usage_error(nx_job: NxJob) -> None:
    """An unknown value of DTE_MODE is a usage error."""
    done = nx_job.run("run_affected", DTE_TARGETS="build", DTE_MODE="fast", **SHAS)
    assert (done.returncode, nx_job.read_calls()) == (2, [])


def test_no_target_is_a_usage_error(nx_job: NxJob) -> None:
    """A list without a target is a usage error."""
    assert nx_job.run("run_affected", DTE_TARGETS=",", **SHAS).returncode == 2


@pytest.mark.parametrize("name", ["NX_BASE", "NX_HEAD"])
def test_a_missing_revision_names_set_shas(nx_job: NxJob, name: str) -> None:
    """If a revision is not exported, the message names the step that exports it."""
    done = nx_job.run("run_affected", DTE_TARGETS="build", **{**SHAS, name: ""})
    assert (done.returncode, nx_job.read_calls()) == (2, [])
    assert f"{name} is not set" in done.stderr
    assert "run dte/set_shas in an earlier step" in done.stderr
