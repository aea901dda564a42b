"""A running stand-in, for the tests that send requests to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dte.nx_cloud import NxCloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[NxCloud]:
    """Serve a stand-in that gets five pings in a second, so that a heartbeat ends soon.

    The heartbeat's timeout is long enough for a busy machine.
    """
    monkeypatch.setattr("dte.nx_cloud.routes.PINGS_PER_HEARTBEAT", 300)
    with NxCloud(heartbeat_seconds=60.0) as running:
        yield running
