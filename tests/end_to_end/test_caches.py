"""The install command's cache, rehearsed with CircleCI's cache steps."""

from pathlib import Path

import pytest

from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.test_nx_commands import ORBS
from tests.git import git, make_repository
from tests.scripts.step_job import Job

pytestmark = pytest.mark.slow

# This command prints the restored files, and then downloads one more package.
INSTALL = """
find "${npm_config_store_dir:-none}" -type f -printf 'found %f\\n'
mkdir -p "$npm_config_store_dir"
touch "$npm_config_store_dir/$(cat pnpm-lock.yaml)"
"""
CONFIG = """
version: 2.1
orbs: {dte: your-namespace/dte@1.0.0}
jobs:
  one: &job
    docker: [{image: cimg/node:lts}]
    steps:
      - dte/rerun_guard
      - checkout
      - dte/install: {package_manager: pnpm, install: bash install.sh}
  two:
    <<: *job
    steps:
      - dte/rerun_guard
      - checkout
      - run: {name: Add a package, command: echo b >pnpm-lock.yaml}
      - dte/install:
          package_manager: pnpm
          install: bash install.sh
          cache_version: VERSION
workflows:
  build:
    jobs:
      - dte/attempt
      - one: {requires: [dte/attempt]}
      - two: {requires: [one]}
"""


def rehearse_installs(tmp_path: Path, version: str = "v1", *then: str) -> Rehearsed:
    """Rehearse two jobs, of which the second changes the lock file."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "install.sh").write_text(INSTALL)
    (project / "pnpm-lock.yaml").write_text("a")
    git(make_repository(project), "branch", "other")
    text = CONFIG.replace("VERSION", version)
    return rehearse_text(tmp_path, text, orbs=ORBS, then=then)


def find_restored(done: Rehearsed, job: str, run: int = 1) -> list[str]:
    """Return the restored files that the job's install command found."""
    return [line[6:] for line in done.lines(job, run) if line.startswith("found ")]


def test_a_job_finds_the_downloads_of_the_jobs_before_it(tmp_path: Path) -> None:
    """A new lock file restores the newest cache, and a known one restores its own."""
    done = rehearse_installs(tmp_path, "v1", "rerun-from-start")
    assert done.statuses() == {
        "dte/attempt": "success",
        "one": "success",
        "two": "success",
    }
    assert find_restored(done, "one") == []
    assert find_restored(done, "two") == ["a"]
    assert find_restored(done, "one", 2) == ["a"]
    assert sorted(find_restored(done, "two", 2)) == ["a", "b"]


def test_another_cache_version_starts_empty(tmp_path: Path) -> None:
    """The value of `cache_version` separates the caches."""
    assert find_restored(rehearse_installs(tmp_path, "v2"), "two") == []


def test_branches_have_caches_of_their_own(tmp_path: Path) -> None:
    """With the branch in `cache_version`, another branch starts with no cache."""
    version = '"v1-{{ .Branch }}"'
    done = rehearse_installs(tmp_path, version, "push:other", "rerun-from-start")
    assert find_restored(done, "two", 1) == []
    assert find_restored(done, "two", 2) == []
    assert sorted(find_restored(done, "two", 3)) == ["b"]


@pytest.mark.parametrize("interpreter", [("bash",), ("/bin/sh",)])
def test_the_key_follows_the_lock_files(
    tmp_path: Path, interpreter: tuple[str, ...]
) -> None:
    """`~/.dte-lock` changes with a lock file; the step that writes it never fails."""
    job = Job(tmp_path)
    seen = set()
    for name, text in (
        ("README.md", "none"),
        ("yarn.lock", "a"),
        ("yarn.lock", "b"),
        ("bun.lockb", "\0"),
        ("README.md", "other"),
    ):
        (job.checkout / name).write_text(text)
        done = job.run("find_lock_file", interpreter=interpreter)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        seen.add((job.home / ".dte-lock").read_text())
    assert len(seen) == 4
