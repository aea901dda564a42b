"""`dte check` reads `.nx/ci-config.yaml` in the workspace in which a run starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.check.checking import ORB, find_in

CODE = "dte-check-hosted-agents"
HOSTED = "dte:\n  distribute-on: 3 linux-medium-js\n"
CONFIG = """\
jobs:
  main:
    docker: [image: cimg/node:22.11]
    working_directory: WHERE
    steps: [dte/rerun_guard, {run: {command: "COMMAND", working_directory: "FOLDER"}}]
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent: {parallelism: 2, requires: [dte/attempt]}
      - MAIN
"""
START = "npx nx start-nx-agents"
DTE = "dte/main: {requires: [dte/attempt], working_directory: FOLDER}"


def found_in(folder: Path, file: str, config: str) -> list[tuple[str, int]]:
    """Return the file and the line of the finding if the repository has `file`."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(HOSTED)
    found = find_in(folder, ORB + config, CODE)
    return [(Path(one.where.file).parts[-3], one.where.line) for one in found]


@pytest.mark.parametrize(
    ("command", "where", "folder"),
    [
        (START, "~/project", "frontend"),
        (START, "~/project/frontend", "."),
        (f"cd frontend && {START}", "~/project", "."),
        (f"cd frontend; npx nx-cloud record -- {START}", "~/project", "."),
        (f"bash -c 'cd frontend && {START}'", "~/project", "."),
    ],
)
def test_a_call_in_a_folder(
    command: str, where: str, folder: str, tmp_path: Path
) -> None:
    """dte reads the file in the folder of the call, not in the repository's root."""
    config = CONFIG.replace("COMMAND", command).replace("FOLDER", folder)
    config = config.replace("WHERE", where).replace("MAIN", "main")
    file = "frontend/.nx/ci-config.yaml"
    assert found_in(tmp_path, file, config) == [("frontend", 2)]
    (tmp_path / file).unlink()
    assert found_in(tmp_path, ".nx/ci-config.yml", config) == []


@pytest.mark.parametrize(
    ("folder", "nx_json", "count"),
    [
        ("frontend", "frontend", 1),
        ("frontend", "", 1),
        ("frontend/apps/web", "frontend", 1),
        ("frontend/apps/web", "", 0),
        (".", "", 0),
        ("../frontend", "", 0),
    ],
)
def test_the_folder_of_dte(
    folder: str, nx_json: str, count: int, tmp_path: Path
) -> None:
    """dte/main reads the file of the nearest workspace above its working_directory."""
    if nx_json:
        (tmp_path / nx_json).mkdir()
        (tmp_path / nx_json / "nx.json").write_text("{}")
    config = CONFIG.replace("MAIN", DTE).replace("FOLDER", folder)
    file = "frontend/.nx/ci-config.yaml"
    assert len(found_in(tmp_path, file, config)) == count


def test_flags_beside_a_file_in_a_folder(tmp_path: Path) -> None:
    """The message names the file and its folder."""
    (tmp_path / "frontend" / ".nx").mkdir(parents=True)
    (tmp_path / "frontend" / ".nx" / "ci-config.yml").write_text(HOSTED)
    main = DTE.replace("}", ", start: flags}").replace("FOLDER", "frontend")
    config = ORB + CONFIG.replace("MAIN", main)
    (found,) = find_in(tmp_path, config, "dte-check-two-starts")
    assert "frontend/.nx/ci-config.yml exists" in found.message
