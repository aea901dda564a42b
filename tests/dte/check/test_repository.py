"""Only text files of the repository are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dte.check.repository import Repository, find_root


def test_a_link_out_of_the_repository(tmp_path: Path) -> None:
    """A link to a file outside of the repository is not read."""
    root = tmp_path / "root"
    (root / ".nx").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("dte: {distribute-on: manual}\n")
    (root / ".nx" / "ci-config.yaml").symlink_to(tmp_path / "secret.yaml")
    assert Repository(root).ci_config() is None


@pytest.mark.parametrize("kind", ["pipe", "folder", "binary", "loop", "missing"])
def test_what_is_no_text_file(kind: str, tmp_path: Path) -> None:
    """A pipe, a folder, a binary or missing file, and a link to itself have no text."""
    path = tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    elif kind == "loop":
        path.symlink_to("x")
    assert Repository(tmp_path).read("x") is None


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ('{"scripts": {"a": "npx nx test"}}', "npx nx test"),
        ('{"scripts": {"a": 1}}', None),
        ('{"scripts": []}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_scripts_of_a_package(text: str, script: str | None, tmp_path: Path) -> None:
    """A package.json that npm would refuse has no scripts."""
    (tmp_path / "package.json").write_text(text)
    assert Repository(tmp_path).package_script(".", "a") == script


@pytest.mark.parametrize(
    ("config", "root"),
    [(".circleci/config.yml", "."), ("a/.circleci/c.yml", "a"), ("b/c.yml", "b")],
)
def test_the_root_of_a_config(config: str, root: str) -> None:
    """The root is the folder above .circleci, or the config's own folder."""
    assert find_root(Path(config)) == Path(root)
