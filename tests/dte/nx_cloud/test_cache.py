"""The outputs that agents leave for each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.nx_cloud.cache import OutputCache


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """An archive is read back byte for byte, and only under its hash."""
    cache = OutputCache(tmp_path, limit=100)
    assert cache.write("a1", b"outputs")
    assert cache.read("a1") == b"outputs"
    assert cache.read("a2") is None
    assert "a1" in cache
    assert "a2" not in cache


def test_a_record_is_never_changed(tmp_path: Path) -> None:
    """A second archive for a hash is refused, and the first stays."""
    cache = OutputCache(tmp_path, limit=100)
    cache.write("a1", b"first")
    assert not cache.write("a1", b"second")
    assert cache.read("a1") == b"first"


def test_what_was_unused_for_longest_gives_way(tmp_path: Path) -> None:
    """At the limit, the archive with the oldest access is removed from the disk."""
    cache = OutputCache(tmp_path, limit=10)
    cache.write("old", b"12345")
    cache.write("new", b"12345")
    cache.read("old")
    cache.write("newest", b"12345")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["newest", "old"]
    assert cache.read("new") is None


@pytest.mark.parametrize("key", ["", "..", "../a", "a/b", "a" * 129, "a\n"])
def test_a_key_that_is_no_hash_is_refused(tmp_path: Path, key: str) -> None:
    """Nothing is ever written outside the cache's folder."""
    with pytest.raises(ValueError, match="not a hash"):
        OutputCache(tmp_path, limit=100).write(key, b"x")
