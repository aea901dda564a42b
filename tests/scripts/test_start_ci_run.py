"""Starting a run: the command for Nx Cloud, and the checks before it."""

from pathlib import Path

import psutil
import pytest

from tests.scripts.nx_job import NxJob
from tests.scripts.test_bounded_run import find_child

FLAGS = ["nx-cloud", "start-ci-run", "--distribute-on=manual"]
NO_CLIENT = "No existing Nx Cloud client and failed to download new version"


def test_all_targets_are_passed(nx_job: NxJob) -> None:
    """Without `stop_agents_after`, the agents stop after all targets."""
    done = nx_job.run("start_ci_run", DTE_TARGETS="lint, build")
    assert done.returncode == 0, done.stderr
    assert nx_job.read_calls() == [[*FLAGS, "--stop-agents-after=lint,build"]]
    assert "Connected to Nx Cloud by NX_CLOUD_ACCESS_TOKEN." in done.stderr


def test_every_flag(nx_job: NxJob) -> None:
    """Rules, explicit completion and start arguments are passed without expansion."""
    nx_job.run(
        "start_ci_run",
        DTE_TARGETS="build",
        DTE_STOP_AGENTS_AFTER="e2e",
        DTE_ASSIGNMENT_RULES=".nx/rules $HOME.yaml",
        DTE_EXPLICIT_COMPLETION="1",
        DTE_START_ARGUMENTS="--fix-tasks='*:lint' $HOME",
    )
    assert nx_job.read_calls() == [
        [
            *FLAGS,
            "--stop-agents-after=e2e",
            "--assignment-rules=.nx/rules $HOME.yaml",
            "--require-explicit-completion",
            "--fix-tasks=*:lint",
            "$HOME",
        ]
    ]


def test_later_steps_receive_the_timeout_and_the_names(nx_job: NxJob) -> None:
    """The timeout, execution environment and branch reach Nx in every later step."""
    nx_job.run(
        "start_ci_run",
        DTE_TARGETS="build",
        DTE_MAIN_TIMEOUT="90s",
        DTE_EXECUTION_ENVIRONMENT="macos",
        DTE_NX_BRANCH="feature/1",
    )
    expected = {
        "NX_CI_EXECUTION_ENV": "macos",
        "NX_BRANCH": "feature/1",
        "NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS": "90000",
    }
    assert expected.items() <= nx_job.read_exported().items()
    assert expected.items() <= nx_job.read_environment().items()


@pytest.mark.parametrize(("value", "exported"), [(" 7", "7"), (" ", None)])
def test_the_blank_before_a_number_is_removed(
    nx_job: NxJob, value: str, exported: str | None
) -> None:
    """CircleCI refuses a number as a string, so users put a blank before the number."""
    done = nx_job.run("start_ci_run", DTE_TARGETS="build", DTE_NX_BRANCH=value)
    assert nx_job.read_exported().get("NX_BRANCH") == exported
    assert "warning: nx_branch" not in done.stdout + done.stderr


def test_the_user_s_variables_take_precedence(nx_job: NxJob) -> None:
    """A variable that the user has set takes precedence over the parameter."""
    own = {
        "NX_CI_EXECUTION_ENV": "mine",
        "NX_BRANCH": "17",
        "NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS": "5000",
    }
    nx_job.run(
        "start_ci_run",
        DTE_TARGETS="build",
        DTE_EXECUTION_ENVIRONMENT="macos",
        DTE_NX_BRANCH="18",
        **own,
    )
    assert not set(own) & set(nx_job.read_exported())
    assert own.items() <= nx_job.read_environment().items()


def test_later_steps_receive_the_workspace_folder(nx_job: NxJob) -> None:
    """DTE_NX_ROOT becomes an absolute path if it is safe to source."""
    nx_job.run("start_ci_run", DTE_TARGETS="build", DTE_NX_ROOT="~/shop")
    assert nx_job.read_exported()["DTE_NX_ROOT"] == str(nx_job.checkout)
    spaced = nx_job.checkout.rename(nx_job.folder / "my shop")
    (nx_job.folder / "bash_env").unlink()
    nx_job.run("start_ci_run", DTE_TARGETS="build", DTE_CHECKOUT=str(spaced))
    assert "DTE_NX_ROOT" not in nx_job.read_exported()


