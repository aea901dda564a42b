"""What the set-up says on a machine that lacks something."""

from pathlib import Path

import pytest

from tests.tooling.machines import make_machine, write_command


def test_a_machine_without_python_gets_the_command_to_install_it(
    tmp_path: Path,
) -> None:
    """No Python at all: exit 2, and the package to install by name."""
    done = make_machine(tmp_path, python=None).set_up()
    assert done.returncode == 2
    assert "no Python 3.11 or newer" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    """A `python3` that is older than 3.11 is not used, and the error says so."""
    machine = make_machine(tmp_path, python=None)
    write_command(machine.commands / "python3", "exit 1")
    done = machine.set_up()
    assert done.returncode == 2
    assert "no Python 3.11 or newer" in done.stderr


def test_a_python_without_its_venv_module_gets_the_missing_package(
    tmp_path: Path,
) -> None:
    """Debian's Python without python3-venv: the error names that package."""
    machine = make_machine(tmp_path)
    (machine.copy / "venv.py").write_text(
        "raise SystemExit('ensurepip is not available')\n"
    )
    done = machine.set_up()
    assert done.returncode == 2
    assert "could not make a virtual environment" in done.stderr
    assert "ensurepip is not available" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_stage_is_named(tmp_path: Path) -> None:
    """A stage that does not exist is an error that lists those that do."""
    done = make_machine(tmp_path).set_up("cirleci")
    assert done.returncode == 2
    assert "'cirleci'" in done.stderr
    assert "circleci" in done.stderr


@pytest.mark.slow
def test_a_network_that_is_down_is_named_without_a_traceback(tmp_path: Path) -> None:
    """A package index that does not answer: what to check, and that a retry is safe."""
    machine = make_machine(tmp_path)
    done = machine.set_up(
        PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0", PIP_FIND_LINKS=""
    )
    assert done.returncode == 2
    assert "pip could not install the Python packages" in done.stderr
    assert "Check the network" in done.stderr
    assert "Traceback" not in done.stderr
