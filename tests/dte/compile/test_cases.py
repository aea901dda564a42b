"""Whole cases of tests/cases/compile: a config, and the expected result.

A case may contain orbs (a folder `orbs/<name>` or a packed `orbs/<name>.yml`) and the
pipeline's values (`pipeline.yml`). Its warnings and notes are in `notes.txt`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dte.compile import compile_config
from dte.errors import UserError
from dte.model import CompiledConfig, PipelineValues
from tests.golden import Golden

CASES = Path(__file__).parents[2] / "cases" / "compile"
NAMES = sorted(path.parent.name for path in CASES.glob("*/config.yml"))
GOOD = [name for name in NAMES if not name.startswith("error_")]


class _Readable(yaml.SafeDumper):
    """Writes strings of several lines as blocks."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _block)


def compile_case(case: Path) -> CompiledConfig:
    """Compile the case in the current folder, so that file names are short."""
    values = case / "pipeline.yml"
    given = yaml.safe_load(values.read_text()) if values.exists() else {}
    orbs = {
        f"your-namespace/{path.stem}": path.relative_to(case)
        for path in (case / "orbs").glob("*")
    }
    return compile_config(
        Path("config.yml"), orbs=orbs, pipeline=PipelineValues(**given)
    )


def shown(error: UserError) -> str:
    """Return an error in the format of the golden files."""
    code = f"[dte-{error.code}] " if error.code else ""
    lines = [
        code + error.message,
        *(f"called from: {call}" for call in error.calls),
        *(f"suggestion: {line}" for line in error.suggestions),
    ]
    return "\n".join([*lines, f"exit code: {error.exit_code}", ""])


def shown_notes(compiled: CompiledConfig) -> str:
    """Return the warnings and notes in the format of the golden files."""
    lines = []
    for note in compiled.notes:
        lines.append(f"{note.severity}[dte-{note.code}]: {note.where}: {note.text}")
        lines += [f"suggestion: {line}" for line in note.suggestions]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case compiles to its expected.yml, or is refused with the text of error.txt."""
    case = CASES / name
    monkeypatch.chdir(case)
    if name.startswith("error_"):
        with pytest.raises(UserError) as caught:
            compile_case(case)
        golden.check(case / "error.txt", shown(caught.value))
        return
    compiled = compile_case(case)
    text = yaml.dump(compiled.document, Dumper=_Readable, sort_keys=False, width=88)
    golden.check(case / "expected.yml", text)
    if compiled.notes or (case / "notes.txt").exists():
        golden.check(case / "notes.txt", shown_notes(compiled))


@pytest.mark.parametrize("name", GOOD)
def test_the_document_is_plain_data(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processed document is plain YAML without aliases."""
    case = CASES / name
    monkeypatch.chdir(case)
    document = compile_case(case).document
    text = yaml.safe_dump(document)
    assert yaml.safe_load(text) == document
    assert "&id" not in text


def test_json_schema_agrees() -> None:
    """CircleCI's published schema accepts every config that compiles here."""
    configs = [str(CASES / name / "config.yml") for name in GOOD]
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.circle-ci", *configs]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
