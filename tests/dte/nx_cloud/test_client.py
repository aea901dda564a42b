"""The client's commands, run as processes against the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.nx_cloud import Faults, NxCloud

from .workspace import Workspace, find_heartbeats, make_workspace


@pytest.fixture
def main(tmp_path: Path, cloud: NxCloud) -> Workspace:
    """Return main's checkout in a workflow."""
    return make_workspace(tmp_path / "main", cloud, CIRCLE_WORKFLOW_ID="w1")


def test_start_ci_run_leaves_a_heartbeat(main: Workspace) -> None:
    """The command ends, and a process of it goes on pinging until the run ends."""
    started = main.run("start-ci-run", "--stop-agents-after", "lint, test")
    assert started.exit_code == 0
    assert "Agents end after: lint, test" in started.stdout
    [heartbeat] = find_heartbeats(main.folder)
    assert main.run("stop-all-agents").exit_code == 0
    heartbeat.wait(timeout=10)


def test_explicit_completion_leaves_no_heartbeat(main: Workspace) -> None:
    """With --require-explicit-completion there is nothing to ping."""
    assert main.run("start-ci-run", "--require-explicit-completion").exit_code == 0
    assert find_heartbeats(main.folder) == []


def test_a_heartbeat_ends_with_the_stand_in(tmp_path: Path) -> None:
    """When the rehearsal is over, no heartbeat is left."""
    with NxCloud(heartbeat_seconds=1) as cloud:
        main = make_workspace(tmp_path / "main", cloud, CIRCLE_WORKFLOW_ID="w1")
        main.run("start-ci-run")
        [heartbeat] = find_heartbeats(main.folder)
    heartbeat.wait(timeout=15)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--distribute-on=8 linux-large"], 'only "manual" can be rehearsed'),
        (["--stop-agents-afer=e2e"], "Unknown argument: --stop-agents-afer=e2e"),
        (["lint"], "Unknown argument: lint"),
        (["--stop-agents-after"], "--stop-agents-after needs a value"),
        (["--require-explicit-completion=maybe"], "true or false, not maybe"),
        (["--assignment-rules=missing.yaml"], "no such file"),
        (["--fix-tasks=*:lint"], "Unknown argument: --fix-tasks=*:lint"),
    ],
)
def test_a_flag_that_makes_no_sense_is_an_error(
    main: Workspace, words: list[str], message: str
) -> None:
    """The message shows the word, and the run is not started."""
    finished = main.run("start-ci-run", *words)
    assert finished.exit_code == 1
    assert message in finished.stderr
    assert find_heartbeats(main.folder) == []


def test_agents_that_a_failure_does_not_stop(main: Workspace) -> None:
    """--stop-agents-on-failure=false is taken; the default's words are not silent."""
    quiet = main.run("start-ci-run", "--stop-agents-on-failure=false")
    assert (quiet.exit_code, "does not stop" in quiet.stdout) == (0, False)
    told = main.run("start-ci-run", "--stop-agents-on-failure")
    assert "does not stop the agents in a rehearsal" in told.stdout
    main.run("stop-all-agents")


@pytest.mark.parametrize("name", ["ci-config.yaml", "ci-config.yml"])
def test_start_ci_run_refuses_a_configured_run(main: Workspace, name: str) -> None:
    """Where a configuration file is, start-ci-run points to the other command."""
    (main.folder / ".nx").mkdir()
    (main.folder / ".nx" / name).write_text("lifecycle: {stop-after: [lint]}\n")
    finished = main.run("start-ci-run", "--distribute-on=manual")
    assert finished.exit_code == 1
    assert "start-nx-agents" in finished.stderr


def test_start_nx_agents_takes_no_flags(main: Workspace) -> None:
    """Everything about such a run is in its file."""
    assert main.run("start-nx-agents", "--stop-agents-after=e").exit_code == 1
    assert main.run("start-nx-agents").exit_code == 0


@pytest.mark.parametrize("command", ["fix-ci", "upload-agent-metrics"])
def test_commands_without_meaning_here_say_so(main: Workspace, command: str) -> None:
    """What only Nx Cloud's service can do is named, and fails nothing."""
    finished = main.run(command)
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert "in a rehearsal" in finished.stdout


@pytest.mark.parametrize("command", ["start-ci-run", "start-agent", "stop-all-agents"])
def test_without_a_run_there_is_nothing_to_do(
    tmp_path: Path, cloud: NxCloud, command: str
) -> None:
    """Outside CI the commands say which variable would tell the run."""
    finished = make_workspace(tmp_path / "desk", cloud).run(command)
    assert finished.exit_code == 1
    assert "NX_CI_EXECUTION_ID" in finished.stderr


@pytest.mark.parametrize(
    "command", ["start-ci-run", "start-nx-agents", "start-agent", "complete-ci-run"]
)
def test_a_wrong_token_is_a_clear_error(main: Workspace, command: str) -> None:
    """A refused token ends the command with 1 and names the variable."""
    finished = main.run(command, NX_CLOUD_ACCESS_TOKEN="wrong", NX_AGENT_NAME="a")
    assert finished.exit_code == 1
    assert "Check NX_CLOUD_ACCESS_TOKEN" in finished.stderr
    assert "    at " not in finished.stderr


def test_an_unreachable_nx_cloud_is_a_clear_error(main: Workspace) -> None:
    """After some tries the command ends with 1 and the address."""
    main.cloud.set_faults(Faults(unreachable=True))
    finished = main.run("start-ci-run")
    assert finished.exit_code == 1
    assert f"{main.cloud.url} can't be reached" in finished.stderr


def test_record_runs_the_words_as_they_are(main: Workspace) -> None:
    """No shell looks at a recorded command, and its output and status are kept."""
    word = "$(touch pwned) `id` ; exit"
    script = 'echo out; echo err >&2; printf %s "$1"; exit 7'
    finished = main.run("record", "--", "sh", "-c", script, "sh", word)
    assert finished.exit_code == 7
    assert finished.stdout == f"out\n{word}"
    assert finished.stderr == "err\n"
    assert not (main.folder / "pwned").exists()
    [recorded] = main.cloud.recorded_commands()
    assert recorded.command == ("sh", "-c", script, "sh", word)
    assert recorded.exit_code == 7
    assert "out\n" in recorded.output
    assert "err\n" in recorded.output


def test_record_without_words_is_an_error(main: Workspace) -> None:
    """There must be something to record."""
    assert "Nothing to record" in main.run("record", "--").stderr


def test_recording_a_missing_command_fails(main: Workspace) -> None:
    """A command that does not exist ends as a shell would end it."""
    assert main.run("record", "--", "no-such-command").exit_code == 127
