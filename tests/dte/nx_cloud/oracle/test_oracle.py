"""The stand-in's client ends as the last public full client of Nx Cloud does.

Each test puts both clients into the same situation and compares their exit codes, and a
message that both must print. Today's client, which Nx Cloud itself serves, may differ:
`docs/faults.md` lists what is unknown about it.
"""

from __future__ import annotations

import signal

import pytest

from ..counting_server import CountingServer
from ..real_job import Ended, wait
from .scripted_server import ScriptedServer
from .sides import BUILD, RealSide, Side, StandInSide, compare, run, start_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


NO_RETRIES = {"NX_CLOUD_NUMBER_OF_RETRIES": "0"}


def test_an_agent_at_the_end_of_the_run(sides: tuple[Side, Side]) -> None:
    """When a run is completed, its agents exit with 0."""

    def act(side: Side) -> Ended:
        side.end_run()
        return run(side, "start-agent")

    ended = compare(sides, act, "Starting an agent for running Nx tasks")
    assert ended.exit_code == 0


def test_an_agent_after_an_error(sides: tuple[Side, Side]) -> None:
    """A run that ended with an error fails its agents."""

    def act(side: Side) -> Ended:
        side.end_run("it broke")
        return run(side, "start-agent")

    message = "Distributed Execution Terminated\n\nError:\nit broke"
    assert compare(sides, act, message).exit_code == 1


def test_an_agent_without_tasks(sides: tuple[Side, Side]) -> None:
    """An agent without tasks exits with 1 at the first poll after its timeout."""

    def act(side: Side) -> Ended:
        return run(side, "start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="1")

    compare(sides, act, "No new messages received after 0.001 seconds")


def test_a_terminated_agent(sides: tuple[Side, Side]) -> None:
    """SIGTERM makes the agent end the run with an error, and exit with 1."""

    def act(side: Side) -> Ended:
        process = side.start("start-agent")
        side.wait_for_agent(process)
        process.send_signal(signal.SIGTERM)
        ended = wait(process)
        assert side.ended_with() == "Agent was terminated via SIGTERM"
        return ended

    assert compare(sides, act, "").exit_code == 1


def test_an_interrupted_agent(real: RealSide) -> None:
    """On SIGINT, Nx 19 ends the old client before the client can end the run."""
    process = real.start("start-agent")
    real.wait_for_agent(process)
    process.send_signal(signal.SIGINT)
    assert wait(process).exit_code == 130
    assert real.server.completions() == []


def test_two_agents_of_one_name(sides: tuple[Side, Side]) -> None:
    """In one folder the second agent is refused; after a kill the lock file stays."""

    def act(side: Side) -> Ended:
        first = side.start("start-agent")
        side.wait_for_agent(first)
        second = run(side, "start-agent")
        first.kill()
        wait(first)
        again = run(side, "start-agent")
        assert (again.exit_code, run(side, "clean-up-agents").exit_code) == (1, 0)
        side.end_run()
        assert run(side, "start-agent").exit_code == 0
        return second

    assert compare(sides, act, "Duplicate Agent ID Detected").exit_code == 1


def test_an_agent_whose_name_has_a_slash(sides: tuple[Side, Side]) -> None:
    """An agent whose name can't be a file name exits with 1."""

    def act(side: Side) -> Ended:
        return run(side, "start-agent", NX_AGENT_NAME="dte/agent")

    assert compare(sides, act, "dte/agent").exit_code == 1


def test_an_agent_with_targets(sides: tuple[Side, Side]) -> None:
    """Both clients print the targets to which an agent is limited."""

    def act(side: Side) -> Ended:
        side.end_run()
        return run(side, "start-agent", "--targets=build")

    message = "Starting an agent for running Nx target(s) [build]"
    compare(sides, act, message)


def test_an_agent_with_an_unknown_argument(sides: tuple[Side, Side]) -> None:
    """An unknown argument has no effect; only the stand-in's client names it."""

    def act(side: Side) -> Ended:
        side.end_run()
        ended = run(side, "start-agent", "--scheduling-constraints=big")
        named = "--scheduling-constraints=big is unknown" in ended.output
        assert named == isinstance(side, StandInSide)
        return ended

    compare(sides, act, "Starting an agent for running Nx tasks")


def test_a_disabled_workspace(real: RealSide) -> None:
    """The old client runs the tasks in main; today's fails (qauth-labs/qauth#219)."""
    real.server.enabled = False
    start_run(real)
    ended = run(real, *BUILD)
    assert ended.exit_code == 0
    assert "Nx Cloud: Workspace Disabled" in ended.output
    assert "Execution will now continue using this machine only." in ended.output


@pytest.mark.parametrize("words", [["sh", "-c", "echo no; exit 7"], ["false"]])
def test_a_failing_record(sides: tuple[Side, Side], words: list[str]) -> None:
    """`record` exits with the command's code and completes the run without an error."""

    def act(side: Side) -> Ended:
        ended = run(side, "record", "--", *words)
        assert side.ended_with() == ""
        agent = run(side, "start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="1")
        assert isinstance(side, RealSide) or agent.exit_code == 0
        return ended

    compare(sides, act, "Nx Cloud: Successfully recorded command output")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["true"], "Successfully recorded"),
        (["no-such-command"], "spawn no-such-command ENOENT"),
        (["sh", "-c", "kill -TERM $$"], "Successfully recorded"),
        (["sh", "-c", "kill -KILL $$"], "Successfully recorded"),
    ],
)
def test_a_record(sides: tuple[Side, Side], words: list[str], message: str) -> None:
    """Both clients exit with the same code, also for signals and missing commands."""
    compare(sides, lambda side: run(side, "record", "--", *words), message)


