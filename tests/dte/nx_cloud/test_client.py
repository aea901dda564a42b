"""The client's commands, run as processes against the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.nx_cloud import Faults, NxCloud

from .counting_server import CountingServer
from .workspace import SECONDS, Workspace, find_heartbeats, make_workspace


@pytest.fixture
def main(tmp_path: Path, cloud: NxCloud) -> Workspace:
    """Return main's checkout in a workflow."""
    return make_workspace(tmp_path / "main", cloud, CIRCLE_WORKFLOW_ID="w1")


def test_start_ci_run_leaves_a_heartbeat(main: Workspace) -> None:
    """The command exits, and its heartbeat process continues until the run ends."""
    started = main.run("start-ci-run", "--stop-agents-after", "lint, test")
    assert (started.exit_code, started.stdout, started.stderr) == (0, "", "")
    [heartbeat] = find_heartbeats(main.folder)
    assert main.run("stop-all-agents").exit_code == 0
    heartbeat.wait(timeout=SECONDS)


def test_explicit_completion_leaves_no_heartbeat(main: Workspace) -> None:
    """With --require-explicit-completion there is no heartbeat."""
    assert main.run("start-ci-run", "--require-explicit-completion").exit_code == 0
    assert find_heartbeats(main.folder) == []


def test_a_heartbeat_ends_with_the_stand_in(tmp_path: Path) -> None:
    """When the rehearsal is over, no heartbeat is left."""
    with NxCloud(heartbeat_seconds=1) as cloud:
        main = make_workspace(tmp_path / "main", cloud, CIRCLE_WORKFLOW_ID="w1")
        main.run("start-ci-run")
        [heartbeat] = find_heartbeats(main.folder)
    heartbeat.wait(timeout=SECONDS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--distribute-on=8 linux-large"], 'a rehearsal supports only "manual"'),
        (["--assignment-rules=missing.yaml"], "no such file"),
    ],
)
def test_what_can_not_be_rehearsed_is_an_error(
    main: Workspace, words: list[str], message: str
) -> None:
    """An unsupported or invalid value is an error, and the run is not started."""
    finished = main.run("start-ci-run", *words)
    assert finished.exit_code == 1
    assert message in finished.stderr
    assert find_heartbeats(main.folder) == []


@pytest.mark.parametrize("word", ["--stop-agents-afer=e2e", "lint", "--fix-tasks=*"])
def test_an_unknown_argument_is_ignored_aloud(main: Workspace, word: str) -> None:
    """The stand-in names an unknown argument, which Nx Cloud ignores, and starts the
    run."""
    finished = main.run("start-ci-run", "--require-explicit-completion", word)
    assert (finished.exit_code, finished.stdout) == (0, "")
    assert f"the argument {word} is unknown and has no effect" in finished.stderr


def test_the_first_command_of_a_run_fixes_its_settings(main: Workspace) -> None:
    """After another nx command, start-ci-run's flags are ignored with a notice."""
    assert main.run("record", "--", "true").exit_code == 0
    late = main.run("start-ci-run", "--require-explicit-completion")
    assert late.exit_code == 0
    assert "the settings have no effect" in late.stderr
    [heartbeat] = find_heartbeats(main.folder)
    main.run("complete-ci-run")
    heartbeat.wait(timeout=SECONDS)


@pytest.mark.parametrize("name", ["ci-config.yaml", "ci-config.yml"])
def test_start_ci_run_refuses_a_configured_run(main: Workspace, name: str) -> None:
    """With a configuration file, start-ci-run fails and names start-nx-agents."""
    (main.folder / ".nx").mkdir()
    (main.folder / ".nx" / name).write_text("lifecycle: {stop-after: [lint]}\n")
    finished = main.run("start-ci-run", "--distribute-on=manual")
    assert finished.exit_code == 1
    assert "start-nx-agents" in finished.stderr


def test_start_nx_agents_takes_no_flags(main: Workspace) -> None:
    """start-nx-agents ignores flags with a notice: the file configures the run."""
    started = main.run("start-nx-agents", "--stop-agents-after=e")
    assert started.exit_code == 0
    assert "--stop-agents-after=e is unknown and has no effect" in started.stderr
    main.run("complete-ci-run")


@pytest.mark.parametrize("command", ["fix-ci", "upload-agent-metrics"])
def test_commands_without_meaning_here_say_so(main: Workspace, command: str) -> None:
    """Commands that only Nx Cloud's service supports print a notice and pass."""
    finished = main.run(command)
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert "in a rehearsal" in finished.stdout


