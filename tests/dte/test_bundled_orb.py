"""A config that imports dte's orb gets the orb that is part of the package."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dte.bundled_orb import add_bundled_orb, find_orb, is_bundled
from dte.cli import main
from tests.tooling.repository import ROOT

CONFIG = """\
version: 2.1
orbs:
  dte: {reference}
workflows:
  build:
    jobs: [dte/attempt]
"""


def write_config(folder: Path, reference: str) -> Path:
    """Make a config that imports the orb and uses one of its jobs."""
    path = folder / "config.yml"
    path.write_text(CONFIG.format(reference=reference))
    return path


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("acme/dte@1.0.0", True),
        ("your-namespace/dte@1.0", True),
        ("acme/dte@1", True),
        ("acme/dte@1.0.1", False),
        ("acme/dte@10", False),
        ("acme/dte@2.0.0", False),
        ("acme/dte@dev:alpha", False),
        ("acme/dte@volatile", False),
        ("acme/other@1.0.0", False),
        ("https://orbs.example.com/dte@1.0.0", False),
    ],
)
def test_name_and_version_decide(reference: str, expected: bool) -> None:
    """The bundled orb is found under any namespace, but not under another name or
    version."""
    assert is_bundled(reference) is expected


def test_a_config_compiles_without_the_option_for_its_orb(tmp_path: Path) -> None:
    """`dte compile` needs no `--orb` for a config that imports the bundled orb."""
    config = write_config(tmp_path, "acme/dte@1.0.0")
    done = CliRunner().invoke(main, ["compile", str(config)])
    assert done.exit_code == 0, done.output
    assert "Record the attempt" in done.output


@pytest.mark.parametrize("name", ["dte", "acme/dte"])
def test_an_orb_of_the_command_line_takes_precedence(name: str, tmp_path: Path) -> None:
    """`--orb` with the alias or the name replaces the bundled orb."""
    config = write_config(tmp_path, "acme/dte@1.0.0")
    given = {name: tmp_path / "own"}
    assert add_bundled_orb(given, config) == given


def test_another_version_is_an_error_that_names_the_option(tmp_path: Path) -> None:
    """The bundled orb never replaces another version."""
    config = write_config(tmp_path, "acme/dte@1.9.0")
    done = CliRunner().invoke(main, ["compile", str(config)])
    assert done.exit_code == 2
    assert "--orb acme/dte=dte.yml" in done.output


@pytest.mark.parametrize("text", ["orbs: [a]\n", "a: 1\n", "orbs: {dte: {jobs: {}}}\n"])
def test_other_configs_get_no_orb(text: str, tmp_path: Path) -> None:
    """A config without an import of the orb is left as it is."""
    path = tmp_path / "config.yml"
    path.write_text(text)
    assert add_bundled_orb({}, path) == {}


def test_a_checkout_uses_its_own_orb() -> None:
    """Without a built package, the orb is the folder next to `dte/`."""
    assert find_orb() == ROOT / "orb"
