"""The project's two pipelines pin versions and compile, and their scripts work."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.compile import compile_config
from dte.model import PipelineValues
from dte.pack import pack_orb
from dte.plan.filters import select_jobs
from tests.refusal import REFUSAL
from tests.tooling.repository import ROOT
from tools.carried_code import DIGEST, copy_code

PIPELINES = ("config.yml", "test-deploy.yml")
FULL_VERSION = re.compile(r"[\w-]+/[\w-]+@\d+\.\d+\.\d+")
PINNED_TAG = re.compile(r"cimg/[\w-]+:\d[\w.-]*")
WORKFLOW = "0a4f3a44-8d0e-4b5e-9d3e-0f8f0e4c1a11"


def load(pipeline: str) -> Any:
    """Load one of the two pipelines."""
    return yaml.safe_load((ROOT / ".circleci" / pipeline).read_text(encoding="utf-8"))


def images(node: Any) -> Iterator[str]:
    """Yield every Docker image that a pipeline names."""
    if isinstance(node, dict):
        if isinstance(node.get("image"), str):
            yield node["image"]
        for value in node.values():
            yield from images(value)
    elif isinstance(node, list):
        for value in node:
            yield from images(value)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_orb_is_pinned_to_a_full_version(pipeline: str) -> None:
    """Each import names all three numbers of the version."""
    imported = [ref for ref in load(pipeline)["orbs"].values() if ref != {}]
    assert imported
    assert [ref for ref in imported if not FULL_VERSION.fullmatch(ref)] == []


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_image_is_pinned_by_its_tag(pipeline: str) -> None:
    """No image has the tag current, latest or lts."""
    named = list(images(load(pipeline)))
    assert named
    assert [image for image in named if not PINNED_TAG.fullmatch(image)] == []


def test_no_review_rule_is_excluded() -> None:
    """CI reviews the orb's folder with every rule."""
    (review,) = [
        job["orb-tools/review"]
        for job in load("config.yml")["workflows"]["lint-pack"]["jobs"]
        if "orb-tools/review" in job
    ]
    assert review["source_dir"] == "orb"
    assert "exclude" not in review


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_tokens_come_from_contexts_only(pipeline: str) -> None:
    """Each job that publishes or runs agents has a context, and no job sets a variable
    named after a token."""
    text = (ROOT / ".circleci" / pipeline).read_text(encoding="utf-8")
    assert not re.search(r"^\s*\w*TOKEN\w*:", text, re.MULTILINE)
    for workflow in load(pipeline)["workflows"].values():
        for job in workflow["jobs"]:
            for name, given in job.items():
                if name in {"orb-tools/publish", "dte/agent", "dte/main"}:
                    assert given["context"]


def test_pull_requests_of_outsiders_reach_the_tests() -> None:
    """The checks and the jobs that they require have no context, because CircleCI runs
    no job with a restricted context for outsiders."""
    jobs = {}
    for job in load("config.yml")["workflows"]["lint-pack"]["jobs"]:
        for name, given in job.items():
            jobs[given.get("name", name)] = given
    tests = {"checks", "orb-tools/lint", "orb-tools/pack", "orb-tools/review"}
    assert tests <= set(jobs)
    for name in tests:
        assert "context" not in jobs[name]
        assert set(jobs[name].get("requires", [])) <= tests


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_the_kind_of_organization_is_one_that_orb_tools_takes(pipeline: str) -> None:
    """`vcs_type` is `github`, also for organizations of type `circleci`;
    docs/publishing.md names the value for Bitbucket."""
    given = [
        arguments["vcs_type"]
        for workflow in load(pipeline)["workflows"].values()
        for job in workflow["jobs"]
        for arguments in job.values()
        if "vcs_type" in arguments
    ]
    assert given
    assert set(given) == {"github"}


def write_continued(pipeline: str, folder: Path) -> Path:
    """Write a pipeline as CI runs it after `continue`, with the packed orb.

    Apart from the orb, only the key `setup` is different: it is removed.
    """
    config = load(pipeline)
    config.pop("setup", None)
    if "dte" in config["orbs"]:
        config["orbs"]["dte"] = pack_orb(ROOT / "orb")
    target = folder / pipeline
    target.write_text(json.dumps(config), encoding="utf-8")
    return target


