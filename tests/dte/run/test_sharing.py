"""Jobs share workspaces and caches, and nothing else."""

from pathlib import Path

import pytest

from dte.plan.reruns import Assumptions
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

HEAD = "version: 2.1\n"
DOCKER = "docker: [{image: any}]"


def job(name: str, *steps: str) -> str:
    """Return a job as YAML, with each step in flow style."""
    lines = "".join(f"      - {step}\n" for step in steps)
    return f"  {name}:\n    {DOCKER}\n    steps:\n{lines}"


def persist(path: str) -> str:
    """Return a step that persists one path in the folder `~/w`."""
    return f"persist_to_workspace: {{root: ~/w, paths: [{path}]}}"


def write(text: str, path: str = "file") -> str:
    """Return a step that writes a file in the folder `~/w`."""
    return f"run: {{name: W, command: 'mkdir -p ~/w; echo {text} > ~/w/{path}'}}"


SPACE = "{{ .Environment.CIRCLE_WORKFLOW_WORKSPACE_ID }}"
OWN = "{{ .Environment.CIRCLE_WORKFLOW_ID }}"
ATTACH = "attach_workspace: {at: ~/w}"
SHOW = "run: {name: S, command: 'cat ~/w/file'}"
PAIR = (
    HEAD
    + "jobs:\n"
    + job("first", write("$CIRCLE_WORKFLOW_ID"), persist("file"))
    + job("second", ATTACH, SHOW, "run: {name: F, command: 'false'}")
    + "workflows: {all: {jobs: [first, second: {requires: [first]}]}}\n"
)


def test_a_job_downstream_sees_the_workspace(tmp_path: Path) -> None:
    """A job that attaches the workspace gets the files of upstream jobs."""
    done = rehearse_text(tmp_path, PAIR)
    assert done.report.runs[0].id in done.lines("second")


def test_a_job_that_does_not_attach_sees_nothing(tmp_path: Path) -> None:
    """Without attach_workspace, a downstream job has an empty home."""
    config = (
        HEAD
        + "jobs:\n"
        + job("first", write("x"), persist("file"))
        + job("second", "run: {name: L, command: 'ls ~ | wc -l'}")
        + "workflows: {all: {jobs: [first, second: {requires: [first]}]}}\n"
    )
    done = rehearse_text(tmp_path, config)
    assert done.lines("second")[0].strip() == "1"  # the working directory


def test_a_job_that_is_not_downstream_sees_no_layer(tmp_path: Path) -> None:
    """Attaching copies only the layers of upstream jobs."""
    config = (
        HEAD
        + "jobs:\n"
        + job("first", write("x"), persist("file"), f"run: touch {tmp_path}/first")
        + job("between", "run: {name: B, command: 'true'}")
        + job("second", f"run: until [ -e {tmp_path}/first ]; do :; done", ATTACH, SHOW)
        + "workflows: {all: {jobs: [first, between, second: {requires: [between]}]}}\n"
    )
    done = rehearse_text(tmp_path, config)
    assert done.lines("second")[0] == "Attached 0 layers."
    assert done.statuses()["second"] == "failed"


def test_a_rerun_from_failed_inherits_the_workspace(tmp_path: Path) -> None:
    """In a rerun from failed, the layer of a job that is carried over is attached."""
    done = rehearse_text(tmp_path, PAIR, then=("rerun-from-failed",))
    assert done.ran(2) == ["second"]
    assert done.report.runs[0].id in done.lines("second", run=2)


def test_an_expired_workspace_is_empty(tmp_path: Path) -> None:
    """After the workspace has expired, a rerun from failed attaches nothing."""
    done = rehearse_text(tmp_path, PAIR, then=("expire-workspace", "rerun-from-failed"))
    assert done.lines("second", run=2)[0] == "Attached 0 layers."


def test_attaching_an_empty_workspace_may_fail(tmp_path: Path) -> None:
    """Under one assumption, attaching an empty workspace fails the step."""
    done = rehearse_text(
        tmp_path,
        one_job(ATTACH),
        assumptions=Assumptions(empty_attach_fails=True),
    )
    assert done.statuses() == {"build": "failed"}
    assert rehearse_text(tmp_path, one_job(ATTACH)).statuses() == {"build": "success"}


def test_concurrent_jobs_that_persist_one_file_clash(tmp_path: Path) -> None:
    """If two concurrent jobs persist the same file, attaching fails."""
    config = (
        HEAD
        + "jobs:\n"
        + job("a", write("a"), persist("file"))
        + job("b", write("b"), persist("file"))
        + job("c", ATTACH)
        + "workflows: {all: {jobs: [a, b, c: {requires: [a, b]}]}}\n"
    )
    done = rehearse_text(tmp_path, config)
    assert done.statuses()["c"] == "failed"
    assert "persisted the same file" in done.lines("c")[0]