@pytest.mark.parametrize("command", ["start-ci-run", "start-agent", "stop-all-agents"])
def test_without_a_run_there_is_nothing_to_do(
    tmp_path: Path, cloud: NxCloud, command: str
) -> None:
    """Outside CI, a command fails and names the variable that identifies the run."""
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
    """After its last retry, the command ends with 1 and the reason."""
    main.cloud.set_faults(Faults(unreachable=True))
    finished = main.run("start-ci-run")
    assert finished.exit_code == 1
    assert "Error when connecting to Nx Cloud. Code: " in finished.stderr


@pytest.mark.parametrize(
    ("environment", "tries"),
    [
        ({}, 2),
        ({"CI": "true"}, 11),
        ({"CI": "true", "NX_CLOUD_NUMBER_OF_RETRIES": "3"}, 4),
        ({"CI": "true", "NX_CLOUD_NUMBER_OF_RETRIES": "0"}, 1),
    ],
)
def test_a_request_is_repeated(
    main: Workspace, environment: dict[str, str], tries: int
) -> None:
    """A request is repeated ten times in CI, once elsewhere, or as a variable says."""
    with CountingServer() as server:
        environment = {**environment, "NX_CLOUD_API": server.url}
        finished = main.run("complete-ci-run", DTE_NX_CLOUD_SPEED="500", **environment)
    assert finished.exit_code == 1
    assert "Code: 500. Error: not today" in finished.stderr
    assert server.requests == tries


def test_a_refused_token_is_not_tried_again(main: Workspace) -> None:
    """A request is not repeated if its token was refused."""
    with CountingServer(status=401) as server:
        main.run("complete-ci-run", CI="true", NX_CLOUD_API=server.url)
    assert server.requests == 1


def test_a_number_of_retries_that_is_none(main: Workspace) -> None:
    """An invalid number of retries is refused, because the real client would never
    stop."""
    finished = main.run("complete-ci-run", NX_CLOUD_NUMBER_OF_RETRIES="few")
    assert finished.exit_code == 1
    assert "NX_CLOUD_NUMBER_OF_RETRIES=few is not a number" in finished.stderr


def test_record_runs_the_words_as_they_are(main: Workspace) -> None:
    """A recorded command runs without a shell, and its output and status are stored."""
    word = "$(touch pwned) `id` ; exit"
    script = 'echo out; echo err >&2; printf %s "$1"; exit 7'
    finished = main.run("record", "--", "sh", "-c", script, "sh", word)
    assert finished.exit_code == 7
    assert finished.stdout.startswith(f"out\n{word}")
    assert "Nx Cloud: Successfully recorded command output" in finished.stdout
    assert finished.stderr == "err\n"
    assert not (main.folder / "pwned").exists()
    [recorded] = main.cloud.recorded_commands()
    assert recorded.command == ("sh", "-c", script, "sh", word)
    assert recorded.exit_code == 7
    assert "out\n" in recorded.output
    assert "err\n" in recorded.output


def test_a_failed_recorded_command_completes_the_run(
    main: Workspace, tmp_path: Path
) -> None:
    """After a failed recorded command the agents end with success."""
    silent = main.run("record", "--", "true", NX_CLOUD_SILENT_RECORD="true")
    assert (silent.exit_code, silent.stdout) == (0, "")
    main.run("record", "--", "false")
    agent = make_workspace(tmp_path / "agent", main.cloud, CIRCLE_WORKFLOW_ID="w1")
    ended = agent.run("start-agent", NX_AGENT_NAME="a")
    assert ended.exit_code == 0
    assert "all agents were stopped" in ended.stdout


def test_record_without_words_is_an_error(main: Workspace) -> None:
    """`record` without a command is an error."""
    assert "Nothing to record" in main.run("record", "--").stderr


def test_recording_a_missing_command_fails(main: Workspace) -> None:
    """A command that does not exist ends with 1, and nothing is recorded."""
    finished = main.run("record", "--", "no-such-command")
    assert finished.exit_code == 1
    assert "spawn no-such-command ENOENT" in finished.stderr
    assert main.cloud.recorded_commands() == ()


@pytest.mark.parametrize(("signal", "code"), [("TERM", 143), ("KILL", 128)])
def test_recording_a_command_that_a_signal_ends(
    main: Workspace, signal: str, code: int
) -> None:
    """As with Nx, the exit code identifies SIGTERM, but not SIGKILL."""
    finished = main.run("record", "--", "sh", "-c", f"kill -{signal} $$")
    assert finished.exit_code == code
