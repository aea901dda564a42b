"""Whatever the parameters are, main never passes if tasks were due but none ran."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.modules import load_script

from failures import Refusal  # isort: skip
from streamed_run import Finished  # isort: skip

TARGETS = ("lint", "test", "build", "e2e-ci")
ARGUMENTS = (
    *(
        "--help",
        "-h",
        "--version",
        "--graph",
        "--graph=stdout",
        "--print",
        "-t nothing",
    ),
    *("--targets=nothing", "--files=none.txt", "--exclude=*", "--exclude=shop"),
    *("--base=HEAD", "--skip-nx-cache", "--no-cloud", "--verbose", "-- --help"),
)
TYPED = st.sampled_from([*TARGETS, "lnit", "--help", "tset", "nothing", "LINT"])
PROJECTS = st.dictionaries(
    st.sampled_from(["shop", "money", "docs", "*"]),
    st.sets(st.sampled_from(TARGETS)),
    max_size=4,
)


# Nx's output after it ran tasks and after it ran none: of Nx 19 and later, of 17 and
# 18, of `--output-style=summary`, and of an unknown version.
WORDINGS = (
    (b"Successfully ran target lint for project shop", b"No tasks were run"),
    (
        b"Successfully ran targets lint, test for 2 projects",
        b"No projects with target lint for 0 projects were run\n"
        b"Successfully ran target lint for 0 projects",
    ),
    (b"1 task: 1 succeeded", b"0 tasks: 0 succeeded"),
    (b"> nx run shop:lint", b""),
)


class FakeNx:
    """Behaves like Nx, which ignores unknown targets and passes if it has no task."""

    def __init__(
        self,
        projects: dict[str, set[str]],
        affected: set[str],
        wording: tuple[bytes, bytes] = WORDINGS[0],
    ) -> None:
        self.wording = wording
        self.projects = projects
        self.affected = affected & set(projects)
        self.ran: list[str] = []

    def due(self, targets: list[str]) -> bool:
        """Return whether an affected project has one of the targets."""
        return any(self.projects[name] & set(targets) for name in self.affected)

    def run(self, words: list[str]) -> Finished:
        """Act as `npx nx affected …`, without a process."""
        own = words[3 : words.index("--")] if "--" in words else words[3:]
        shows = ("--help", "-h", "--version", "--graph", "--print")
        if any(word.split("=")[0] in shows for word in own):
            return Finished(0, b"shown", b"shown")
        options = dict(word.split("=", 1) for word in own if "=" in word)
        wanted = options["--targets"].split(",")
        names = self.affected - set(options.get("--exclude", "").split(","))
        if (
            "--files" in options
            or options["--base"] == "HEAD"
            or "*" in options.get("--exclude", "")
        ):
            names = set()
        self.ran = [
            f"{name}:{target}"
            for name in sorted(names)
            for target in wanted
            if target in self.projects[name]
        ]
        text = self.wording[0 if self.ran else 1]
        return Finished(0, text, text)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """scripts/run_affected.py as a module."""
    return load_script("run_affected")


def run_main(
    script: ModuleType, patch: pytest.MonkeyPatch, nx: FakeNx, env: dict[str, str]
) -> int:
    """Return the exit status of the script with this Nx."""
    for name, value in env.items():
        patch.setenv(name, value)
    replaced: dict[str, Any] = {
        "enter_checkout": Path,
        "require_nx": lambda _: None,
        "read_projects": lambda: nx.projects,
        "list_affected": lambda _base, _head: sorted(nx.affected),
        "run_streamed": nx.run,
    }
    for name, value in replaced.items():
        patch.setattr(script, name, value)
    with pytest.raises((SystemExit, Refusal)) as ended:
        script.main()
    error = ended.value
    if isinstance(error, Refusal):
        return error.exit_code
    assert isinstance(error, SystemExit)
    return int(str(error.code))


@pytest.mark.slow
@settings(
    max_examples=2000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    projects=PROJECTS,
    affected=st.sets(st.sampled_from(["shop", "money", "docs", "*"])),
    targets=st.lists(TYPED, max_size=4),
    separator=st.sampled_from([",", " ", ", ", "\n", ",,", "\t"]),
    arguments=st.lists(st.sampled_from(ARGUMENTS), max_size=2),
    mode=st.sampled_from(["", "without_agents"]),
    base=st.sampled_from(["a" * 40, "b" * 40]),
    wording=st.sampled_from(WORDINGS),
)
def test_no_green_main_without_a_task_that_was_due(
    script: ModuleType,
    projects: dict[str, set[str]],
    affected: set[str],
    targets: list[str],
    separator: str,
    arguments: list[str],
    mode: str,
    base: str,
    wording: tuple[bytes, bytes],
) -> None:
    """Main passes only if a task ran, or if no affected project has one of the targets.

    Main also fails if no project, affected or not, has any of the targets.
    """
    nx = FakeNx(projects, affected, wording)
    env = {
        "DTE_TARGETS": separator.join(targets),
        "DTE_NX_ARGUMENTS": " ".join(arguments),
        "DTE_MODE": mode,
        "NX_BASE": base,
        "NX_HEAD": "b" * 40,
    }
    with pytest.MonkeyPatch.context() as patch:
        status = run_main(script, patch, nx, env)
    if status == 0:
        assert nx.ran or not nx.due(targets)
        assert any(names & set(targets) for names in projects.values())


def test_a_green_main_is_possible(script: ModuleType) -> None:
    """Main can pass with and without tasks, so the test above proves something."""
    env = {"DTE_TARGETS": "lint test", "NX_BASE": "a" * 40, "NX_HEAD": "b" * 40}
    for affected, ran in ({"shop"}, ["shop:lint"]), (set[str](), []):
        nx = FakeNx({"shop": {"lint"}}, affected)
        with pytest.MonkeyPatch.context() as patch:
            assert run_main(script, patch, nx, env) == 0
        assert nx.ran == ran
    assert "run_affected" not in sys.modules
