"""Times as people write them, like `90s`, `30m` or `1h`, as Nx wants them."""

import re

from bash_env import export
from failures import Misuse
from settings import read

_DURATION = re.compile(r"(\d{1,5})(h|m|s)", re.ASCII)
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def read_milliseconds(name: str, default: str) -> int:
    """The variable's duration in milliseconds, more than 0; raises `Misuse`."""
    text = read(name, default).strip()
    found = _DURATION.fullmatch(text)
    milliseconds = int(found.group(1)) * _SECONDS[found.group(2)] * 1000 if found else 0
    if not milliseconds:
        raise Misuse(
            "{} is {!r}, which is no duration".format(name, text),
            suggestions=["write a whole number and its unit, like 90s, 30m or 1h"],
        )
    return milliseconds


def set_timeout(target: str, name: str, default: str) -> None:
    """Give Nx the duration in `name` as `target`, unless the user has set `target`.

    Raises `Misuse` for a value of the user's that Nx can't read as a number, with
    which it would wait for ever.
    """
    own = read(target)
    if not own:
        export({target: str(read_milliseconds(name, default))})
        return
    if not re.fullmatch(r"0*[1-9]\d{0,11}", own, re.ASCII):
        raise Misuse(
            "{} is {!r}, and Nx would wait for ever with it".format(target, own),
            suggestions=["give it a number of milliseconds", "or unset it"],
            reference="Nx docs, Environment Variables",
        )
