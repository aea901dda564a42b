"""`dte init` finds each fact in the files in which workspaces usually write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.init.facts import Fact
from dte.init.find import find_facts
from dte.init.inferred_targets import predict_targets
from dte.init.node_version import find_image_tag, note_on_node
from dte.init.targets import choose_usual
from tests.dte.init.workspaces import make_workspace


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("v22.12.0", "22.12.0-browsers"),
        ("20.19", "20.19-browsers"),
        ("22", ""),
        ("lts/jod", ""),
        ("^22.1.0", ""),
        ("", ""),
    ],
)
def test_only_an_exact_version_has_an_image(written: str, tag: str) -> None:
    """cimg/node has tags for 22.12 and 22.12.0, not for major versions or ranges."""
    assert find_image_tag(Fact(written, ".nvmrc")) == tag


@pytest.mark.parametrize(
    ("written", "is_noted"),
    [("22", True), ("^22.1.0", True), (">=20", False), ("lts/*", False), ("", False)],
)
def test_a_node_without_an_image_is_noted(written: str, is_noted: bool) -> None:
    """A note names a version of Node that the newest LTS version may not satisfy."""
    assert bool(note_on_node(Fact(written, ".nvmrc"))) == is_noted


@pytest.mark.parametrize(
    ("names", "known", "expected"),
    [
        (["e2e", "e2e-ci", "test"], {}, ("test", "e2e-ci")),
        (["serve", "e2e", "build"], {}, ("build", "e2e")),
        (["vite:test", "build"], {"vite:test": "test"}, ("vite:test", "build")),
        (["serve"], {}, ()),
    ],
)
def test_the_usual_targets_are_chosen(
    names: list[str], known: dict[str, str], expected: tuple[str, ...]
) -> None:
    """The targets are in the usual order of CI; e2e is left out if e2e-ci exists."""
    assert choose_usual(names, known) == expected


def test_a_plugin_needs_a_file_below_the_root() -> None:
    """A plugin infers no target if the file that it reads is missing."""
    nx_json = {"plugins": ["@nx/jest/plugin", "@nx/next/plugin", "unknown", 3]}
    assert predict_targets(nx_json, ["jest.config.ts", "a/next.config.js"]).keys() == {
        "build"
    }


def test_a_worktree_has_the_main_branch_of_its_repository(tmp_path: Path) -> None:
    """In a worktree, origin/HEAD is read from the repository that .git names."""
    common = tmp_path / "clone" / ".git"
    (common / "refs" / "remotes" / "origin").mkdir(parents=True)
    (common / "refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/next\n")
    (common / "worktrees" / "other").mkdir(parents=True)
    (common / "worktrees" / "other" / "commondir").write_text("../..\n")
    worktree = make_workspace(tmp_path / "worktree")
    (worktree / ".git").rmdir()
    (worktree / ".git").write_text(f"gitdir: {common}/worktrees/other\n")
    assert find_facts(worktree).main_branch == Fact("next", "origin/HEAD")


def test_an_installed_nx_says_which_targets_exist(tmp_path: Path) -> None:
    """With node_modules, targets come from Nx's project graph, not from conventions."""
    workspace = make_workspace(
        tmp_path,
        **{
            "apps/a/project.json": '{"targets": {"lint": {}}}',
            "node_modules/nx/package.json": '{"version": "22.7.1"}',
            "node_modules/.bin/nx": "#!/bin/sh\n"
            'echo \'{"graph": {"nodes": {"a": {"data": {"targets": {"test": {}}}}}}}\''
            ' > "${2#--file=}"\n',
        },
    )
    (workspace / "node_modules" / ".bin" / "nx").chmod(0o755)
    facts = find_facts(workspace)
    assert (facts.targets, facts.targets_source) == (("test",), "the installed Nx")
    assert facts.nx == Fact("22.7.1", "node_modules")


@pytest.mark.parametrize(
    ("name", "is_noted"),
    [
        ("tools/gen/files/package.json", False),
        ("libs/gen/package.json", True),
        ("tools/gen/files/project.json", True),
        ("apps/a/package.json", True),
    ],
)
@pytest.mark.parametrize("text", ['{"name": "<%= name %>",, }', "<%= all %>", "[]"])
def test_a_template_of_a_generator_is_skipped(
    name: str, is_noted: bool, text: str, tmp_path: Path
) -> None:
    """A note names invalid JSON, but not a package.json that belongs to no project."""
    files = {
        "package.json": '{"workspaces": ["libs/*"], "devDependencies": {"nx": "22"}}',
        "apps/a/project.json": '{"targets": {"lint": {}}}',
        name: text,
    }
    facts = find_facts(make_workspace(tmp_path, **files))
    assert facts.targets == ("lint",)
    assert [note for note in facts.notes if note.startswith(name)] == [
        f"{name} is not a JSON object, so the targets in it are unknown"
    ] * is_noted


def test_an_installed_nx_that_fails_is_ignored(tmp_path: Path) -> None:
    """If Nx prints no project graph, the targets come from the project files."""
    workspace = make_workspace(
        tmp_path,
        **{
            "apps/a/project.json": '{"targets": {"lint": {}}}',
            "node_modules/.bin/nx": "#!/bin/sh\nexit 1\n",
        },
    )
    (workspace / "node_modules" / ".bin" / "nx").chmod(0o755)
    assert find_facts(workspace).targets == ("lint",)
