"""Shallow clones are deepened step by step, only until the base is certain."""

from __future__ import annotations

from pathlib import Path

from tests.git import git
from tests.scripts.base_cases import SHALLOW
from tests.scripts.jobs import Job
from tests.scripts.records import RunScript
from tests.scripts.repositories import Upstream


def test_a_deep_history_is_fetched_step_by_step(
    tmp_path: Path, run_script: RunScript
) -> None:
    """A shallow clone is deepened only until the merge base is found."""
    shop = Upstream.create(tmp_path / "shop")
    shop.grow("refs/heads/main", [f"m{number}" for number in range(1200)])
    shop.grow("refs/heads/feature", [f"f{number}" for number in range(150)], on="m900")
    checkout = shop.clone(tmp_path / "project", "f149", *SHALLOW, branch="feature")
    done = Job(run_script, tmp_path, checkout).set_shas(CIRCLE_BRANCH="feature")
    assert f"NX_BASE={shop.commits['m900']}\n" in done.stdout
    assert done.stderr.count("This clone is shallow") == 3
    assert "fetched 50 more" in done.stderr
    assert "fetched 800 more" in done.stderr
    assert "150 commits ahead" in done.stderr
    assert git(checkout, "rev-parse", "--is-shallow-repository") == "true"


def test_a_main_that_passed_long_ago_is_found_in_a_shallow_clone(
    tmp_path: Path, run_script: RunScript
) -> None:
    """If the steps are not enough, the whole history is fetched."""
    shop = Upstream.create(tmp_path / "shop")
    shop.grow("refs/heads/main", [f"m{number}" for number in range(4400)])
    checkout = shop.clone(tmp_path / "project", "m4399", *SHALLOW, branch="main")
    job = Job(run_script, tmp_path, checkout)
    job.record([shop.commits["m3"]])
    done = job.set_shas(CIRCLE_BRANCH="main")
    assert f"NX_BASE={shop.commits['m3']}\n" in done.stdout
    assert "fetched the rest of its history" in done.stderr


def test_a_shallow_clone_hides_no_later_merge_base(
    tmp_path: Path, run_script: RunScript
) -> None:
    """An older common ancestor that the shallow clone shows first is not used."""
    shop = Upstream.create(tmp_path / "shop")
    shop.chain("m1", "m2", "m3", "m4", "m5", "m6", "m7")
    shop.commit("old", "m1")
    shop.chain("b1", "b2", "b3", "b4", on="m6")
    shop.commit("head", "b4", "old")
    shop.set_ref("refs/heads/main", "m7")
    shop.set_ref("refs/heads/feature", "head")
    checkout = shop.clone(
        tmp_path / "project",
        "head",
        "--depth=4",
        "--no-single-branch",
        branch="feature",
    )
    git(checkout, "fetch", "--quiet", "--depth=7", "origin", "main")
    done = Job(run_script, tmp_path, checkout).set_shas(CIRCLE_BRANCH="feature")
    assert f"NX_BASE={shop.commits['m6']}\n" in done.stdout, done.stderr
