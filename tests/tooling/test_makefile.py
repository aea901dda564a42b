"""The Makefile's targets, the lock file, and the folders that git ignores."""

import re
import subprocess
import tomllib

from tests.tooling.repository import ROOT, repository_files
from tools.places import LOCK

LOCKED = re.compile(r"([\w.-]+)==[\w.]+( ; (sys_platform|platform_\w+) [!=]= '\w+')?")


def normal(name: str) -> str:
    """Return a package's name in the form in which indexes compare names."""
    return re.sub(r"[-_.]+", "-", name.partition(";")[0].strip()).lower()


def test_every_package_that_pyproject_names_is_locked() -> None:
    """The lock file has a version for each dependency."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {normal(line.split("==")[0]) for line in LOCK.read_text().splitlines()}
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {normal(re.split(r"[<>=~!\[]", name)[0]) for name in named} <= locked


def test_every_line_of_the_lock_file_is_one_exact_version() -> None:
    """The lock file contains no range, address or local path."""
    lines = LOCK.read_text().splitlines()
    assert [line for line in lines if not LOCKED.fullmatch(line)] == []


def test_make_alone_lists_the_targets() -> None:
    """`make` alone prints a line for each target that a person may type."""
    printed = subprocess.run(
        ["make", "-C", ROOT], capture_output=True, text=True, check=True
    ).stdout
    phony = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), re.M)
    listed = set(re.findall(r"^  make (\S+)", printed, re.M))
    assert listed == {name for name in phony if not name.startswith("setup-")}


def test_make_test_passes_arguments_to_pytest() -> None:
    """`make test ARGS=…` appends these arguments to the pytest command."""
    command = ["make", "--dry-run", "test", "ARGS=-k one"]
    printed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"pytest .* -k one$", printed, re.MULTILINE)


def test_git_ignores_what_the_set_up_writes() -> None:
    """The environment, the commands and the caches are not part of the repository."""
    parts = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert parts.isdisjoint({".venv", ".tools", ".cache", "dist"})
