"""Installing: the words of the parameter, or nothing."""

from tests.scripts.nx_job import NxJob


def test_the_words_are_run_in_the_checkout(nx_job: NxJob) -> None:
    """The words are split as a shell splits them, and nothing in them is expanded."""
    done = nx_job.run("install", DTE_INSTALL="npx 'a b' $HOME")
    assert done.returncode == 0
    assert nx_job.read_calls() == [["a b", "$HOME"]]
    assert nx_job.read_environment()["PWD"] == str(nx_job.checkout)


def test_no_words_install_nothing(nx_job: NxJob) -> None:
    """An empty parameter is no error."""
    done = nx_job.run("install", DTE_INSTALL="")
    assert (done.returncode, nx_job.read_calls()) == (0, [])


def test_an_idle_agent_installs_nothing(nx_job: NxJob) -> None:
    """An agent that came back in a partial rerun for nothing costs no install."""
    done = nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="idle")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="without_agents")
    assert nx_job.read_calls() == [["ci"]]


def test_a_command_that_is_not_there(nx_job: NxJob) -> None:
    """A package manager that the image lacks is named."""
    done = nx_job.run("install", DTE_INSTALL="no-such-manager install")
    assert done.returncode == 1
    assert "no-such-manager can't be started" in done.stderr
