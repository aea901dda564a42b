"""Which Go is used, and where it writes."""

from pathlib import Path

import pytest

from tools.bootstrap.golang import as_numbers, go_environment
from tools.bootstrap.places import Places


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.25.9", (1, 25, 9)), ("1.27rc1", (1, 27)), ("", (0,)), ("devel", (0,))],
)
def test_versions_compare_as_numbers(version: str, numbers: tuple[int, ...]) -> None:
    """1.9 is older than 1.25, and what is no version is older than any."""
    assert as_numbers(version) == numbers
    assert as_numbers("1.9") < as_numbers("1.25.9")


def test_go_writes_into_the_repository_only(tmp_path: Path) -> None:
    """Each folder that Go writes to, its telemetry's too, is below the repository."""
    written = go_environment(Places(tmp_path))
    for name in ("GOPATH", "GOMODCACHE", "GOCACHE", "HOME", "XDG_CONFIG_HOME"):
        assert Path(written[name]).is_relative_to(tmp_path)


def test_a_mirror_that_the_user_set_for_go_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `go env -w` stored is still read, though Go gets another home."""
    monkeypatch.delenv("GOENV", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user" / "settings"))
    settings = Path(go_environment(Places(tmp_path))["GOENV"])
    assert settings.is_relative_to(tmp_path / "user")
