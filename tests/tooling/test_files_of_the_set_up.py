"""The files that say what is installed and what make can do agree with each other."""

import re
import subprocess
import tomllib

import pytest

from tests.tooling.repository import ROOT, repository_files


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_names(file: str) -> set[str]:
    """The names in one of the lock files."""
    lines = (ROOT / "tools" / "requirements" / file).read_text().splitlines()
    return {normal(line.split("==")[0]) for line in lines}


def test_every_package_that_we_ask_for_is_locked() -> None:
    """What pyproject.toml names stands in the lock file with a version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {normal(name) for name in asked} <= locked_names("python.txt")


@pytest.mark.parametrize("file", ["python.txt", "node.txt", "go.txt"])
def test_every_line_of_a_lock_file_is_one_exact_version(file: str) -> None:
    """No range, no address, no local path stands in a lock file."""
    for line in (ROOT / "tools" / "requirements" / file).read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)


def test_make_alone_lists_the_targets() -> None:
    """Each target that a person may type has its line in the help."""
    printed = subprocess.run(
        ["make", "-C", ROOT], capture_output=True, text=True, check=True
    ).stdout
    phony = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), re.M)
    listed = set(re.findall(r"^  make (\S+)", printed, re.M))
    assert listed == {name for name in phony if not name.startswith("setup-")}


def test_what_the_set_up_writes_is_not_part_of_the_repository() -> None:
    """The environment, the commands and the caches are ignored by git."""
    parts = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert parts.isdisjoint({".venv", ".tools", ".cache"})
