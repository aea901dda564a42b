"""`run_affected`: the arguments of `nx affected`, and runs without a task."""

import shlex
from pathlib import Path

import pytest

from tests.scripts.nx_job import NxJob

import projects  # isort: skip

SHAS = {"NX_BASE": "a" * 40, "NX_HEAD": "b" * 40}


def test_the_arguments(nx_job: NxJob) -> None:
    """The command has base, head, targets, parallel, configuration and arguments."""
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
            "--targets=lint,build",
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
    ("version", "option"),
    [("17.3.2", "--no-dte"), ("18.0.0", "--no-agents"), ("24.0.6", "--no-agents")],
)
def test_the_option_depends_on_the_version(
    nx_job: NxJob, version: str, option: str
) -> None:
    """Nx 17 gets --no-dte, because it would pass --no-agents on to every task."""
    nx_job.write("node_modules/nx/package.json", f'{{"version": "{version}"}}')
    nx_job.run("run_affected", DTE_TARGETS="build", DTE_MODE="without_agents", **SHAS)
    assert nx_job.read_calls()[0][-1] == option


@pytest.mark.parametrize(
    ("mode", "own", "seen"),
    [("without_agents", "", "true"), ("without_agents", "1", "1"), ("", "", "")],
)
def test_targets_that_nx_splits_for_agents(
    nx_job: NxJob, mode: str, own: str, seen: str
) -> None:
    """Without agents, Nx is allowed to run split targets; the user's value is kept."""
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


NO_TASKS = "echo ' NX   No tasks were run'"


@pytest.mark.parametrize("text", ["lint build", "lint,build", " lint ,\n build,lint"])
def test_targets_are_separated_by_commas_or_white_space(
    nx_job: NxJob, text: str
) -> None:
    """Nx receives a comma-separated list without spaces, empty items or repeats."""
    nx_job.run("run_affected", DTE_TARGETS=text, **SHAS)
    assert "--targets=lint,build" in nx_job.read_calls()[0]


def test_a_typo_is_a_warning(nx_job: NxJob) -> None:
    """A target that no project has is a warning that suggests the nearest name."""
    done = nx_job.run("run_affected", DTE_TARGETS="lint,biuld", **SHAS)
    assert (done.returncode, len(nx_job.read_calls())) == (0, 1)
    warning = "warning: no project has the target 'biuld'. Did you mean 'build'?"
    assert warning in done.stderr


def test_only_typos_are_an_error(nx_job: NxJob) -> None:
    """If no project has any of the targets, main fails before it runs a task."""
    done = nx_job.run("run_affected", DTE_TARGETS="lnit biuld", **SHAS)
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "error: no project has any of the targets: lnit, biuld" in done.stderr
    assert "Did you mean 'lint'?" in done.stderr
    assert "The projects have these targets: build, e2e-ci, lint, test" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        *("--help", "-h", "--version", "--graph", "--graph=a.html", "--print"),
        *("-t build", "--targets=build", "--target build", "--base=main", "--files=a"),
        *("--uncommitted", "--untracked", "--skip-nx-cache --head HEAD"),
    ],
)
def test_arguments_that_change_the_run_are_refused(nx_job: NxJob, words: str) -> None:
    """An argument that changes the run or its targets is a usage error."""
    done = nx_job.run(
        "run_affected", DTE_TARGETS="lint", DTE_NX_ARGUMENTS=words, **SHAS
    )
    assert (done.returncode, nx_job.read_calls()) == (2, [])
    assert "error: DTE_NX_ARGUMENTS contains -" in done.stderr
    assert "remove it from the parameter `nx_arguments`" in done.stderr


def test_arguments_for_the_tasks_are_not_checked(nx_job: NxJob) -> None:
    """Nx passes the words after `--` to the tasks, so they may be any words."""
    done = nx_job.run(
        "run_affected", DTE_TARGETS="lint", DTE_NX_ARGUMENTS="-- --help", **SHAS
    )
    assert (done.returncode, nx_job.read_calls()[0][-2:]) == (0, ["--", "--help"])


