"""Small configs whose result follows from CircleCI's pages, its schema or real orbs.

The configs are in tests/cases/documented/, each with its source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.errors import UserError
from dte.model import CompiledConfig, PipelineValues
from tests.dte.compile.configs import compile_text

FOLDER = Path(__file__).parents[2] / "cases" / "documented"


def cases(pattern: str) -> list[dict[str, Any]]:
    """Return the cases of the files whose names match a pattern."""
    return [
        case
        for path in sorted(FOLDER.glob(pattern))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


ACCEPTED, REFUSED = cases("accepted*.yml"), cases("refused*.yml")


def compile_documented(case: dict[str, Any], folder: Path) -> CompiledConfig:
    """Return the config of a case, compiled for the pipeline that the case
    describes.
    """
    tag = case.get("tag", "")
    pipeline = PipelineValues(
        branch="" if tag else case.get("branch", "main"),
        tag=tag,
        parameters=case.get("parameters", {}),
        values=case.get("values", {}),
    )
    stub = case.get("stub", False)
    return compile_text(
        case["config"], folder, pipeline=pipeline, stub_missing_orbs=stub
    )


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_accepted(case: dict[str, Any], tmp_path: Path) -> None:
    """A documented config compiles, with exactly the notes that the case lists."""
    compiled = compile_documented(case, tmp_path)
    text = yaml.safe_dump(compiled.document, sort_keys=False, width=1000)
    for words in case.get("prints", []):
        assert words in text
    for words in case.get("not_printed", []):
        assert words not in text
    assert [note.code for note in compiled.notes] == case.get("notes", [])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refused(case: dict[str, Any], tmp_path: Path) -> None:
    """A config that its source calls invalid is refused with a suggestion."""
    with pytest.raises(UserError) as caught:
        compile_documented(case, tmp_path)
    error = caught.value
    said = "\n".join([error.message, *error.suggestions])
    for words in case["says"]:
        assert words in said
    assert error.reference.endswith(f"/docs/compile.md#dte-{error.code}")
    assert error.where is not None
    assert error.suggestions
    assert error.exit_code == 2


@pytest.mark.parametrize(
    "case", cases("refused_steps.yml"), ids=lambda case: case["name"]
)
def test_refused_in_a_job_that_nothing_uses(
    case: dict[str, Any], tmp_path: Path
) -> None:
    """CircleCI checks the keys of every job, so a job that no workflow calls is refused
    too.
    """
    if "<<EOF" in case["config"]:
        return  # the error is in the YAML, and a dump would not contain it
    config = yaml.safe_load(case["config"])
    config["jobs"]["other"] = {"type": "no-op"}
    config["workflows"] = {"main": {"jobs": ["other"]}}
    codes = []
    for text in (case["config"], yaml.safe_dump(config, sort_keys=False)):
        with pytest.raises(UserError) as caught:
            compile_text(text, tmp_path)
        codes.append(caught.value.code)
    assert codes[0] == codes[1]


def test_each_case_names_its_source() -> None:
    """Each case has a unique name, a unique config, and a source."""
    every = [*ACCEPTED, *REFUSED]
    for key in ("name", "config"):
        assert len({case[key] for case in every}) == len(every)
    assert all(case["source"] for case in every)
