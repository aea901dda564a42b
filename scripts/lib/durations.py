"""Convert durations such as `90s`, `30m` or `1h` to milliseconds for Nx."""

import re

from bash_env import export
from failures import UsageError
from settings import read

_DURATION = re.compile(r"(\d{1,5})(h|m|s)", re.ASCII)
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def read_milliseconds(name: str, default: str) -> int:
    """Return the duration in milliseconds, greater than 0; raises `UsageError`."""
    text = read(name, default).strip()
    found = _DURATION.fullmatch(text)
    milliseconds = int(found.group(1)) * _SECONDS[found.group(2)] * 1000 if found else 0
    if not milliseconds:
        raise UsageError(
            "{} is {!r}, not a duration".format(name, text),
            suggestions=[
                "write a whole number with a unit, for example 90s, 30m or 1h"
            ],
        )
    return milliseconds


def set_timeout(target: str, name: str, default: str) -> None:
    """Export the duration in `name` as `target`, unless the user has set `target`.

    Raises `UsageError` if the user's value is not a number: Nx would wait forever.
    """
    own = read(target)
    if not own:
        export({target: str(read_milliseconds(name, default))})
        return
    if not re.fullmatch(r"0*[1-9]\d{0,11}", own, re.ASCII):
        raise UsageError(
            "{} is {!r}, not a number, so Nx would wait forever".format(target, own),
            suggestions=["set it to a number of milliseconds", "or unset it"],
        )
