"""The cache on disk through which agents and main share the outputs of tasks.

Nx reads and writes the outputs by its protocol for self-hosted caches: one opaque
archive for each hash, which never changes after it was written (Nx: "Build Your Own
Caching Server").
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from pathlib import Path

HASH = re.compile(r"[A-Za-z0-9_-]{1,128}")


class OutputCache:
    """Archives by hash; above the limit, the least recently used ones are removed."""

    def __init__(self, folder: Path, *, limit: int) -> None:
        """Keep at most `limit` bytes in an existing `folder`."""
        self._folder = folder
        self._limit = limit
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._sizes

    def read(self, key: str) -> bytes | None:
        """Return the archive stored under a hash, or None."""
        with self._lock:
            if key not in self._sizes:
                return None
            self._sizes.move_to_end(key)
            return (self._folder / key).read_bytes()

    def write(self, key: str, content: bytes) -> bool:
        """Store an archive, or return False if the hash already has an archive."""
        if not HASH.fullmatch(key):
            raise ValueError(f"not a hash: {key!r}")
        with self._lock:
            if key in self._sizes:
                return False
            (self._folder / key).write_bytes(content)
            self._sizes[key] = len(content)
            self._make_room()
            return True

    def _make_room(self) -> None:
        while sum(self._sizes.values()) > self._limit and len(self._sizes) > 1:
            oldest, _ = self._sizes.popitem(last=False)
            (self._folder / oldest).unlink()
