"""Feature requests by users of nrwl/nx-orb and nrwl/nx-set-shas, with issue numbers.

There is no attempt record, so the command asks the API itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.base_cases import EMPTY
from tests.scripts.circleci_api import FakeCircleCI, FakePipeline
from tests.scripts.jobs import Job
from tests.scripts.records import RunScript
from tests.scripts.repositories import Upstream
from tests.scripts.requested_cases import REQUESTS, TOKEN, Request


@pytest.mark.parametrize(
    "request_", REQUESTS, ids=lambda one: f"{one.number}: {one.what}"
)
def test_the_request_is_met(
    request_: Request,
    shop: Upstream,
    tmp_path: Path,
    run_script: RunScript,
    circleci: FakeCircleCI,
) -> None:
    """Each case gets the base that users asked for in its issue."""
    one = request_
    checkout = shop.clone(tmp_path / "project", one.head, *one.clone, branch=one.branch)
    folder = checkout / one.below
    folder.mkdir(parents=True, exist_ok=True)
    main = one.env.get("DTE_MAIN_BRANCH", "main")
    circleci.own = FakePipeline(99, shop.commits[one.head], branch=one.branch)
    circleci.pipelines = [
        FakePipeline(90 - index, shop.commits[name], runs, branch=main)
        for index, (name, runs) in enumerate(one.pipelines)
    ]
    circleci.intercept = one.trouble
    circleci.private_token = one.token or None
    env = {name: shop.commits.get(value, value) for name, value in one.env.items()}
    done = Job(run_script, tmp_path, folder).set_shas(
        CIRCLE_BRANCH=one.branch,
        CIRCLE_TAG=one.tag,
        CIRCLE_PIPELINE_ID=circleci.own.id,
        DTE_API_URL=circleci.url,
        **env,
    )
    assert done.returncode == one.status, done.stderr
    assert one.said in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    base = EMPTY if one.base == "everything" else shop.commits[one.base]
    head = shop.commits[one.head]
    exported = f"NX_BASE={base}\nNX_HEAD={head}\n"
    assert done.stdout == ("" if one.status else exported)
    assert (tmp_path / "bash_env").exists() != bool(one.status)


@pytest.mark.parametrize(
    ("build_url", "expected"),
    [
        ("https://circleci.com/gh/acme/shop/12", "https://circleci.com/api/v2"),
        (
            "https://app.circleci.com/jobs/circleci/o/p/12",
            "https://circleci.com/api/v2",
        ),
        (
            "https://ci.example.com:8443/gh/acme/shop/12",
            "https://ci.example.com:8443/api/v2",
        ),
        ("", "https://circleci.com/api/v2"),
        ("https://user:secret@host/x", "https://circleci.com/api/v2"),
    ],
)
def test_the_host_of_the_job_is_asked(
    build_url: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nx-orb#26: requests go to the host in the job's URL, or else to circleci.com."""
    from api_settings import read_api_url

    monkeypatch.setenv("CIRCLE_BUILD_URL", build_url)
    assert read_api_url() == expected
