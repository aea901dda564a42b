"""The record of the messages that the tests provoke."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.provoked_messages import list_messages
from tests.scripts import recorder
from tests.scripts.conftest import SCRIPTS

PROGRAM = '''\
"""A program with three messages."""
from failures import Refusal, UsageError, say

class Odd(UsageError):
    """A refusal below another one."""

def main():
    """Make two of them."""
    say("first")
    if say is None:
        raise Refusal("never")
    raise Odd(
        "third"
    )
'''


def test_the_place_of_each_message_is_recorded(tmp_path: Path) -> None:
    """The record has the position of each message that was created, and no other."""
    folder, record = tmp_path / "scripts", tmp_path / "record"
    folder.mkdir()
    for name in ("begin", "failures"):
        shutil.copy(SCRIPTS / "lib" / f"{name}.py", folder)
    (folder / "odd.py").write_text(PROGRAM)
    command = [sys.executable, "-I", "-S", recorder.__file__]
    done = subprocess.run(
        [*command, record, folder, "odd"], capture_output=True, text=True, check=False
    )
    first, third, reference = done.stderr.splitlines()
    assert (done.returncode, first, third) == (2, "first", "error: third")
    assert reference.startswith("Reference: ")
    listed = dict(list_messages(folder))
    made = set(record.read_text().split()) & set(listed)
    assert set(listed) - made == {"odd.py:11"}
    assert listed["odd.py:11"] == "scripts/odd.py:11: 'never'"
