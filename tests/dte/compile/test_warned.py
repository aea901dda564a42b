"""A mistake only gets a warning if no source says that CircleCI refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.errors import MAX_ERRORS, UserError
from tests.dte.compile.configs import compile_text


def call_last(call: str, condition: str) -> str:
    """Return a config whose workflow has a condition and this call."""
    return (
        "version: 2.1\n"
        "jobs: {build: {machine: true, steps: [checkout]}, last: {machine: true, "
        "steps: [checkout], parameters: {n: {type: integer, default: 1}}}}\n"
        "job-groups: {pair: {jobs: [build]}}\n"
        f"workflows: {{main: {{{condition}jobs: [build, {{{call}}}]}}, "
        "other: {jobs: [build]}}\n"
    )


UNRUN = [
    ("last: {type: build}", "type", "type: must be approval"),
    ("last: {m: 1}", "parameter", 'job "last": unknown parameter "m"'),
    ("last: {matrix: {parameters: {m: [1]}}}", "matrix", 'unknown parameter "m"'),
    ("last: {matrix: {parameters: {n: 1}}}", "type", "n must be a list"),
    ("last: {matrix: {parameters: {}}}", "matrix", "needs at least one"),
    (
        "last: {matrix: {parameters: {n: [1]}, only: []}}",
        "unknown-key",
        'unknown key "only"',
    ),
    ("pair: {context: a}", "job-group", 'takes no "context"'),
]


@pytest.mark.parametrize(("call", "code", "message"), UNRUN)
def test_a_call_that_the_schema_accepts(
    call: str, code: str, message: str, tmp_path: Path
) -> None:
    """A call that the schema accepts but the job doesn't is refused if its workflow
    runs; in a workflow that doesn't run, it gets a warning with the same words.
    """
    with pytest.raises(UserError) as caught:
        compile_text(call_last(call, ""), tmp_path)
    compiled = compile_text(call_last(call, "when: false, "), tmp_path)
    (note,) = [note for note in compiled.notes if note.severity == "warning"]
    assert (note.code, message in note.text) == (code, True)
    assert caught.value.message == f"{note.where}: {note.text}"
    assert caught.value.suggestions == note.suggestions


FORMS = [
    ("parameters: {n: [1]}, exclude: [1]", "exclude must be a mapping"),
    ("parameters: {n: [1]}, exclude: {n: 1}", "exclude must be a list"),
    ("parameters: {n: [1]}, alias: 1", "alias: must be a string"),
]


@pytest.mark.parametrize(("matrix", "message"), FORMS)
def test_a_matrix_that_the_schema_refuses(
    matrix: str, message: str, tmp_path: Path
) -> None:
    """A matrix whose form the schema refuses is refused whether its workflow runs or
    not.
    """
    for condition in ("", "when: false, "):
        text = call_last(f"last: {{matrix: {{{matrix}}}}}", condition)
        with pytest.raises(UserError) as caught:
            compile_text(text, tmp_path)
        assert message in str(caught.value)


@pytest.mark.parametrize("workflow", ["", "unrun: {when: false, jobs: [last]}, "])
def test_a_job_with_a_missing_executor(workflow: str, tmp_path: Path) -> None:
    """If a job doesn't run, a missing executor only causes a warning."""
    text = (
        "version: 2.1\nexecutors: {small: {machine: true}}\n"
        "jobs: {build: {executor: small, steps: [checkout]}, last: {executor: smal, "
        "steps: [checkout]}}\n"
        f"workflows: {{{workflow}main: {{jobs: [build]}}}}\n"
    )
    compiled = compile_text(text, tmp_path)
    (note,) = [note for note in compiled.notes if note.severity == "warning"]
    assert note.code == "unknown-executor"
    assert note.text == 'job "last": there is no executor "smal" in the config'
    assert note.suggestions == ('Did you mean "small"?',)
    with pytest.raises(UserError, match='no executor "smal"'):
        compile_text(text.replace("[build]", "[last]"), tmp_path)


VALIDATIONS = [
    ("webhook: []", 'validation: unknown key "webhook"', "webhooks"),
    (
        "webhooks: [{name: a, provider: dataddog}]",
        "webhooks: provider: must be one of datadog, prometheus, grafana, "
        'alertmanager, custom, not the string "dataddog"',
        "datadog",
    ),
    (
        "webhooks: [{name: a, provider: custom, fail_on: b}]",
        'webhooks: unknown key "fail_on"',
        "fail_when",
    ),
    (
        "webhooks: [{name: a, provider: custom, data_points: {component: b}}]",
        'data_points: unknown key "component"',
        "component_name",
    ),
]


@pytest.mark.parametrize("jobs", ["ship", "build"])
@pytest.mark.parametrize(("validation", "message", "near"), VALIDATIONS)
def test_the_validation_of_a_release(
    validation: str, message: str, near: str, jobs: str, tmp_path: Path
) -> None:
    """Undocumented keys and providers only cause a warning, even if the release runs,
    because the schema accepts them.
    """
    text = (
        "version: 2.1\njobs: {build: {machine: true, steps: [checkout]}, ship: "
        "{type: release, plan_name: a, validation: {enabled: true, "
        f"{validation}}}}}}}\nworkflows: {{main: {{jobs: [{jobs}]}}}}\n"
    )
    compiled = compile_text(text, tmp_path)
    (note,) = [note for note in compiled.notes if note.severity == "warning"]
    assert message in note.text
    assert note.suggestions == (f'Did you mean "{near}"?',)


def test_only_some_of_many_mistakes_get_a_warning(tmp_path: Path) -> None:
    """Only the first MAX_ERRORS of these mistakes get a warning, because the search for
    the nearest name takes time; the config is still accepted.
    """
    calls = "},\n{".join(f"last: {{m: {number}}}" for number in range(99))
    compiled = compile_text(call_last(calls, "when: false, "), tmp_path)
    warnings = [note for note in compiled.notes if note.severity == "warning"]
    assert len(warnings) == MAX_ERRORS
