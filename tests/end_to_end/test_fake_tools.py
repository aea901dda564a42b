"""The fake npm and npx commands."""

import subprocess
from pathlib import Path

from tests.end_to_end.fake_tools import install_fakes, read_calls


def test_concurrent_calls_are_recorded_whole(tmp_path: Path) -> None:
    """Concurrent calls are recorded one after the other, without interleaving."""
    log = install_fakes(tmp_path / "bin")
    words = [f"{number}\n" * 20_000 for number in range(8)]
    callers = [subprocess.Popen([tmp_path / "bin" / "npx", word]) for word in words]
    assert [caller.wait() for caller in callers] == [0] * 8
    assert sorted(read_calls(log)) == [["npx", word] for word in words]
    assert [path.name for path in log.parent.glob("log*")] == ["log"]
