"""Reads durations such as `10m`."""

import re

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(h|m|s)?")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, None: 1.0}


def parse_duration(text: str) -> float:
    """Return the seconds in text such as `1m30s` or `1.5h`, or raise `ValueError`."""
    compact = text.replace(" ", "")
    parts = _DURATION.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{text!r} is not a duration like 10m")
    return sum(float(number) * _SECONDS[unit or None] for number, unit in parts)