def test_only_a_started_run_counts_as_started(nx_job: NxJob) -> None:
    """DTE_RUN is `started` for the later steps only if `start-ci-run` passed."""
    nx_job.answer(1, "exit 1")
    nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert "DTE_RUN" not in nx_job.read_exported()
    nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert nx_job.read_exported()["DTE_RUN"] == "started"


@pytest.mark.parametrize("value", ["10m", "0", "-1", "NaN", "1e999"])
def test_a_timeout_that_nx_can_t_read_is_refused(nx_job: NxJob, value: str) -> None:
    """A timeout that Nx can't use is refused, because Nx would wait forever."""
    done = nx_job.run(
        "start_ci_run", DTE_TARGETS="build", NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS=value
    )
    assert done.returncode == 2
    assert "would wait forever" in done.stderr


@pytest.mark.parametrize("name", ["ci-config.yaml", "ci-config.yml"])
def test_flags_with_a_config_file_are_refused(nx_job: NxJob, name: str) -> None:
    """If .nx/ci-config.yaml exists, `start: flags` is refused, and Nx isn't called."""
    nx_job.write(f".nx/{name}", "{}")
    done = nx_job.run("start_ci_run", DTE_START="flags", DTE_TARGETS="build")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert f"either flags or .nx/{name}, and the file exists" in done.stderr
    assert "set `start: auto`" in done.stderr


@pytest.mark.parametrize("start", ["config", "auto", ""])
@pytest.mark.parametrize("name", ["ci-config.yaml", "ci-config.yml"])
def test_a_config_file_starts_the_run(nx_job: NxJob, start: str, name: str) -> None:
    """If .nx/ci-config.yaml exists, `start: config` and `auto` pass no flags."""
    nx_job.write(f".nx/{name}", "dte:\n  distribute-on: manual\n")
    done = nx_job.run("start_ci_run", DTE_START=start, DTE_TARGETS="build")
    assert done.returncode == 0
    assert nx_job.read_calls() == [["nx-cloud", "start-nx-agents"]]
    assert nx_job.read_exported()["DTE_RUN"] == "started_by_file"
    assert "warning" not in done.stderr


def test_a_missing_config_file_is_refused(nx_job: NxJob) -> None:
    """`start: config` without the file is refused, and the message names the file."""
    done = nx_job.run("start_ci_run", DTE_START="config")
    assert done.returncode == 1
    assert ".nx/ci-config.yaml" in done.stderr


def test_flags_that_a_config_file_would_ignore(nx_job: NxJob) -> None:
    """`start: config` refuses parameters that only `start: flags` passes on."""
    nx_job.write(".nx/ci-config.yaml", "{}")
    done = nx_job.run("start_ci_run", DTE_START="config", DTE_STOP_AGENTS_AFTER="e2e")
    assert done.returncode == 2
    assert "does not receive stop_agents_after" in done.stderr


def test_the_user_s_own_start(nx_job: NxJob) -> None:
    """`start: own` checks the connection and leaves the start to the user's steps."""
    done = nx_job.run("start_ci_run", DTE_START="own")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert nx_job.read_exported()["NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS"] == "1800000"
    assert nx_job.read_exported()["DTE_RUN"] == "started"


@pytest.mark.parametrize(
    ("variable", "parameter"),
    [
        ("DTE_STOP_AGENTS_AFTER", "stop_agents_after"),
        ("DTE_ASSIGNMENT_RULES", "assignment_rules"),
        ("DTE_START_ARGUMENTS", "start_arguments"),
    ],
)
def test_flags_that_the_user_s_steps_would_ignore(
    nx_job: NxJob, variable: str, parameter: str
) -> None:
    """`start: own` refuses parameters that only `start: flags` passes on."""
    done = nx_job.run("start_ci_run", DTE_START="own", **{variable: "x"})
    assert (done.returncode, nx_job.read_calls()) == (2, [])
    assert f"with `start: own`, Nx Cloud does not receive {parameter}" in done.stderr
    assert "start_steps" in done.stderr


