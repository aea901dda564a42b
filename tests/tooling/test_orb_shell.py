"""shellcheck reads the shell inside the orb's YAML."""

from pathlib import Path

import pytest

from tools.orb_shell import find_shell, is_bash, main

STEP = """\
steps:
  - when:
      condition: true
      steps:
        - run:
            name: Show it
            shell: {shell}
            command: {command}
"""


def make_orb(folder: Path, *, command: str, shell: str = "bash -eo pipefail") -> Path:
    """An orb with one command of one step."""
    (folder / "orb" / "commands").mkdir(parents=True)
    text = STEP.format(command=command, shell=shell)
    (folder / "orb" / "commands" / "show.yml").write_text(text)
    return folder / "orb"


def test_a_step_inside_a_condition_is_read(tmp_path: Path) -> None:
    """Steps are found at any depth, with the name that CircleCI shows."""
    (found,) = find_shell(make_orb(tmp_path, command="echo hello"))
    assert (found.step, found.text) == ("Show it", "echo hello")


def test_an_included_file_is_read_in_its_place(tmp_path: Path) -> None:
    """What `include` names is what shellcheck sees."""
    (tmp_path / "hello.sh").write_text("echo from the file\n")
    orb = make_orb(tmp_path, command="<< include(../hello.sh) >>")
    (found,) = find_shell(orb)
    assert found.text == "echo from the file\n"


def test_a_finding_of_shellcheck_fails_and_names_the_step(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An unquoted variable, a word split, is found and shown with file and step."""
    assert main(make_orb(tmp_path, command="rm $1/x")) == 1
    assert "show.yml, step 'Show it'" in capfd.readouterr().out


def test_shell_without_a_finding_passes(tmp_path: Path) -> None:
    """Clean shell, with a parameter in it, is no finding."""
    orb = make_orb(tmp_path, command="echo << parameters.greeting >>")
    assert main(orb) == 0


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("bash", True),
        ("/bin/sh -e", True),
        ("/bin/bash -eo pipefail", True),
        ("/usr/bin/env python3", False),
        ("pwsh", False),
    ],
)
def test_only_what_shellcheck_knows_is_given_to_it(shell: str, expected: bool) -> None:
    """A step in Python or PowerShell is passed over."""
    assert is_bash(shell) is expected
