"""What the set-up remembers, and what it forgets when it is interrupted."""

from pathlib import Path

import pytest

from tools.bootstrap.stamp import digest_of, is_done, stamped


def test_a_step_that_ended_is_done(tmp_path: Path) -> None:
    """After a step ended well, the same input does not ask for it again."""
    stamp = tmp_path / "new folder" / "stamp"
    with stamped(stamp, "abc"):
        pass
    assert is_done(stamp, "abc")


def test_other_input_asks_for_the_step_again(tmp_path: Path) -> None:
    """A changed lock file makes the step run again."""
    lock = tmp_path / "lock.txt"
    lock.write_text("one==1\n")
    with stamped(tmp_path / "stamp", digest_of([lock], "3.11")):
        pass
    lock.write_text("one==2\n")
    assert not is_done(tmp_path / "stamp", digest_of([lock], "3.11"))


def test_a_step_that_failed_half_way_is_not_done(tmp_path: Path) -> None:
    """A step that breaks off leaves no stamp, even where an older one was."""
    stamp = tmp_path / "stamp"
    with stamped(stamp, "abc"):
        pass
    with pytest.raises(KeyboardInterrupt), stamped(stamp, "abc"):
        raise KeyboardInterrupt
    assert not is_done(stamp, "abc")


def test_two_words_are_not_one_longer_word() -> None:
    """Input that is cut differently has another digest."""
    assert digest_of([], "ab", "c") != digest_of([], "a", "bc")