def test_nothing_affected_is_explained(nx_job: NxJob) -> None:
    """If no project is affected, main passes and names both revisions."""
    nx_job.set_projects({"shop": ["lint"], "docs": ["spell"]}, ["docs"])
    nx_job.answer(1, NO_TASKS)
    done = nx_job.run("run_affected", DTE_TARGETS="lint", **SHAS)
    assert done.returncode == 0
    assert f"between {'a' * 40} and {'b' * 40} has one of the targets" in done.stderr
    assert "No tasks were run" in done.stdout
    assert "same commit" not in done.stderr


def test_base_equal_to_head_is_explained(nx_job: NxJob) -> None:
    """If base and head are the same commit, the explanation names that cause."""
    nx_job.set_projects({"shop": ["lint"]}, [])
    nx_job.answer(1, NO_TASKS)
    same = {"NX_BASE": "a" * 40, "NX_HEAD": "a" * 40}
    done = nx_job.run("run_affected", DTE_TARGETS="lint", **same)
    assert done.returncode == 0
    assert "Base and head are the same commit." in done.stderr


def test_no_task_where_one_was_due_is_an_error(nx_job: NxJob) -> None:
    """If an affected project has a target and no task ran, main fails."""
    nx_job.answer(1, NO_TASKS)
    done = nx_job.run(
        "run_affected", DTE_TARGETS="lint", DTE_NX_ARGUMENTS="--exclude='*'", **SHAS
    )
    assert done.returncode == 1
    assert "no task ran, although 1 affected projects have one of" in done.stderr
    assert "Projects: shop" in done.stderr


@pytest.mark.parametrize("file", ["graph.json", "affected.json"])
def test_no_task_without_an_explanation_is_an_error(nx_job: NxJob, file: str) -> None:
    """If Nx does not list the projects, a run without tasks fails."""
    (nx_job.bin / file).write_text("nonsense")
    nx_job.answer(1, NO_TASKS)
    done = nx_job.run("run_affected", DTE_TARGETS="lint", **SHAS)
    assert done.returncode == 1
    assert "could not be listed" in done.stderr
    assert "no task ran, and it is unknown whether" in done.stderr


def test_an_npx_that_can_t_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If npx can't start, a warning names it and the affected projects are unknown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert projects.list_affected("a" * 40, "b" * 40) is None
    assert "npx can't be started: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "status"),
    [
        # Printed by Nx 17 and 18, by Nx 19 and later, with --output-style=summary, and
        # by an unknown version.
        (" NX   Successfully ran target lint for project shop", 0),
        (" NX   Successfully ran targets lint, test for 10 projects", 0),
        ("\x1b[32mSuccessfully ran target \x1b[1mlint\x1b[22m for 4 projects", 0),
        (" NX   10 tasks: 10 succeeded", 0),
        ("> nx run shop:lint", 0),
        ("\x1b[2mnx run\x1b[22m shop:lint", 0),
        (
            "No projects with target lint for 0 projects were run\n"
            "Successfully ran target lint for 0 projects",
            1,
        ),
        ("Successfully ran target lint for 0 projects", 1),
        (" NX   No tasks were run", 1),
        (" NX   No tasks were run\nTip: nx run shop:lint", 1),
        (" NX   \x1b[32m0 tasks: 0 succeeded\x1b[39m", 1),
        ("", 1),
        ("done", 1),
    ],
)
def test_each_version_s_way_to_say_what_ran(
    nx_job: NxJob, text: str, status: int
) -> None:
    """If a task was due, main passes only if Nx prints that a task ran."""
    nx_job.answer(1, f"printf '%s\\n' {shlex.quote(text)}")
    done = nx_job.run("run_affected", DTE_TARGETS="lint", **SHAS)
    assert done.returncode == status, done.stderr


def test_tasks_that_ran_need_no_explanation(nx_job: NxJob) -> None:
    """If Nx can't list the projects but runs tasks, the step has Nx's exit status."""
    (nx_job.bin / "graph.json").unlink()
    nx_job.answer(1, f"{NO_TASKS}; echo Successfully ran target lint for 2 projects")
    nx_job.answer(2, "exit 7")
    assert nx_job.run("run_affected", DTE_TARGETS="x", **SHAS).returncode == 0
    assert nx_job.run("run_affected", DTE_TARGETS="x", **SHAS).returncode == 7
