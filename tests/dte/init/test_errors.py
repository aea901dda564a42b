"""`dte init` refuses some input, with a message that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.init.workspaces import CONFIG, make_workspace, run_init


def test_a_folder_without_nx_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the folder and how to add Nx."""
    done = run_init(tmp_path, monkeypatch)
    assert done.exit_code == 2
    assert f"no Nx workspace: neither {tmp_path} nor" in done.stderr
    assert "npx nx init" in done.stderr


def test_a_folder_without_git_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says that the workspace is not in a git repository."""
    (make_workspace(tmp_path) / ".git").rmdir()
    done = run_init(tmp_path, monkeypatch)
    assert done.exit_code == 2
    assert "is not in a git repository" in done.stderr


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ('{"dependencies": {"nx": "~16.10.0"}}', "has Nx ~16.10.0 (from package.json)"),
        ("{}", "has no nx"),
        ("[]", "package.json: is not a JSON object"),
        ('{"a": ', "package.json: not valid JSON"),
    ],
)
def test_a_package_json_without_a_usable_nx_is_refused(
    package: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what is wrong with package.json or its version of Nx."""
    make_workspace(tmp_path, **{"package.json": package})
    done = run_init(tmp_path, monkeypatch)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.parametrize("place", [CONFIG, CONFIG.parent])
def test_a_link_is_not_followed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the config or its folder is a link, an error names it and nothing changes."""
    workspace = make_workspace(tmp_path / "repository")
    target = tmp_path / "elsewhere"
    (workspace / place).parent.mkdir(exist_ok=True)
    (workspace / place).symlink_to(target)
    done = run_init(workspace, monkeypatch, "--write")
    assert done.exit_code == 2
    assert f"{workspace / place} is a link to {target}" in done.stderr
    assert not target.exists()


def test_a_file_outside_of_the_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONFIG must be a file in the repository."""
    workspace = make_workspace(tmp_path / "repository")
    done = run_init(workspace, monkeypatch, "../config.yml")
    assert done.exit_code == 2
    assert "is outside of the repository" in done.stderr


def test_a_folder_that_is_not_writable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's error is shown with the file's name, without a traceback."""
    workspace = make_workspace(tmp_path, **{".circleci": "not a folder"})
    done = run_init(workspace, monkeypatch, "--write")
    assert done.exit_code == 2
    assert f"{workspace / CONFIG} can't be written: File exists" in done.stderr


@pytest.mark.parametrize(
    "reference", ["acme/dte", "dte@1.0.0", "acme/other@1.0.0", "x"]
)
def test_an_orb_without_a_version_is_refused(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--orb needs a namespace, the name dte and a version."""
    done = run_init(make_workspace(tmp_path), monkeypatch, "--orb", reference)
    assert done.exit_code == 2
    assert f"--orb {reference!r} is not an orb with a version" in done.stderr


def test_the_orb_of_another_namespace_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--orb sets the reference below `orbs`."""
    done = run_init(make_workspace(tmp_path), monkeypatch, "--orb", "acme/dte@1.2.3")
    assert "+  dte: acme/dte@1.2.3\n" in done.stdout


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("version: 2.1\njobs: [", "config.yml:3: not valid YAML"),
        ("- a", "because it doesn't contain a mapping"),
        ("version: 2\njobs: {}", "version is 2, but only version 2.1 supports orbs"),
        ("version: 2.1\nsetup: true\n", "is a setup config"),
    ],
)
def test_a_config_that_no_orb_fits_is_refused(
    config: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error gives the reason, and nothing is written."""
    workspace = make_workspace(tmp_path, config)
    done = run_init(workspace, monkeypatch, "--write")
    assert done.exit_code == 2
    assert message in done.stderr
    assert (workspace / CONFIG).read_text() == config


def test_another_config_of_the_repository_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONFIG is relative to the current folder."""
    config = "version: 2.1\njobs: {build: {machine: true, steps: [checkout]}}\n"
    workspace = make_workspace(tmp_path, **{".circleci/continue.yml": config})
    run_init(workspace / ".circleci", monkeypatch, "continue.yml", "--write")
    assert "dte/main" in (workspace / ".circleci" / "continue.yml").read_text()
    assert not (workspace / CONFIG).exists()
