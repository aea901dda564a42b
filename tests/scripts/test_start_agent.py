"""An agent: its name, its timeout, and when it passes without running tasks."""

import shlex

import pytest

from tests.scripts.nx_job import NxJob

NO_CLIENT = "No existing Nx Cloud client and failed to download new version"


@pytest.mark.parametrize(
    ("ordinal", "index", "total", "pool", "name"),
    [
        ("3", "0", "1", "", "agent-3"),
        ("0", "0", "1", "", "agent-0"),
        ("0", "2", "4", "", "agent-0-2"),
        ("2", "1", "3", "", "agent-2-1"),
        ("1", "0", "1", "large", "large-1"),
        ("0", "1", "2", "large", "large-0-1"),
        ("", "", "", "", "agent-0"),
    ],
)
def test_the_name_of_an_agent(
    nx_job: NxJob, ordinal: str, index: str, total: str, pool: str, name: str
) -> None:
    """The pool, the ordinal and the node of a parallel job make the name unique."""
    nx_job.run(
        "start_agent",
        DTE_ORDINAL=ordinal,
        CIRCLE_NODE_INDEX=index,
        CIRCLE_NODE_TOTAL=total,
        DTE_LAUNCH_TEMPLATE=pool,
    )
    assert nx_job.read_environment()["NX_AGENT_NAME"] == name
    assert nx_job.read_environment().get("NX_AGENT_LAUNCH_TEMPLATE", "") == pool
    assert nx_job.read_exported()["NX_AGENT_NAME"] == name


@pytest.mark.parametrize(
    ("ordinals", "total"),
    [((0, 1, 2), 1), ((1, 2, 3), 1), ((0,), 3), ((0, 1), 2), ((1, 2), 2)],
    ids=["from 0", "from 1", "parallelism", "both from 0", "both from 1"],
)
def test_no_two_agents_of_a_run_share_a_name(
    nx_job: NxJob, ordinals: tuple[int, ...], total: int
) -> None:
    """A matrix, parallelism, and both together give unique names."""
    names: list[str] = []
    for ordinal in ordinals:
        for index in range(total):
            nx_job.run(
                "start_agent",
                DTE_ORDINAL=str(ordinal),
                CIRCLE_NODE_INDEX=str(index),
                CIRCLE_NODE_TOTAL=str(total),
            )
            names.append(nx_job.read_environment(len(names) + 1)["NX_AGENT_NAME"])
    assert len(set(names)) == len(ordinals) * total, names


def test_an_agent_gets_more_arguments(nx_job: NxJob) -> None:
    """`agent_arguments` is split like a shell command; nothing in it is expanded."""
    nx_job.run("start_agent", DTE_AGENT_ARGUMENTS="--targets='e2e-ci,a b' $HOME")
    assert nx_job.read_calls() == [
        ["nx-cloud", "start-agent", "--targets=e2e-ci,a b", "$HOME"]
    ]


def test_an_open_quote_in_the_arguments_is_a_usage_error(nx_job: NxJob) -> None:
    """Arguments that can't be split are refused before the agent starts."""
    done = nx_job.run("start_agent", DTE_AGENT_ARGUMENTS="--targets='lint")
    assert (done.returncode, nx_job.read_calls()) == (2, [])
    assert "DTE_AGENT_ARGUMENTS" in done.stderr


def test_an_agent_waits_for_half_an_hour(nx_job: NxJob) -> None:
    """By default an agent times out after 30 minutes without a task."""
    nx_job.run("start_agent", DTE_ORDINAL="1")
    assert nx_job.read_calls() == [["nx-cloud", "start-agent"]]
    assert nx_job.read_environment()["NX_CLOUD_AGENT_TIMEOUT_MS"] == "1800000"


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("90s", "90000"), ("10m", "600000"), ("1h", "3600000")]
)
def test_the_timeout_is_a_parameter(
    nx_job: NxJob, text: str, milliseconds: str
) -> None:
    """`agent_timeout` accepts hours, minutes and seconds."""
    nx_job.run("start_agent", DTE_AGENT_TIMEOUT=text)
    assert nx_job.read_environment()["NX_CLOUD_AGENT_TIMEOUT_MS"] == milliseconds


def test_the_user_s_timeout_takes_precedence(nx_job: NxJob) -> None:
    """NX_CLOUD_AGENT_TIMEOUT_MS takes precedence over the parameter."""
    nx_job.run("start_agent", DTE_AGENT_TIMEOUT="1h", NX_CLOUD_AGENT_TIMEOUT_MS="1500")
    assert nx_job.read_environment()["NX_CLOUD_AGENT_TIMEOUT_MS"] == "1500"


def test_the_message_names_the_timeout_that_applies(nx_job: NxJob) -> None:
    """If the user's variable applies, a failed agent's message names the variable."""
    nx_job.answer(1, "exit 1")
    done = nx_job.run("start_agent", NX_CLOUD_AGENT_TIMEOUT_MS="1500")
    assert "NX_CLOUD_AGENT_TIMEOUT_MS (1500) is shorter" in done.stderr
    assert "agent_timeout" not in done.stderr


