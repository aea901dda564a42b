"""`dte rehearse --list`, `--plan` and `dte rehearse JOB…`."""

import json
from pathlib import Path

import pytest

from tests.dte.commands import make_project, run_in
from tests.git import git, make_repository

PASS = "docker: [{image: any}], steps: [run: {name: R, command: 'true'}]"
CONFIG = f"""\
version: 2.1
jobs:
  good: {{parallelism: 2, {PASS}}}
  bad: {{docker: [{{image: any}}], steps: [run: {{name: R, command: exit 1}}]}}
  release: {{{PASS}}}
workflows:
  all:
    jobs:
      - release: {{requires: [good, bad], filters: {{branches: {{only: release}}}}}}
      - last: {{type: approval, requires: [bad: failed]}}
      - good
      - bad: {{requires: [good]}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with four jobs, one of which doesn't run on main."""
    return make_project(tmp_path / "project", CONFIG)


def test_the_list_says_why_each_job_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--list --json` has each job with its requirements, machines and reason."""
    done = run_in(project, monkeypatch, "rehearse", "--list", "--json")
    jobs = {job["name"]: job for job in json.loads(done.stdout)["jobs"]}
    assert jobs["release"]["why"] == "its filters exclude main"
    assert [jobs[name]["runs"] for name in ("release", "good")] == [False, True]
    assert jobs["last"]["requires"] == ["bad (failed)"]
    assert (jobs["good"]["machines"], jobs["last"]["machines"]) == (2, 0)
    assert jobs["last"]["why"] == "approved automatically"


def test_the_list_is_a_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --json the list is a table, and no job starts."""
    done = run_in(project, monkeypatch, "rehearse", "--list", "good", COLUMNS="100")
    assert "its filters exclude main" in done.stdout
    assert "not named on the command line" in done.stdout
    assert "run 1" not in done.stdout


def test_the_plan_shows_what_the_actions_would_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--plan` lists what each action runs if only jobs with injected faults fail."""
    words = ("--fail", "bad", "--then", "rerun-from-failed", "--then", "fix")
    more = ("--then", "rerun-from-failed", "--json")
    done = run_in(project, monkeypatch, "rehearse", "--plan", *words, *more)
    runs = json.loads(done.stdout)["runs"]
    ran = [
        [(job["name"], job["status"]) for job in run["jobs"] if job["runs"]]
        for run in runs
    ]
    assert ran[0] == [("last", "success"), ("good", "success"), ("bad", "failed")]
    assert ran[1] == [("last", "success"), ("bad", "failed")]
    assert ran[2] == [("last", "not_run"), ("bad", "success")]
    table = run_in(project, monkeypatch, "rehearse", "--plan", *words).stdout
    assert "2 rerun from failed" in table


BRANCHES = """\
version: 2.1
jobs:
  build: &job
    docker: [{image: any}]
    steps: [run: "true"]
  only-main: *job
workflows:
  build:
    jobs:
      - build
      - only-main: {filters: {branches: {only: main}}}
"""


def test_a_planned_push_has_the_jobs_of_its_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the rehearsal itself, the config is compiled and filtered again."""
    project = make_project(tmp_path / "project", BRANCHES)
    make_repository(project)
    git(project, "branch", "release")
    words = ("rehearse", "--then", "push:release", "--json")
    runs = [
        [
            [job["name"] for job in run["jobs"]]
            for run in json.loads(run_in(project, monkeypatch, *words, *more).stdout)[
                "runs"
            ]
        ]
        for more in ((), ("--plan",))
    ]
    assert runs[0] == runs[1] == [["build", "only-main"], ["build"]]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("good",), {"good"}),
        (("bad",), {"good", "bad"}),
        (("bad", "--only"), {"bad"}),
        (("[gb]*",), {"good", "bad"}),
        ((".circleci/config.yml", "good"), {"good"}),
    ],
)
def test_named_jobs_run_alone(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    names: set[str],
) -> None:
    """`dte rehearse JOB` runs JOB and the jobs it requires; --only runs JOB alone."""
    done = run_in(project, monkeypatch, "rehearse", *words, "--json")
    (run,) = json.loads(done.stdout)["runs"]
    assert {job["name"] for job in run["jobs"]} == names


def test_an_unknown_job_is_an_error_with_similar_names(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that no job has is a usage error that suggests similar names."""
    done = run_in(project, monkeypatch, "rehearse", "god")
    assert done.exit_code == 2
    assert "did you mean: good" in done.stderr


def test_the_project_is_found_from_a_subfolder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a subfolder the project's own config is used."""
    folder = project / "packages" / "shop"
    folder.mkdir(parents=True)
    done = run_in(folder, monkeypatch, "rehearse", "--list", "--json")
    assert len(json.loads(done.stdout)["jobs"]) == 4


def test_jobs_side_by_side_can_be_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --jobs 1, no two jobs run at the same time."""
    step = (
        "run: {name: R, command: 'mkdir "
        f"{tmp_path}/lock && sleep 0.3 && rmdir {tmp_path}/lock'}}"
    )
    job = f"{{docker: [{{image: any}}], steps: [{step}]}}"
    config = (
        f"version: 2.1\njobs: {{a: {job}, b: {job}, c: {job}}}\n"
        "workflows: {all: {jobs: [a, b, c]}}\n"
    )
    project = make_project(tmp_path / "project", config)
    assert run_in(project, monkeypatch, "rehearse", "--jobs", "1").exit_code == 0


def test_the_values_of_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--value` and `--event` decide which jobs a pipeline has."""
    base = "pipeline.event.github.pull_request.base.ref"
    config = f"""\
version: 2.1
jobs: {{a: {{{PASS}}}}}
workflows:
  review: {{when: {base} == "main", jobs: [a]}}
  other: {{unless: {base} == "main", jobs: [a]}}
"""
    project = make_project(tmp_path / "project", config)
    event = {"pull_request": {"base": {"ref": "main"}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    for options, workflow in (
        ((), "other"),
        (("--value", f"{base}=main"), "review"),
        (("--event", "../event.json"), "review"),
    ):
        done = run_in(project, monkeypatch, "rehearse", "--list", "--json", *options)
        listed = {job["workflow"] for job in json.loads(done.stdout)["jobs"]}
        assert listed == {workflow}
