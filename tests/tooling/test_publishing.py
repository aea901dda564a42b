"""Publishing with CircleCI's own command line, against a registry on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.tooling.registry import Registry
from tests.tooling.releases import make_release
from tests.tooling.repository import ROOT
from tools.bootstrap.golang import ensure_circleci
from tools.bootstrap.places import Places
from tools.bootstrap.stamp import locked
from tools.failures import ToolError
from tools.publishing.__main__ import Publisher

pytestmark = pytest.mark.cli
TOKEN = "CCIPAT_a_secret_token"


@pytest.fixture(scope="module")
def commands() -> Path:
    """The folder with CircleCI's command line, built if it is not there."""
    here = Places(ROOT)
    with locked(here.cache / "bootstrap.lock"):
        ensure_circleci(here)
    return ROOT / ".tools"


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry that accepts everything until a test tells it otherwise."""
    with Registry() as running:
        yield running


@pytest.fixture
def publisher(
    tmp_path: Path,
    commands: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> Publisher:
    """A person at a repository that is ready to be released as 1.2.3."""
    root = make_release(tmp_path)
    (root / ".tools").symlink_to(commands)
    monkeypatch.setenv("CIRCLECI_CLI_TOKEN", TOKEN)
    monkeypatch.setenv("CIRCLECI_CLI_HOST", registry.host)
    return Publisher(Places(root))


def test_a_release_is_validated_and_then_published(
    publisher: Publisher, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """CircleCI gets the packed orb under its name and version, with the token, which
    the terminal never shows."""
    publisher.publish("1.2.3")
    (validated,) = registry.asked("orbConfig")
    (published,) = registry.asked("publishOrb")
    assert registry.requests.index(validated) < registry.requests.index(published)
    assert published.variables == {
        "config": publisher.packed.read_text(),
        "namespaceName": "acme",
        "orbName": "dte",
        "version": "1.2.3",
    }
    assert {request.token for request in registry.requests} == {TOKEN}
    printed = capsys.readouterr()
    assert "published acme/dte@1.2.3" in printed.out
    assert TOKEN not in printed.out + printed.err


def test_a_development_version_needs_no_tag(
    publisher: Publisher, registry: Registry
) -> None:
    """`make publish-dev` publishes what is there, under a name that can be reused."""
    (publisher.places.root / "new.txt").write_text("not committed")
    publisher.publish_dev("alpha")
    (published,) = registry.asked("publishOrb")
    assert published.variables["version"] == "dev:alpha"


def test_a_release_that_is_none_sends_nothing(
    publisher: Publisher, registry: Registry
) -> None:
    """With a change in the working tree the registry hears nothing at all."""
    (publisher.places.root / "new.txt").write_text("not committed")
    with pytest.raises(ToolError, match="nothing was sent") as refused:
        publisher.publish("1.2.3")
    assert refused.value.exit_code == 2
    assert registry.requests == []


def test_without_a_token_nothing_is_sent(
    publisher: Publisher, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable and how to get a token."""
    monkeypatch.delenv("CIRCLECI_CLI_TOKEN")
    with pytest.raises(ToolError) as refused:
        Publisher(publisher.places).publish("1.2.3")
    assert "CIRCLECI_CLI_TOKEN is not set" in refused.value.report()
    assert "personal API token" in refused.value.report()
    assert registry.requests == []


def test_an_orb_that_circleci_finds_invalid_is_not_published(
    publisher: Publisher, registry: Registry
) -> None:
    """CircleCI's reason is shown, the exit status is 1, and nothing is published."""
    registry.invalid = "job main: unknown executor"
    with pytest.raises(ToolError, match="does not accept") as refused:
        publisher.publish("1.2.3")
    assert refused.value.exit_code == 1
    assert "unknown executor" in refused.value.report()
    assert registry.asked("publishOrb") == []


def test_a_refused_publish_says_why_without_the_token(
    publisher: Publisher, registry: Registry
) -> None:
    """A version that exists stays as it is; even an answer that quotes the token
    does not bring it to the terminal."""
    registry.refusal = f"version 1.2.3 exists (token {TOKEN})"
    with pytest.raises(
        ToolError, match=r"refused to publish acme/dte@1\.2\.3"
    ) as refused:
        publisher.publish("1.2.3")
    assert refused.value.exit_code == 1
    assert "version 1.2.3 exists" in refused.value.report()
    assert TOKEN not in refused.value.report()


def test_the_orb_of_this_repository_packs(commands: Path, tmp_path: Path) -> None:
    """`make pack` on the real orb gives one file with everything in it."""
    (tmp_path / ".tools").symlink_to(commands)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("orb", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    publisher = Publisher(Places(tmp_path))
    publisher.pack()
    packed = yaml.safe_load(publisher.packed.read_text())
    assert {"commands", "jobs", "executors", "examples"} <= set(packed)


def test_without_the_command_line_the_mend_is_named(tmp_path: Path) -> None:
    """A checkout where nothing was built says which target builds it."""
    publisher = Publisher(Places(make_release(tmp_path)))
    with pytest.raises(ToolError) as missing:
        publisher.pack()
    assert "make setup-circleci" in missing.value.report()
