"""The set-up on a bare machine, which has Python, bash and git, but no Node."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.tooling.machines import Machine, listing, make_machine, write_command
from tools.bootstrap.golang import HASH, download, go_environment
from tools.bootstrap.uv import translate
from tools.failures import ToolError


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A bare machine, which this module's slow tests use one after another."""
    return make_machine(tmp_path_factory.mktemp("machine"))


def start_and_kill(machine: Machine) -> None:
    """Start the set-up and kill it while the environment is incomplete."""
    with subprocess.Popen(
        machine.command, env=machine.environment(), stderr=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 120
        while not list(machine.copy.glob(".venv/lib/python3*/site-packages/uv")):
            assert running.poll() is None, "the set-up ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)


@pytest.mark.slow
def test_the_next_set_up_repairs_an_interrupted_one(bare: Machine) -> None:
    """If a set-up is killed during the install, the next set-up works and leaves the
    home directory empty."""
    before = listing(bare.home)
    start_and_kill(bare)
    assert not (bare.copy / ".venv" / ".set-up").exists()
    done = bare.set_up()
    assert done.returncode == 0, done.stderr
    imports = "import dte, werkzeug, hypothesis, requests, rich, yaml"
    python = bare.copy / ".venv/bin/python"
    subprocess.run([python, "-c", imports], cwd=bare.home, check=True)
    assert listing(bare.home) == before


@pytest.mark.slow
def test_node_comes_from_the_package_index(bare: Machine) -> None:
    """Node, npm and npx run on a machine without Node; the home stays empty."""
    before = listing(bare.home)
    path = f"{bare.copy / '.venv' / 'bin'}:{bare.commands}"
    for name, starts in {"node": "v24.", "npm": "11.", "npx": "11."}.items():
        done = subprocess.run(
            [name, "--version"],
            env=bare.environment(PATH=path, npm_config_cache=str(bare.copy / ".cache")),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(starts)
    assert listing(bare.home) == before


@pytest.mark.slow
def test_a_second_set_up_does_nothing(bare: Machine) -> None:
    """A second set-up changes no file's size or time."""
    before = listing(bare.copy / ".venv")
    done = bare.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert listing(bare.copy / ".venv") == before


@pytest.mark.slow
def test_a_moved_folder_gets_a_new_environment(bare: Machine, tmp_path: Path) -> None:
    """After the folder was moved, the set-up makes a new virtual environment there."""
    moved = Machine(tmp_path / "elsewhere", bare.commands, bare.home)
    bare.copy.rename(moved.copy)
    assert moved.set_up().returncode == 0
    shebang = (moved.copy / ".venv/bin/pytest").read_text().splitlines()[0]
    assert str(moved.copy) in shebang


@pytest.mark.parametrize("python", ["", "exit 1"], ids=["none", "too old"])
def test_a_machine_without_a_new_enough_python_gets_the_install_command(
    python: str, tmp_path: Path
) -> None:
    """Without Python 3.11, the exit status is 2 and the error says what to install."""
    machine = make_machine(tmp_path, python=None)
    if python:
        write_command(machine.commands / "python3", python)
    done = machine.set_up()
    assert done.returncode == 2
    assert "no Python 3.11 or newer" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_a_python_without_venv_gets_the_missing_package(tmp_path: Path) -> None:
    """On Debian's Python without python3-venv, the error names that package."""
    machine = make_machine(tmp_path)
    broken = "raise SystemExit('ensurepip is not available')\n"
    (machine.copy / "venv.py").write_text(broken)
    done = machine.set_up()
    assert done.returncode == 2
    assert "could not make a virtual environment" in done.stderr
    assert "ensurepip is not available" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_index_that_does_not_respond_is_an_error_without_a_traceback(
    tmp_path: Path,
) -> None:
    """If the package index does not respond, the error says to check the network."""
    dead = "http://127.0.0.1:9/simple"
    done = make_machine(tmp_path).set_up(
        PIP_INDEX_URL=dead, PIP_RETRIES="0", PIP_FIND_LINKS=""
    )
    assert done.returncode == 2
    assert "could not install" in done.stderr
    assert "Check the network" in done.stderr
    assert "Traceback" not in done.stderr


def test_uv_gets_the_mirror_that_pip_uses(tmp_path: Path) -> None:
    """Each setting of pip becomes a variable of uv, except a folder that doesn't exist;
    settings of `pip install` take precedence over global settings."""
    printed = (
        "global.index-url='https://mirror.example/simple'\n"
        ":env:.cert='/certificates.pem'\n"
        f":env:.find-links='{tmp_path} /no/such/folder https://wheels.example'\n"
        "global.timeout='10'\ninstall.timeout='20'\nglobal.unknown='x'\n"
    )
    assert translate(printed, {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "SSL_CERT_FILE": "/certificates.pem",
        "UV_FIND_LINKS": f"{tmp_path},https://wheels.example",
        "UV_HTTP_TIMEOUT": "20",
    }


def test_variables_of_uv_take_precedence_over_settings_of_pip() -> None:
    """A setting of pip does not replace a variable of uv that the user set."""
    printed = "global.index-url='https://mirror.example/simple'\n"
    assert translate(printed, {"UV_DEFAULT_INDEX": "https://own.example"}) == {}


@pytest.mark.parametrize("answer", [HASH, "h1:another"], ids=["pinned", "other"])
def test_only_the_pinned_source_of_the_cli_is_built(
    answer: str, tmp_path: Path
) -> None:
    """A source without the pinned hash is refused, and the error shows both hashes."""
    printed = json.dumps({"Sum": answer, "Dir": "/source"})
    write_command(tmp_path / "go", f"echo '{printed}'")
    if answer == HASH:
        assert download(tmp_path / "go") == Path("/source")
    else:
        with pytest.raises(ToolError, match=re.escape(f"{answer}, not {HASH}")):
            download(tmp_path / "go")


def test_go_writes_into_the_repository_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each folder that Go writes to is in the repository; the user's settings, such as
    a GOPROXY from `go env -w`, are still read."""
    monkeypatch.delenv("GOENV", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user" / "settings"))
    written = go_environment(tmp_path / "copy")
    for name in ("GOPATH", "GOMODCACHE", "GOCACHE", "HOME", "XDG_CONFIG_HOME"):
        assert Path(written[name]).is_relative_to(tmp_path / "copy")
    assert Path(written["GOENV"]).is_relative_to(tmp_path / "user")
