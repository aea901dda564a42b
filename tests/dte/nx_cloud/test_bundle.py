"""The client that nx downloads."""

from __future__ import annotations

import io
import re
import tarfile

from dte.nx_cloud.bundle import pack_client

VALID_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Nx accepts only these versions, because it names a folder after the version."""


def test_the_bundle_holds_plain_files_only() -> None:
    """The client is a flat folder with an index.js, without links, which Nx refuses."""
    with tarfile.open(fileobj=io.BytesIO(pack_client().content)) as archive:
        members = archive.getmembers()
    assert all(member.isfile() and "/" not in member.name for member in members)
    assert {"index.js", "package.json"} <= {member.name for member in members}


def test_the_same_client_is_the_same_bundle() -> None:
    """Packing twice gives the same bytes, under a version that Nx accepts."""
    bundle = pack_client()
    assert bundle == pack_client()
    assert VALID_VERSION.fullmatch(bundle.version)