def test_a_start(sides: tuple[Side, Side]) -> None:
    """`start-ci-run` ignores unknown arguments; the stand-in prints a notice."""

    def act(side: Side) -> Ended:
        return run(side, "start-ci-run", "--stop-agents-after=build", "--unknown")

    assert compare(sides, act, "") == Ended(0, "")
    silent = run(sides[1], "start-ci-run", "--stop-agents-after=build")
    assert silent == Ended(0, "")


@pytest.mark.parametrize("command", ["start-ci-run", "start-agent", "stop-all-agents"])
def test_a_refused_connection(sides: tuple[Side, Side], command: str) -> None:
    """If nothing listens at the address, a command exits with 1 and the reason."""
    with ScriptedServer() as closed:
        address = closed.url
    message = (
        "Error when connecting to Nx Cloud. Code: ECONNREFUSED. "
        f"Error: connect ECONNREFUSED {address.removeprefix('http://')}"
    )

    def act(side: Side) -> Ended:
        return run(side, command, NX_CLOUD_API=address, **NO_RETRIES)

    assert compare(sides, act, message).exit_code == 1


@pytest.mark.parametrize(("status", "tries"), [(500, 2), (404, 2), (401, 1), (403, 1)])
def test_tries(sides: tuple[Side, Side], status: int, tries: int) -> None:
    """Every failed request is repeated, unless the token is refused."""

    def act(side: Side) -> Ended:
        with CountingServer(status) as server:
            one = {"NX_CLOUD_NUMBER_OF_RETRIES": "1", "NX_CLOUD_API": server.url}
            ended = run(side, "stop-all-agents", **one)
        assert server.requests == tries
        return ended

    compare(sides, act, f"Code: {status}. Error: not today")


def test_a_main_after_an_error(sides: tuple[Side, Side]) -> None:
    """A run that ended with an error fails main."""

    def act(side: Side) -> Ended:
        start_run(side)
        side.end_run("it broke")
        return run(side, *BUILD)

    message = "Distributed Execution Terminated\n\nError:\nit broke"
    assert compare(sides, act, message).exit_code == 1


def test_a_main_without_agents(sides: tuple[Side, Side]) -> None:
    """A main without finished tasks exits with 1 at the first poll after its
    timeout."""

    def act(side: Side) -> Ended:
        start_run(side)
        return run(side, *BUILD, NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS="1")

    message = "No new completed tasks after 0.001 seconds."
    assert compare(sides, act, message).exit_code == 1


def terminate_main(side: Side, number: signal.Signals) -> Ended:
    """Send a signal to a main that waits."""
    start_run(side)
    process = side.start(*BUILD)
    side.wait_for_main()
    process.send_signal(number)
    return wait(process)


def test_a_terminated_main(sides: tuple[Side, Side]) -> None:
    """SIGTERM makes main end the run with an error, and exit with 1."""

    def act(side: Side) -> Ended:
        ended = terminate_main(side, signal.SIGTERM)
        assert side.ended_with() == "Main job was terminated via SIGTERM"
        return ended

    assert compare(sides, act, "").exit_code == 1


def test_an_interrupted_main(sides: tuple[Side, Side]) -> None:
    """With this version of Nx, Nx's own SIGINT handler ends main with status 130."""
    ended = compare(sides, lambda side: terminate_main(side, signal.SIGINT), "")
    assert ended.exit_code == 130
