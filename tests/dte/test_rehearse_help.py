"""The help of `dte rehearse`, which is written by hand."""

import re

from dte.commands.rehearse import command
from dte.rehearse_help import HELP


def test_the_help_is_short() -> None:
    """The help has at most 40 lines of at most 80 columns, with examples."""
    lines = HELP.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert "Examples:" in lines


def test_the_help_has_every_option() -> None:
    """The help has each option of the command, and no other option."""
    options = {name for option in command.params for name in option.opts}
    options = {name for name in options if name.startswith("--")} | {"--help"}
    described = HELP.partition("Examples:")[0]
    found = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", described))
    assert found - {"--then"} == options - {"--then"}
    assert "--then ACTION" in described
