"""A running stand-in, for the tests that send requests to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dte.nx_cloud import NxCloud


@pytest.fixture
def cloud() -> Iterator[NxCloud]:
    """Serve a stand-in whose heartbeat timeout is a second."""
    with NxCloud(heartbeat_seconds=1.0) as running:
        yield running
