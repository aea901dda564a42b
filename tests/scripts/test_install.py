"""The install step runs the command in the parameter, or nothing."""

from tests.scripts.nx_job import NxJob


def test_the_command_runs_in_the_checkout(nx_job: NxJob) -> None:
    """The command is split into words like a shell command, without expansion."""
    done = nx_job.run("install", DTE_INSTALL="npx 'a b' $HOME")
    assert done.returncode == 0
    assert nx_job.read_calls() == [["a b", "$HOME"]]
    assert nx_job.read_environment()["PWD"] == str(nx_job.checkout)


def test_an_empty_command_installs_nothing(nx_job: NxJob) -> None:
    """An empty parameter is not an error."""
    done = nx_job.run("install", DTE_INSTALL="")
    assert (done.returncode, nx_job.read_calls()) == (0, [])


def test_an_idle_agent_installs_nothing(nx_job: NxJob) -> None:
    """An agent without tasks in a partial rerun installs no packages."""
    done = nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="idle")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="without_agents")
    assert nx_job.read_calls() == [["ci"]]


def test_a_missing_command_is_named(nx_job: NxJob) -> None:
    """The error names a package manager that the image lacks."""
    done = nx_job.run("install", DTE_INSTALL="no-such-manager install")
    assert done.returncode == 1
    assert "no-such-manager can't be started" in done.stderr
