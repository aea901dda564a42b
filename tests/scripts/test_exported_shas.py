"""`set_shas` writes its log and the variables NX_BASE and NX_HEAD, nothing else."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.scripts.jobs import Job
from tests.scripts.records import RunScript
from tests.scripts.repositories import Upstream


def test_what_is_said_of_a_build(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """The log names the kind of build, both revisions with their day and subject, and
    the number of commits between them."""
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "m6", branch="main"))
    job.record([shop.commits["m4"]], attempt=3)
    said = job.set_shas(CIRCLE_BRANCH="main").stderr
    base, head = shop.commits["m4"][:12], shop.commits["m6"][:12]
    assert "This is a build of the main branch, main." in said
    assert f"base  {base}  2026-09-21  Add m4  (the newest that passed: " in said
    assert "a pipeline, from the record of attempt 3" in said
    assert f"head  {head}  2026-09-21  Add m6" in said
    assert "The head is 2 commits ahead." in said


def test_a_subject_can_t_steer_the_log(tmp_path: Path, run_script: RunScript) -> None:
    """Control characters in a commit's subject are shown as question marks."""
    shop = Upstream.create(tmp_path / "shop")
    shop.commit("m1", subject="Turn \x1b[31mred\x07, ütf-8")
    shop.commit("f1", "m1")
    shop.set_ref("refs/heads/main", "m1")
    shop.set_ref("refs/heads/feature", "f1")
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "f1", branch="feature"))
    said = job.set_shas(CIRCLE_BRANCH="feature", PYTHONIOENCODING="utf-8").stderr
    assert "Turn ?[31mred?, ütf-8" in said


HOSTILE = [
    "$(touch {marker})",
    "`touch {marker}`",
    "x; touch {marker}",
    "--upload-pack=touch {marker}",
    "--exec=touch {marker}",
    "ext::touch {marker}",
    "'\"\n touch {marker}",
    "main\nexport EVIL=1",
    "-",
    "main:refs/heads/main",
    "@{u}",
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *itertools.product(["DTE_BASE_BRANCH", "DTE_REMOTE"], HOSTILE),
        *itertools.product(["CIRCLE_BRANCH", "CIRCLE_TAG"], HOSTILE[:3]),
    ],
)
def test_no_name_is_run_as_code(
    shop: Upstream, tmp_path: Path, run_script: RunScript, name: str, value: str
) -> None:
    """No branch, tag or parameter runs as code, and only revisions are exported."""
    marker = tmp_path / "marker"
    checkout = shop.clone(
        tmp_path / "p", "f2", "--single-branch", "--branch=feature", branch="feature"
    )
    job = Job(run_script, tmp_path, checkout)
    job.record([])
    env = {"CIRCLE_BRANCH": "feature", name: value.replace("{marker}", str(marker))}
    done = job.set_shas(**env)
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        text = job.bash_env.read_text()
        assert re.fullmatch(
            r"\nexport NX_BASE=[0-9a-f]{40}\nexport NX_HEAD=[0-9a-f]{40}\n", text
        )
    assert not marker.exists()


@pytest.mark.parametrize(
    "before", ["", "export A=1\n", "export A=1", "# a comment"], ids=repr
)
def test_bash_env_is_appended_to(
    shop: Upstream, tmp_path: Path, run_script: RunScript, before: str
) -> None:
    """Existing lines of the file are kept, even if the last one has no newline."""
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "f2", branch="feature"))
    if before:
        job.bash_env.write_text(before)
    assert job.set_shas(CIRCLE_BRANCH="feature").returncode == 0
    lines = [line for line in job.bash_env.read_text().splitlines() if line]
    assert lines[-2:] == [
        f"export NX_BASE={shop.commits['m4']}",
        f"export NX_HEAD={shop.commits['f2']}",
    ]
    assert lines[:-2] == before.splitlines()
