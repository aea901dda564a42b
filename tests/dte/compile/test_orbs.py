"""Orbs are read from the given sources; missing orbs are reported or stubbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.model import PipelineValues
from tests.dte.compile.configs import compile_text, only_job

USES = """
version: 2.1
parameters:
  version: {type: string, default: dev:first}
orbs:
  alias: REFERENCE
workflows:
  main:
    jobs: [alias/work]
"""
ORB = """
version: 2.1
jobs:
  work:
    machine: true
    steps: [run: echo here]
"""


@pytest.mark.parametrize(
    ("reference", "given"),
    [
        ("ns/name@1.2.3", "ns/name"),
        ("ns/name@volatile", "alias"),
        ("ns/name@dev:first", "ns/name"),
        ("ns/name@dev:feature/x", "ns/name"),
        ("ns/name@ << pipeline.parameters.version >> ", "ns/name@dev:first"),
        ("ns/name@<< pipeline.parameters.version >>", "ns/name@dev:first"),
        ("https://example.com/orb.yml", "alias"),
        ("https://example.com/orb.yml", "https://example.com/orb.yml"),
    ],
)
def test_a_source_is_found(reference: str, given: str, tmp_path: Path) -> None:
    """A source may be given for the orb's name, its full reference or its alias."""
    source = tmp_path / "orb.yml"
    source.write_text(ORB)
    config = USES.replace("REFERENCE", reference)
    compiled = compile_text(config, tmp_path, orbs={given: source})
    assert only_job(compiled).steps[0].arguments["command"] == "echo here"
    assert compiled.stubbed == ()


def test_a_missing_orb_is_named_with_the_option(tmp_path: Path) -> None:
    """The error for a missing orb shows how to give its source."""
    with pytest.raises(UserError, match=r"config.yml:6: the orb \"alias\"") as caught:
        compile_text(USES.replace("REFERENCE", "ns/name@1"), tmp_path)
    assert caught.value.suggestions == (
        "Get its source: circleci orb source ns/name@1 > name.yml",
        "Then give it: --orb ns/name=name.yml",
        "Or replace its parts: --stub-missing-orbs",
    )


@pytest.mark.parametrize(
    "reference",
    [
        *("name", "ns/name", "a/b/c@1", "7", "http://x/y", "https://"),
        *("ns/name@latest", "ns/name@1.x", "ns/name@1.2.3.4", "ns/name@1.2.3-beta"),
        *("ns/name@v1", "ns/name@dev", "Ns/Name@1"),
    ],
)
def test_a_reference_that_is_none(reference: str, tmp_path: Path) -> None:
    """A reference must be namespace/name@version or an https URL."""
    with pytest.raises(UserError, match=r"config\.yml:6: orb"):
        compile_text(USES.replace("REFERENCE", reference), tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the orb is empty"),
        ("- a", "an orb must be a mapping"),
        ("jobs: {work: {steps: []}}", 'job "alias/work": has no executor'),
        (ORB + "  unused: {machine: true, stepz: []}", "unknown key"),
    ],
)
def test_a_bad_orb(text: str, message: str, tmp_path: Path) -> None:
    """An invalid orb is refused with the position in the orb's file."""
    source = tmp_path / "orb.yml"
    source.write_text(text)
    with pytest.raises(UserError) as caught:
        compile_text(USES.replace("REFERENCE", "a/b@1"), tmp_path, orbs={"a/b": source})
    assert message in str(caught.value)
    assert str(source) in str(caught.value)


STUBBED = """
version: 2.1
orbs:
  node: circleci/node@7
jobs:
  build:
    executor: {name: node/default, tag: "22"}
    steps:
      - node/install: {with: anything}
      - run: npm test
workflows:
  main:
    jobs:
      - build
      - node/test:
          name: test-<< matrix.version >>
          matrix: {parameters: {version: [1, 2]}}
          requires: [build]
      - node/run: {it's: "$(touch x)", requires: [node/test]}
"""