@pytest.mark.parametrize("text", ["10", "0m", "m", "1.5h", "-1m", "10 minutes", "²m"])
def test_an_invalid_timeout_is_a_usage_error(nx_job: NxJob, text: str) -> None:
    """A timeout that isn't a positive whole number with a unit is a usage error."""
    done = nx_job.run("start_agent", DTE_AGENT_TIMEOUT=text)
    assert done.returncode == 2
    assert "for example 90s, 30m or 1h" in done.stderr


@pytest.mark.parametrize("name", ["DTE_ORDINAL", "CIRCLE_NODE_INDEX"])
def test_an_invalid_number_is_a_usage_error(nx_job: NxJob, name: str) -> None:
    """An ordinal or node index that is not a number is a usage error."""
    assert nx_job.run("start_agent", **{name: "one"}).returncode == 2


def test_not_connected_is_an_error(nx_job: NxJob) -> None:
    """An agent that is not connected to Nx Cloud fails before it waits."""
    done = nx_job.run("start_agent", NX_CLOUD_ACCESS_TOKEN="")
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert "when_not_connected: run_without_agents" in done.stderr


def test_not_connected_passes(nx_job: NxJob) -> None:
    """With `run_without_agents`, an agent that isn't connected passes with a notice."""
    done = nx_job.run(
        "start_agent",
        NX_CLOUD_ACCESS_TOKEN="",
        DTE_WHEN_NOT_CONNECTED="run_without_agents",
    )
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "this agent has nothing to do" in done.stderr
    assert nx_job.read_exported() == {"DTE_MODE": "idle"}


def test_an_idle_agent_needs_no_packages(nx_job: NxJob) -> None:
    """An idle agent in a partial rerun passes without Nx installed."""
    (nx_job.checkout / "node_modules" / ".bin" / "nx").unlink()
    done = nx_job.run("start_agent", DTE_MODE="idle")
    assert (done.returncode, nx_job.read_calls()) == (0, [])


@pytest.mark.parametrize(
    "text",
    [
        "Error while updating Nx Cloud client bundle",
        "unexpected end of file\nCannot run commands from the `nx-cloud` CLI.",
    ],
)
def test_a_failed_download_is_retried(nx_job: NxJob, text: str) -> None:
    """If the client's download fails or is incomplete, the agent tries again."""
    nx_job.answer(1, f"echo {shlex.quote(text)} >&2; exit 1")
    done = nx_job.run("start_agent")
    assert (done.returncode, len(nx_job.read_calls())) == (0, 2)


@pytest.mark.slow
def test_a_download_that_fails_three_times(nx_job: NxJob) -> None:
    """After the third failed download the agent fails with Nx's exit status."""
    for call in (1, 2, 3):
        nx_job.answer(call, f"echo '{NO_CLIENT}'; exit 1")
    done = nx_job.run("start_agent")
    assert (done.returncode, len(nx_job.read_calls())) == (1, 3)


def test_an_agent_that_ran_tasks_is_never_restarted(nx_job: NxJob) -> None:
    """If a download error follows the output of tasks, the agent isn't restarted."""
    nx_job.answer(1, f"seq 5000; echo '{NO_CLIENT}'; exit 1")
    done = nx_job.run("start_agent")
    assert (done.returncode, len(nx_job.read_calls())) == (1, 1)
    assert "agent_timeout (30m)" in done.stderr


def test_the_lock_of_a_killed_agent_is_removed_once(nx_job: NxJob) -> None:
    """If an earlier agent left its lock, the agent cleans up and starts once more."""
    nx_job.answer(1, "echo 'Duplicate Agent ID Detected'; exit 1")
    done = nx_job.run("start_agent")
    assert done.returncode == 0
    assert nx_job.read_calls() == [
        ["nx-cloud", "start-agent"],
        ["nx-cloud", "clean-up-agents"],
        ["nx-cloud", "start-agent"],
    ]
    assert "an earlier agent of this name left its lock file" in done.stderr


def test_two_live_agents_of_one_name_end_in_a_message(nx_job: NxJob) -> None:
    """If cleaning up does not help, the agent fails and names the cause."""
    for call in (1, 3):
        nx_job.answer(call, "echo 'Duplicate Agent ID Detected'; exit 1")
    done = nx_job.run("start_agent")
    assert (done.returncode, len(nx_job.read_calls())) == (1, 3)
    assert "Another agent with this name runs in the same folder" in done.stderr


@pytest.mark.parametrize(
    ("end", "status", "message"),
    [
        ("kill -9 $$", 137, "The agent was killed (SIGKILL)"),
        ("kill -15 $$", 143, "The agent was killed (SIGTERM)"),
        (
            "echo Distributed Execution Terminated; exit 1",
            1,
            "The run ended with an error, so the agents fail too",
        ),
        (
            "echo Distributed Execution Terminated; "
            "echo Agent was terminated via SIGTERM; exit 1",
            1,
            "Another agent of the run received a signal",
        ),
    ],
)
def test_the_message_names_why_an_agent_failed(
    nx_job: NxJob, end: str, status: int, message: str
) -> None:
    """A killed agent and a failed run are not called a timeout."""
    nx_job.answer(1, end)
    done = nx_job.run("start_agent")
    assert done.returncode == status
    assert message in done.stderr
    assert "timed out" not in done.stderr