@pytest.mark.parametrize("tag", ["", "v1.0.0"], ids=["branch", "tag"])
@pytest.mark.parametrize(
    ("pipeline", "expected"),
    [
        ("config.yml", {"checks-static", "checks-test", "checks-slow"}),
        ("test-deploy.yml", {"refusal", "dte/main"}),
    ],
)
def test_both_pipelines_compile_with_the_orb_of_this_commit(
    pipeline: str, expected: set[str], tag: str, tmp_path: Path
) -> None:
    """The orb in `orb/` has every job and parameter that the pipelines use; jobs of
    registry orbs are replaced with placeholders."""
    compiled = compile_config(
        write_continued(pipeline, tmp_path),
        orbs={},
        pipeline=PipelineValues(branch="" if tag else "main", tag=tag),
        stub_missing_orbs=True,
    )
    (workflow,) = compiled.workflows
    assert expected <= {job.name for job in workflow.jobs}


@pytest.mark.parametrize(
    ("branch", "tag", "published"),
    [
        ("main", "", False),
        ("v1.2.3", "", False),
        ("", "v1.2.3", True),
        ("", "v1.2", False),
        ("", "v1.2.3-rc1", False),
        ("", "1.2.3", False),
    ],
)
def test_production_is_published_for_a_release_tag_only(
    branch: str, tag: str, published: bool, tmp_path: Path
) -> None:
    """Only a tag `vX.Y.Z` publishes, after the jobs `dte/main` and `refusal`."""
    compiled = compile_config(
        write_continued("test-deploy.yml", tmp_path),
        orbs={},
        pipeline=PipelineValues(branch=branch, tag=tag),
        stub_missing_orbs=True,
    )
    jobs = select_jobs(compiled.workflows[0].jobs, branch=branch, tag=tag)
    found = [job for job in jobs if job.name == "publish_production_version"]
    assert len(found) == int(published)
    for job in found:
        assert {"refusal", "dte/main"} <= {need.job for need in job.requires}


def run(
    script: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run one of the pipelines' scripts with its own home directory."""
    return subprocess.run(
        [ROOT / ".circleci" / script],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKFLOW,
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_token_of_nx_cloud_the_job_fails_with_a_fix(
    tmp_path: Path,
) -> None:
    """Without a token of Nx Cloud, the job fails and says what was not tested."""
    done = run("require_nx_cloud.sh", tmp_path)
    assert done.returncode == 1
    assert "agents and main were NOT tested" in done.stderr
    assert "Add NX_CLOUD_ACCESS_TOKEN to the context nx-cloud" in done.stderr
    assert (
        run("require_nx_cloud.sh", tmp_path, NX_CLOUD_ACCESS_TOKEN="x").returncode == 0
    )


def record_attempt(home: Path) -> None:
    """Write the record of a full run into a home directory, like the attempt job."""
    code = copy_code(home / "code")
    subprocess.run(
        ["python3", "-I", "-S", code, "record_attempt"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "CIRCLE_WORKFLOW_ID": WORKFLOW,
            "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKFLOW,
            "CIRCLE_PIPELINE_ID": WORKFLOW,
            "DTE_ATTEMPTS": str(home / ".dte" / "attempts"),
            "DTE_LEDGER": str(home / "ledger"),
            "DTE_CODE": DIGEST.read_text(encoding="ascii"),
        },
        check=True,
        capture_output=True,
    )


def test_the_refusal_is_shown_with_the_record_of_this_run(tmp_path: Path) -> None:
    """If the only record is this run's, a job of another workflow is refused."""
    record_attempt(tmp_path)
    done = run("show_refusal.sh", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert REFUSAL in done.stdout


def test_a_guard_that_does_not_refuse_fails_the_job(tmp_path: Path) -> None:
    """A guard that is switched off shows no refusal, so the job fails."""
    record_attempt(tmp_path)
    assert run("show_refusal.sh", tmp_path, DTE_RERUN_GUARD="off").returncode == 1