def test_a_later_layer_lies_over_an_earlier_one(tmp_path: Path) -> None:
    """Sequential jobs may persist the same file; the later one takes precedence."""
    config = (
        HEAD
        + "jobs:\n"
        + job("a", write("a"), persist("file"))
        + job("b", write("b"), persist("file"))
        + job("c", ATTACH, SHOW)
        + "workflows: {all: {jobs: [a, b: {requires: [a]}, c: {requires: [b]}]}}\n"
    )
    done = rehearse_text(tmp_path, config)
    assert done.lines("c")[-1] == "b"


# A thread that waits for a pipe's reader can't be interrupted.
@pytest.mark.timeout(60, method="thread")
def test_a_pipe_in_the_place_of_a_restored_file_is_replaced(tmp_path: Path) -> None:
    """Restoring a cache replaces a pipe at a file's path, and doesn't hang."""
    done = rehearse_text(
        tmp_path,
        one_job(
            write("one"),
            "save_cache: {key: v1, paths: [~/w]}",
            "run: {name: P, command: rm ~/w/file; mkfifo ~/w/file}",
            "restore_cache: {key: v1}",
            SHOW,
        ),
    )
    assert done.lines("build")[-1] == "one"


def test_persisting_nothing_fails(tmp_path: Path) -> None:
    """A path that matches nothing or is outside the root fails the step."""
    for path in ("absent", "../x"):
        done = rehearse_text(tmp_path, one_job(persist(path)))
        assert done.statuses() == {"build": "failed"}


def test_a_cache_is_found_by_its_newest_prefix(tmp_path: Path) -> None:
    """A restore takes the newest cache with the prefix; a key is never overwritten."""
    save = "save_cache: {{key: 'v1-{key}', paths: [~/w]}}"
    done = rehearse_text(
        tmp_path,
        one_job(
            "restore_cache: {keys: ['v1-']}",
            write("one"),
            save.format(key="a"),
            write("two"),
            save.format(key="a"),
            "run: {name: D, command: rm -r ~/w}",
            "restore_cache: {keys: ['v2-', 'v1-']}",
            SHOW,
        ),
    )
    lines = done.lines("build")
    assert lines[0] == "No cache was found."
    assert "Skipped: the cache v1-a already exists." in lines
    assert lines[-1] == "one"


def test_caches_outlive_a_workflow_until_they_are_lost(tmp_path: Path) -> None:
    """A rerun restores the cache of an earlier workflow, unless it was lost."""
    config = one_job(
        f"restore_cache: {{keys: ['v1-{SPACE}-']}}",
        write("x"),
        f"save_cache: {{key: 'v1-{SPACE}-{OWN}', paths: [~/w]}}",
    )
    done = rehearse_text(
        tmp_path, config, then=("rerun-from-start", "lose-caches", "rerun-from-start")
    )
    first = done.report.runs[0].id
    assert done.lines("build", run=2)[0] == f"Restored the cache v1-{first}-{first}."
    assert done.lines("build", run=3)[0] == "No cache was found."


def test_lost_caches_don_t_come_back(tmp_path: Path) -> None:
    """A cache that is saved after the loss contains nothing from a lost cache."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "restore_cache: {keys: ['v1-']}",
            "run: {name: L, command: 'mkdir -p ~/w; ls ~/w; touch ~/w/$RUN'}",
            "save_cache: {key: 'v1-{{ .Environment.RUN }}', paths: [~/w]}",
        ),
        variables={"RUN": "one"},
        then=(
            "lose-caches",
            "set:RUN=two",
            "rerun-from-start",
            "set:RUN=three",
            "rerun-from-start",
        ),
    )
    assert "one" not in done.lines("build", run=3)
    assert "two" in done.lines("build", run=3)


@pytest.mark.parametrize("path", ["", "**a"])
def test_an_invalid_pattern_fails_its_step(tmp_path: Path, path: str) -> None:
    """An invalid pattern fails the step, but not the rehearsal."""
    step = f"persist_to_workspace: {{root: ., paths: ['{path}']}}"
    assert rehearse_text(tmp_path, one_job(step)).statuses() == {"build": "failed"}


def test_an_unknown_key_template_is_refused(tmp_path: Path) -> None:
    """An unsupported template fails its step."""
    done = rehearse_text(tmp_path, one_job("restore_cache: {keys: ['{{ .Moon }}']}"))
    assert done.statuses() == {"build": "failed"}
    assert ".Moon" in done.lines("build")[0]
