"""`--report` and `--timeline`: files that describe a rehearsal."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema  # type: ignore[import-untyped]
import pytest

import dte.report
from dte.report.data import Report
from dte.report.timeline import WIDTH, draw_timeline
from tests.configs import one_job
from tests.dte.commands import make_project, run_in
from tests.dte.report.events import (
    make_job_report,
    make_report,
    make_run,
    make_story,
)

SCHEMA = json.loads((Path(dte.report.__file__).parent / "schema.json").read_text())
SVG = "{http://www.w3.org/2000/svg}"


def check(report: Any) -> None:
    """Fail unless the report matches the schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report, SCHEMA)


@pytest.mark.parametrize(
    ("command", "words", "code", "error"),
    [
        ("exit 0", (), 0, False),
        ("exit 3", ("--then", "rerun-from-failed"), 1, False),
        ("exit 0", ("--then", "rerun-from-failed"), 2, True),
        ("sleep 300", ("--kill", "build:A@0.2"), 1, False),
    ],
)
def test_the_report_file_matches_its_schema(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    words: tuple[str, ...],
    code: int,
    error: bool,
) -> None:
    """`--report` writes runs, steps and exit codes, even if an action can't be done."""
    step = f"run: {{name: A, command: '{command}'}}"
    project = make_project(tmp_path / "project", one_job(step))
    file = tmp_path / "report.json"
    done = run_in(project, monkeypatch, "rehearse", *words, "--report", str(file))
    assert done.exit_code == code
    report = json.loads(file.read_text())
    check(report)
    assert bool(report["error"]) is error
    (result,) = report["runs"][-1]["jobs"][0]["steps"]
    assert Path(result["log"]).is_file()
    assert report["verdict"] in done.stdout


def test_every_field_is_in_the_schema() -> None:
    """The schema has each field of a report with tasks, and no other field."""
    check(json.loads(make_story().as_json(verdict="x")))


def texts(report: Report) -> list[str]:
    """Return all text elements of the timeline."""
    root = ElementTree.fromstring(draw_timeline(report))
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_the_timeline_shows_runs_jobs_and_tasks() -> None:
    """Each run and each job has a row; tasks and carried-over jobs have marks."""
    story = make_story()
    found = texts(story)
    assert "1 first run, attempt 1: failed" in found
    assert "dte/main" in found
    assert found.count("carried over") == 1
    assert found.count("failed, 36.2 s") == 2
    assert "discounts:test:ci on agent-1: 0.5 s" in draw_timeline(story)


def test_the_timeline_stays_inside_its_picture() -> None:
    """No bar ends outside the picture."""
    root = ElementTree.fromstring(draw_timeline(make_story()))
    for bar in root.iter(f"{SVG}rect"):
        assert 0 <= float(bar.get("x", "")) <= WIDTH
        assert float(bar.get("x", "")) + float(bar.get("width", "")) <= WIDTH


def test_no_line_of_the_timeline_crosses_a_label() -> None:
    """The vertical lines of the time axis don't cross the words beside the bars."""
    job = make_job_report("build")
    jobs = [replace(job, seconds=float(seconds)) for seconds in range(37)]
    jobs.append(make_job_report("lint", ran=False))
    root = ElementTree.fromstring(draw_timeline(make_report(make_run("failed", *jobs))))
    labels = [text for text in root.iter(f"{SVG}text") if text.get("class") == "faint"]
    lines = [
        path.get("d", "")[1:].replace("V", " ") for path in root.iter(f"{SVG}path")
    ]
    assert labels
    assert lines
    for line in lines:
        x, top, bottom = map(float, line.split())
        for label in labels:
            left, baseline = float(label.get("x", "")), float(label.get("y", ""))
            right = left + 6 * len(label.text or "")
            assert not (left <= x <= right and top < baseline < bottom), label.text


def test_a_timeline_of_nothing() -> None:
    """A report without runs gives an empty picture."""
    assert ElementTree.fromstring(draw_timeline(make_report())).tag == f"{SVG}svg"


def test_names_are_escaped() -> None:
    """A name with markup is text in the timeline."""
    report = make_report(make_run("success", make_job_report("<b>&</b>")))
    assert "<b>&</b>" in texts(report)
