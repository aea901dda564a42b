"""Every configuration that the repository ships fits CircleCI's schema."""

from pathlib import Path

from tools.config_schema import main

EXAMPLE = """\
description: An example
usage:
  version: 2.1
  jobs:
    hello:
      docker: [{{image: cimg/base:2026.11}}]
      steps: [{step}]
  workflows:
    all:
      jobs: [hello]
"""


def make_example(folder: Path, step: str) -> None:
    """Write an orb whose one example has one step."""
    examples = folder / "orb" / "examples"
    examples.mkdir(parents=True)
    (examples / "hello.yml").write_text(EXAMPLE.format(step=step))


def test_an_example_that_fits_the_schema_passes(tmp_path: Path) -> None:
    """The usage of an example is checked as a configuration of its own."""
    make_example(tmp_path, "checkout")
    assert main(tmp_path) == 0


def test_an_example_with_an_unknown_key_fails(tmp_path: Path) -> None:
    """A step with a key that CircleCI does not know is found."""
    make_example(tmp_path, "{run: {comand: ls}}")
    assert main(tmp_path) == 1


def test_a_repository_without_any_configuration_fails(tmp_path: Path) -> None:
    """Nothing to check is not the same as everything checked."""
    assert main(tmp_path) == 1
