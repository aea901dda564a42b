"""Removes terminal control sequences from the lines of a step's output."""

import re

# ECMA-48: CSI sequences, OSC/DCS/APC/PM/SOS strings, other escapes, C0 and C1 controls.
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]P_^X][^\x1b\x07\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b\[[0-?]*[ -/]*$"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_COLOR = re.compile(r"\x1b\[[0-9;:]*m")


def strip_controls(line: str) -> str:
    """Return `line` with its colors, but without other control characters.

    If carriage returns overwrite the line, only its last version is kept.
    """
    if line.isprintable():
        return line
    line = line.rstrip("\r").rpartition("\r")[2]
    return _SEQUENCE.sub(
        lambda found: found[0] if _COLOR.fullmatch(found[0]) else "", line
    )


def strip_colors(line: str) -> str:
    """Return `line` without any control sequence or character."""
    return line if line.isprintable() else _SEQUENCE.sub("", line)