@pytest.mark.parametrize("start", ["own", "config"])
def test_other_starts_may_complete_explicitly(nx_job: NxJob, start: str) -> None:
    """`explicit_completion` is allowed, because dte/main completes the run."""
    nx_job.write(".nx/ci-config.yaml", "lifecycle: {heartbeat: false}")
    done = nx_job.run("start_ci_run", DTE_START=start, DTE_EXPLICIT_COMPLETION="1")
    assert done.returncode == 0


def test_not_connected_is_an_error(nx_job: NxJob) -> None:
    """Without a token the job fails and says what to set, although Nx would pass."""
    done = nx_job.run("start_ci_run", DTE_TARGETS="build", NX_CLOUD_ACCESS_TOKEN="")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "not connected to Nx Cloud: no token is set" in done.stderr
    assert "set NX_CLOUD_ACCESS_TOKEN" in done.stderr
    assert nx_job.read_exported() == {}


def test_not_connected_runs_without_agents(nx_job: NxJob) -> None:
    """With `run_without_agents`, no run starts and later steps receive the mode."""
    done = nx_job.run(
        "start_ci_run",
        DTE_TARGETS="build",
        NX_CLOUD_ACCESS_TOKEN="",
        DTE_WHEN_NOT_CONNECTED="run_without_agents",
    )
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert nx_job.read_exported() == {
        "DTE_MODE": "without_agents",
        "DTE_NX_ROOT": str(nx_job.checkout),
        "DTE_NX_RUNNER": "npx",
    }
    assert "runs all tasks itself" in done.stderr


@pytest.mark.slow
def test_a_failed_download_of_the_client_is_retried(nx_job: NxJob) -> None:
    """Two failed downloads of the Nx Cloud client do not fail the start."""
    for call in (1, 2):
        nx_job.answer(call, f"echo '{NO_CLIENT}'; exit 1")
    nx_job.answer(3, "echo started")
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert (done.returncode, len(nx_job.read_calls())) == (0, 3)
    assert "started" in done.stdout


def test_any_other_failure_is_not_retried(nx_job: NxJob) -> None:
    """If Nx Cloud refuses the token, the step fails at once with the same status."""
    nx_job.answer(1, "echo 'Invalid token'; exit 7")
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert (done.returncode, len(nx_job.read_calls())) == (7, 1)


def test_a_process_left_running_is_not_waited_for(nx_job: NxJob) -> None:
    """The heartbeat of Nx Cloud may keep the output open; the step still ends."""
    nx_job.answer(1, 'sleep 300 & echo "$!" >"$0.pid"; echo started')
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    heartbeat = find_child(nx_job.bin / "npx")
    assert heartbeat.status() != psutil.STATUS_ZOMBIE
    heartbeat.kill()
    assert done.returncode == 0
    assert "started" in done.stdout


def test_without_nx_nothing_starts(nx_job: NxJob, tmp_path: Path) -> None:
    """If Nx is not installed, the message names the parameters that fix it."""
    (nx_job.checkout / "node_modules" / ".bin" / "nx").unlink()
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert done.returncode == 1
    assert "nx is not installed" in done.stderr
    assert "`package_manager`" in done.stderr
    assert "`working_directory`" in done.stderr


def test_no_target_is_a_usage_error(nx_job: NxJob) -> None:
    """A run without a target is a usage error."""
    assert nx_job.run("start_ci_run", DTE_TARGETS=" , ").returncode == 2


def test_no_name_is_run_as_code(nx_job: NxJob) -> None:
    """Only plain words reach BASH_ENV; anything else is refused or left out."""
    done = nx_job.run(
        "start_ci_run", DTE_TARGETS="build", DTE_EXECUTION_ENVIRONMENT="$(touch x)"
    )
    assert done.returncode == 2
    done = nx_job.run("start_ci_run", DTE_TARGETS="build", DTE_NX_BRANCH="a`touch x`")
    assert done.returncode == 0
    assert "NX_BRANCH" not in nx_job.read_exported()
    assert "warning: nx_branch" in done.stderr
