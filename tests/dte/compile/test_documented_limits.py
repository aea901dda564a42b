"""Limits that CircleCI's pages name, and one that only users report."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.model import CompiledConfig, PipelineValues, Where
from tests.dte.compile.configs import compile_text

JOB = "version: 2.1\njobs: {build: {machine: true, steps: [STEP]}}\n"
FLOW = "workflows: {main: {jobs: [build: {CALL}]}}\n"


def compiled(
    tmp_path: Path, call: str = "", step: str = "checkout", more: str = ""
) -> CompiledConfig:
    """Return a config whose workflow calls one job with the keys in `call`."""
    text = JOB.replace("STEP", step) + FLOW.replace("CALL", call) + more
    return compile_text(text, tmp_path, stub_missing_orbs=True)


def warned(config: CompiledConfig) -> bool:
    """Return whether a config has a warning about a limit."""
    return any(note.code in ("documented-limit", "matrix") for note in config.notes)


def numbered(word: str, number: int) -> str:
    """Return `number` names, separated by commas."""
    return ", ".join(f"{word}{index}" for index in range(number))


def test_contexts(tmp_path: Path) -> None:
    """A job may use 100 contexts (Configuration reference, context), but not 101."""
    compiled(tmp_path, f"context: [{numbered('c', 100)}]")
    with pytest.raises(UserError, match="use 101 contexts") as caught:
        compiled(tmp_path, f"context: [{numbered('c', 101)}]")
    assert caught.value.code == "documented-limit"


def test_url_orbs(tmp_path: Path) -> None:
    """A config may import 50 URL orbs (Manage URL orb allow-lists), but not 51."""
    urls = [f"o{number}: 'https://a.test/{number}.yml'" for number in range(51)]
    compiled(tmp_path, more=f"orbs: {{{', '.join(urls[:50])}}}\n")
    with pytest.raises(UserError, match="more than 50 URL orbs"):
        compiled(tmp_path, more=f"orbs: {{{', '.join(urls)}}}\n")


@pytest.mark.parametrize(("depth", "fits"), [(5, True), (6, False)])
def test_the_depth_of_url_orbs(depth: int, fits: bool, tmp_path: Path) -> None:
    """URL orbs import each other at most 5 deep (Manage URL orb allow-lists)."""
    orbs = {}
    for number in range(1, depth + 1):
        orbs[url := f"https://a.test/{number}.yml"] = tmp_path / f"{number}.yml"
        more = f"orbs: {{next: 'https://a.test/{number + 1}.yml'}}\n"
        step = "next/work" if number < depth else "checkout"
        orbs[url].write_text(
            f"version: 2.1\ncommands: {{work: {{steps: [{step}]}}}}\n"
            + more * (number < depth)
        )
    text = JOB.replace("STEP", "first/work") + "orbs: {first: 'https://a.test/1.yml'}\n"
    if fits:
        compile_text(text, tmp_path, orbs=orbs)
        return
    with pytest.raises(UserError, match="more than 5 deep") as caught:
        compile_text(text, tmp_path, orbs=orbs)
    assert caught.value.where == Where(str(tmp_path / "5.yml"), 3)


@pytest.mark.parametrize(("length", "warns"), [(900, False), (901, True)])
def test_a_key_of_a_cache(length: int, warns: bool, tmp_path: Path) -> None:
    """A cache's key has at most 900 characters (Caching dependencies)."""
    key = "k" * length
    for step in (
        f"save_cache: {{key: {key}, paths: [a]}}",
        f"restore_cache: {{keys: [{key}]}}",
    ):
        assert warned(compiled(tmp_path, step=step)) is warns


@pytest.mark.parametrize(
    ("names", "name", "value", "warns"),
    [(100, 128, 512, False), (101, 9, 9, True), (1, 129, 9, True), (1, 9, 513, True)],
)
def test_pipeline_arguments(
    names: int, name: int, value: int, warns: bool, tmp_path: Path
) -> None:
    """Too many or too long pipeline arguments cause a warning (Pipeline values).

    A pipeline may have 100 arguments. A name may have 128 characters, and a value 512.
    """
    arguments = {str(n).rjust(name, "p"): "v" * value for n in range(names)}
    declared = ", ".join(f"{key}: {{type: string, default: ''}}" for key in arguments)
    config = compile_text(
        JOB.replace("STEP", "checkout") + f"parameters: {{{declared}}}\n",
        tmp_path,
        pipeline=PipelineValues(parameters=arguments),
    )
    assert warned(config) is warns


@pytest.mark.parametrize(("jobs", "warns"), [(128, False), (129, True)])
def test_a_matrix(jobs: int, warns: bool, tmp_path: Path) -> None:
    """No page limits a matrix, so more than 128 jobs cause only a warning."""
    call = f"matrix: {{parameters: {{n: [{numbered('v', jobs)}]}}}}"
    text = JOB.replace("STEP", "checkout").replace(
        "machine", "parameters: {n: {type: string}}, machine"
    )
    config = compile_text(text + FLOW.replace("CALL", call), tmp_path)
    assert warned(config) is warns
    assert len(config.workflows[0].jobs) == jobs
