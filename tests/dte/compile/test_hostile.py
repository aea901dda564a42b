"""A hostile config or orb ends in a clear error, with limited time and memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.bench_hostile import compile_alone
from benchmarks.hostile_configs import ALL
from dte.errors import UserError
from dte.pack import pack_orb
from tests.configs import one_job
from tests.dte.compile.configs import compile_text, only_job

MEGABYTE = 1024 * 1024
LIMIT = 300
# On an idle machine, the slowest config takes about 12 times as long as `floor`, and
# the documented limit of 2 seconds is about 16 times `floor`.
MANY = 20


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The seconds of processor time for a config with one job on this machine."""
    path = tmp_path_factory.mktemp("floor") / "config.yml"
    path.write_text(one_job("checkout"))
    return min(compile_alone(path).seconds for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("write", ALL, ids=lambda write: write.__name__)
def test_a_config_that_expands(
    write: Callable[[], str], floor: float, tmp_path: Path
) -> None:
    """A config that expands too far is refused, within 300 MB and a bounded time.

    `make bench` prints the seconds, which are less than 2. A machine under load is
    slower, so the bound here is a multiple of the time for a config with one job.
    """
    path = tmp_path / "config.yml"
    path.write_text(write())
    done = compile_alone(path)
    assert f"{path}:" in done.error
    assert len(done.error) < 1000
    assert done.megabytes < LIMIT
    assert done.seconds < MANY * floor


@pytest.mark.parametrize("kind", ["device", "link", "pipe", "folder"])
def test_only_regular_files_are_read(kind: str, tmp_path: Path) -> None:
    """Devices, links to devices, named pipes and folders are refused at once."""
    path = tmp_path / "orb.yml"
    if kind == "device":
        path = Path("/dev/zero")
    elif kind == "link":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    config = "version: 2.1\norbs: {o: a/b@1}\nworkflows: {w: {jobs: [o/x]}}\n"
    with pytest.raises(UserError, match=r"regular file|no @orb\.yml"):
        compile_text(config, tmp_path, orbs={"a/b": path})


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """A file larger than the limit is refused before it is parsed."""
    path = tmp_path / "orb.yml"
    with path.open("wb") as file:
        file.truncate(3000 * MEGABYTE)
    config = "version: 2.1\norbs: {o: a/b@1}\nworkflows: {w: {jobs: [o/x]}}\n"
    with pytest.raises(UserError, match="larger than"):
        compile_text(config, tmp_path, orbs={"a/b": path})


def write_orb(folder: Path, command: str) -> Path:
    """Make an orb whose only command is `command`."""
    (folder / "commands").mkdir(parents=True)
    (folder / "@orb.yml").write_text("version: 2.1\n")
    (folder / "commands" / "x.yml").write_text(f"steps: [run: {command}]\n")
    return folder


def test_includes_stay_inside_the_repository(tmp_path: Path) -> None:
    """An include of a file outside the orb's repository is refused, even via a link."""
    (tmp_path / "secret.sh").write_text("secret")
    repository = tmp_path / "repository"
    orb = write_orb(repository / "src", "<< include(../../secret.sh) >>")
    with pytest.raises(UserError, match="outside the orb's repository"):
        pack_orb(orb)
    (repository / "inside.sh").write_text("echo inside")
    (orb / "commands" / "x.yml").write_text("steps: [run: << include(link.sh) >>]\n")
    (orb / "link.sh").symlink_to(tmp_path / "secret.sh")
    with pytest.raises(UserError, match="outside the orb's repository"):
        pack_orb(orb)
    (orb / "link.sh").unlink()
    (orb / "link.sh").symlink_to(repository / "inside.sh")
    assert pack_orb(orb)["commands"]["x"]["steps"][0]["run"] == "echo inside"


def test_source_files_stay_inside_the_repository(tmp_path: Path) -> None:
    """A link from an orb's folder to a file elsewhere is refused."""
    orb = write_orb(tmp_path / "repository" / "src", "x")
    (tmp_path / "outside.yml").write_text("steps: [run: outside]\n")
    (orb / "commands" / "y.yml").symlink_to(tmp_path / "outside.yml")
    with pytest.raises(UserError, match="outside the orb's repository"):
        pack_orb(orb)


def test_the_root_of_a_git_repository_bounds_includes(tmp_path: Path) -> None:
    """An include may go up to the root of the git repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "script.sh").write_text("echo up")
    orb = write_orb(tmp_path / "a" / "b", "<< include(../../script.sh) >>")
    assert pack_orb(orb)["commands"]["x"]["steps"][0]["run"] == "echo up"


PASSED = """
version: 2.1
commands:
  twice:
    parameters: {work: {type: steps}}
    steps:
      - steps: << parameters.work >>
      - steps: << parameters.work >>
jobs:
  a:
    machine: true
    steps:
      - twice: {work: [twice: {work: [run: x]}]}
workflows: {w: {jobs: [a]}}
"""


def test_steps_passed_to_a_command_may_call_it(tmp_path: Path) -> None:
    """Steps that are passed to a command may call it: that is not a cycle."""
    assert len(only_job(compile_text(PASSED, tmp_path)).steps) == 4


def test_a_default_that_calls_its_own_command_is_a_circle(tmp_path: Path) -> None:
    """A command whose default steps call it is refused."""
    text = PASSED.replace("{type: steps}", "{type: steps, default: [twice]}")
    text = text.replace("- twice: {work: [twice: {work: [run: x]}]}", "- twice")
    with pytest.raises(UserError, match="calls itself"):
        compile_text(text, tmp_path)
