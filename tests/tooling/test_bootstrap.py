"""The set-up on a bare machine: Python, bash and git, and no Node."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.tooling.machines import Machine, listing, make_machine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A bare machine, shared by this module's tests in their order."""
    return make_machine(tmp_path_factory.mktemp("machine"))


def start_and_kill(machine: Machine) -> None:
    """Start the set-up and kill it when the environment is half made."""
    with subprocess.Popen(
        machine.command(), env=machine.environment(), stderr=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 120
        while not list(machine.copy.glob(".venv/lib/python3*/site-packages/yaml")):
            assert running.poll() is None, "the set-up ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)


def test_an_interrupted_set_up_is_repaired_by_the_next(bare: Machine) -> None:
    """Killed while pip installs, it ends well the next time, and outside its folder
    nothing has changed: the home is as empty as before."""
    before = listing(bare.home)
    start_and_kill(bare)
    assert not (bare.copy / ".venv" / ".set-up").exists()
    done = bare.set_up()
    assert done.returncode == 0, done.stderr
    imports = "import flask, hypothesis, requests, rich, yaml"
    subprocess.run([bare.copy / ".venv/bin/python", "-c", imports], check=True)
    assert listing(bare.home) == before


def test_node_comes_from_the_package_index(bare: Machine) -> None:
    """Node, npm and npx run on a machine that has none, without touching its home."""
    before = listing(bare.home)
    commands = bare.copy / ".tools" / "bin"
    path = f"{commands}:{bare.commands}"
    for name, starts in {"node": "v24.", "npm": "11.", "npx": "11."}.items():
        said = subprocess.run(
            [name, "--version"],
            env=bare.environment(PATH=path, npm_config_cache=str(bare.copy / ".cache")),
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.startswith(starts)
    assert listing(bare.home) == before


def test_a_second_set_up_does_nothing(bare: Machine) -> None:
    """Everything that is there stays as it is, to the byte and the minute."""
    places = [bare.copy / ".venv", bare.copy / ".tools"]
    before = [listing(place) for place in places]
    done = bare.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert [listing(place) for place in places] == before


def test_a_moved_folder_gets_a_new_environment(bare: Machine, tmp_path: Path) -> None:
    """A virtual environment names its own path, so a moved one is made anew."""
    moved = Machine(tmp_path / "elsewhere", bare.commands, bare.home)
    bare.copy.rename(moved.copy)
    assert moved.set_up().returncode == 0
    shebang = (moved.copy / ".venv/bin/pytest").read_text().splitlines()[0]
    assert str(moved.copy) in shebang
