"""The faults that a rehearsal injects into the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Faults:
    """The faults that are active; none by default.

    A stand-in gets its faults as an argument of `NxCloud`, and new faults while it runs
    through `NxCloud.set_faults`.
    """

    reject_token: bool = False
    """Answer 401 to every token, as Nx Cloud does for a revoked token."""
    over_limit: bool = False
    """Answer 401 to every token, as for an organization that exceeded its plan."""
    fail_client_downloads: int = 0
    """How many of the next downloads of the client end with 503."""
    cut_client_downloads: int = 0
    """How many of the next downloads of the client break off halfway."""
    unreachable: bool = False
    """Close every connection without an answer."""
    unreachable_after: int | None = None
    """Answer this many more requests, and then close every connection."""


NO_FAULTS = Faults()

_Change = Callable[[Faults, int | None], Faults]
# Each service fault of Nx Cloud by its name; the number in NAME=NUMBER is optional.
CLOUD_FAULTS: Mapping[str, _Change] = {
    "cloud-unreachable": lambda faults, number: (
        replace(faults, unreachable=True)
        if number is None
        else replace(faults, unreachable_after=number)
    ),
    "cloud-rejects-token": lambda faults, number: replace(faults, reject_token=True),
    "cloud-over-limit": lambda faults, number: replace(faults, over_limit=True),
    "cloud-downloads": lambda faults, number: replace(
        faults, fail_client_downloads=1 if number is None else number
    ),
    "cloud-cut-downloads": lambda faults, number: replace(
        faults, cut_client_downloads=1 if number is None else number
    ),
}