def test_missing_orbs_may_be_stubbed(tmp_path: Path) -> None:
    """With stubs, every part of a missing orb becomes a placeholder step."""
    compiled = compile_text(STUBBED, tmp_path, stub_missing_orbs=True)
    (workflow,) = compiled.workflows
    assert [job.name for job in workflow.jobs] == [
        "build",
        "test-1",
        "test-2",
        "node/run",
    ]
    build = workflow.jobs[0].job
    assert build is not None
    assert [step.name for step in build.steps] == [
        "Not rehearsed: node/install",
        "npm test",
    ]
    assert build.steps[0].arguments["command"] == (
        "echo 'command node/install of the orb circleci/node@7 runs only on CircleCI'"
    )
    assert [need.job for need in workflow.jobs[3].requires] == ["test-1", "test-2"]
    assert compiled.stubbed == (
        "executor node/default (circleci/node@7)",
        "command node/install (circleci/node@7)",
        "job node/test (circleci/node@7)",
        "job node/run (circleci/node@7)",
    )


def test_an_orb_may_import_itself(tmp_path: Path) -> None:
    """A command that calls itself, through an orb that imports itself, is refused."""
    source = tmp_path / "orb.yml"
    source.write_text(
        ORB.replace("run: echo here", "me/work")
        + "orbs: {me: a/b@1}\ncommands: {work: {steps: [me/work]}}\n"
    )
    with pytest.raises(UserError, match="calls itself"):
        compile_text(USES.replace("REFERENCE", "a/b@1"), tmp_path, orbs={"a/b": source})


def test_pipeline_arguments_are_checked(tmp_path: Path) -> None:
    """An unknown or mistyped pipeline argument is refused."""
    for arguments, message in (
        ({"versoin": "x"}, 'unknown parameter "versoin"'),
        ({"version": True}, "must be of type string, not the boolean true"),
    ):
        with pytest.raises(UserError) as caught:
            compile_text(
                USES.replace("REFERENCE", "a/b@1"),
                tmp_path,
                pipeline=PipelineValues(parameters=arguments),
            )
        assert message in str(caught.value)


INJECTED = """
version: 2.1
workflows:
  main:
    jobs: [tool/work]
"""


def test_an_injected_orb(tmp_path: Path) -> None:
    """An orb given by its alias needs no import, because orb-tools injects it."""
    source = tmp_path / "orb.yml"
    source.write_text(ORB)
    compiled = compile_text(INJECTED, tmp_path, orbs={"tool": source})
    assert only_job(compiled).steps[0].arguments["command"] == "echo here"
    imported = INJECTED + "orbs: {tool: {}}\n"
    assert compile_text(imported, tmp_path, orbs={"tool": source}).workflows


def test_an_injected_orb_may_be_stubbed(tmp_path: Path) -> None:
    """With stubs, an orb that nothing imports is a placeholder too."""
    compiled = compile_text(INJECTED, tmp_path, stub_missing_orbs=True)
    assert compiled.stubbed == ("job tool/work (tool, which nothing imports)",)
    with pytest.raises(UserError, match='no job "tool/work"'):
        compile_text(INJECTED, tmp_path)


@pytest.mark.parametrize("folder", [".", "src", "orb"])
def test_a_checkout_of_an_orb(folder: str, tmp_path: Path) -> None:
    """An orb is found in a checkout, and its examples are never read."""
    source = tmp_path / "checkout" / folder
    (source / "examples").mkdir(parents=True)
    (source / "jobs").mkdir()
    (source / "@orb.yml").write_text("version: 2.1\ndescription: An orb.\n")
    (source / "jobs" / "work.yml").write_text(
        "machine: true\nsteps: [run: echo here]\n"
    )
    (source / "examples" / "bad.yml").write_text("usage: [not, {an: example\n")
    orbs = {"a/b": tmp_path / "checkout"}
    compiled = compile_text(USES.replace("REFERENCE", "a/b@1"), tmp_path, orbs=orbs)
    assert only_job(compiled).steps[0].arguments["command"] == "echo here"


@pytest.mark.parametrize("usage", ["[not, a, usage]", "{version: 2, jobs: 3}", "''"])
def test_a_packed_orb_with_broken_examples(usage: str, tmp_path: Path) -> None:
    """A packed orb with invalid examples compiles too."""
    packed = tmp_path / "orb.yml"
    packed.write_text(
        "version: 2.1\n"
        "jobs: {work: {machine: true, steps: [run: echo here]}}\n"
        f"examples: {{bad: {{usage: {usage}}}}}\n"
    )
    text = USES.replace("REFERENCE", "a/b@1")
    compiled = compile_text(text, tmp_path, orbs={"a/b": packed})
    assert only_job(compiled).steps[0].arguments["command"] == "echo here"
