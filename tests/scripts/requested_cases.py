"""A table of feature requests by users of nrwl/nx-orb and nrwl/nx-set-shas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.scripts.base_cases import QUEUE
from tests.scripts.circleci_api import Answer, Asked, Run

RED = (Run(status="failed"),)
SETUP = (Run("setup", tag="setup"),)
RERUN = "rerun-workflow-from-failed"
TOKEN = "CCIPAT_0123456789abcdefghijkl_0123456789abcdef"


@dataclass(frozen=True)
class Request:
    """One request: CircleCI's pipelines, newest first, and the expected base."""

    number: str
    what: str
    head: str = "m6"
    base: str = "m4"
    branch: str = "main"
    tag: str = ""
    pipelines: tuple[tuple[str, tuple[Run, ...]], ...] = (
        ("m5", RED),
        ("m4", (Run(),)),
        ("m3", (Run(),)),
    )
    clone: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    trouble: Callable[[Asked], Answer | None] = lambda asked: None
    status: int = 0
    said: str = ""
    below: str = ""
    token: str = ""


REQUESTS = [
    Request(
        "nx-orb#60",
        "green only after a rerun counts",
        base="m5",
        pipelines=(("m5", (Run(second=9, tag=RERUN), *RED)), ("m4", (Run(),))),
    ),
    Request(
        "nx-orb, tried: error",
        "a hard error that is one",
        pipelines=(("m5", RED),),
        env={"DTE_WHEN_NO_BASE": "error"},
        status=1,
        said="error: no base was found: no earlier revision passed",
    ),
    Request(
        "nx-orb, tried: no workflows",
        "a pipeline without workflows does not count",
        pipelines=(("m5", ()), ("m4", (Run(),))),
    ),
    Request(
        "nx-orb, tried: setup",
        "a pipeline with only its setup workflow does not count",
        pipelines=(("m5", SETUP), ("m4", (*SETUP, Run(second=5)))),
    ),
    Request(
        "nx-orb#46",
        "throttling does not silently become HEAD~1",
        base="everything",
        trouble=lambda asked: Answer(429, headers={"Retry-After": "900"}),
        said="answered 429 and asks to wait 900 seconds",
    ),
    Request(
        "nx-orb#46, a page",
        "an error page does not silently become HEAD~1",
        base="everything",
        trouble=lambda asked: Answer(200, b"<html>Sorry</html>"),
        said="returned an answer that is not JSON",
    ),
    Request(
        "nx-set-shas#119",
        "a base that a force push threw away is not used",
        pipelines=(("x2", (Run(),)), ("m4", (Run(),))),
    ),
    Request(
        "nx-set-shas#132",
        "a base that exists, but on another branch, is not used",
        pipelines=(("f2", (Run(),)), ("m4", (Run(),))),
    ),
    Request(
        "nx-set-shas#214",
        "a newer commit than HEAD is not its base",
        head="m5",
        base="m4",
        pipelines=(("m6", (Run(),)), ("m4", (Run(),))),
    ),
    Request(
        "nx-orb#42",
        "a name that no workflow has does not search all history one by one",
        base="everything",
        pipelines=tuple(("m4", (Run(),)) for _ in range(45)),
        env={"DTE_WORKFLOW": "nobody"},
        said="CircleCI listed 45 pipelines of main.",
    ),
    Request(
        "nx-set-shas#90",
        "a merge queue compares with what it was queued on",
        head="q1",
        base="m6",
        branch=QUEUE + "pr-1-abc",
    ),
    Request(
        "nx-set-shas#128",
        "a merge queue does not compare with what passed last",
        head="q1",
        base="m6",
        branch=QUEUE + "pr-1-abc",
        pipelines=(("m2", (Run(),)),),
    ),
    Request(
        "nx-set-shas#145",
        "the second in a merge queue compares with the first",
        head="q2",
        base="q1",
        branch=QUEUE + "pr-2-def",
    ),
    Request(
        "nx-set-shas#203",
        "a merge queue of a shallow clone has its parent fetched",
        head="q2",
        base="q1",
        branch=QUEUE + "pr-2-def",
        clone=("--depth=1", "--no-single-branch"),
    ),
    Request(
        "nx-orb#41",
        "a tag, without a branch, compares with main",
        branch="",
        tag="v1",
        head="m5",
        base="m4",
    ),
    Request(
        "nx-orb#57",
        "the first commit compares with the empty tree",
        head="m1",
        base="everything",
        env={"DTE_WHEN_NO_BASE": "parent"},
        pipelines=(),
    ),
    Request(
        "nx-orb#20",
        "a workflow that waits for an approval can count",
        base="m5",
        pipelines=(("m5", (Run(status="on_hold"),)), ("m4", (Run(),))),
        env={"DTE_ACCEPT_STATUSES": "success,on_hold"},
    ),
    Request(
        "nx-orb#55",
        "a workflow that did not run can count",
        base="m5",
        pipelines=(("m5", (Run(status="not_run"),)), ("m4", (Run(),))),
        env={"DTE_ACCEPT_STATUSES": "success,not_run"},
    ),
    Request(
        "nx-orb#47",
        "a private project needs a token",
        env={"CIRCLE_API_TOKEN": TOKEN},
        token=TOKEN,
    ),
    Request(
        "nx-orb#47, without one",
        "a private project without a token says what to set",
        base="everything",
        token=TOKEN,
        said="set CIRCLE_TOKEN to a personal API token",
    ),
    Request(
        "nx-orb#17",
        "main may have another name",
        branch="trunk",
        env={"DTE_MAIN_BRANCH": "trunk"},
    ),
    Request(
        "nx-orb#7",
        "only workflows of a name decide",
        pipelines=(
            ("m5", (Run("e2e"),)),
            ("m4", (Run("nx"), Run("e2e", "failed"))),
        ),
        env={"DTE_WORKFLOW": "nx"},
    ),
    Request(
        "nx-set-shas#183",
        "a remote of another name",
        head="f2",
        branch="feature",
        clone=("--origin=upstream",),
        env={"DTE_REMOTE": "upstream"},
    ),
    Request(
        "nx-set-shas#27",
        "a working directory below the root",
        below="apps/shop",
    ),
    Request(
        "nx-set-shas#152",
        "a given revision is the base if nothing passed",
        base="m2",
        pipelines=(("m5", RED),),
        env={"DTE_WHEN_NO_BASE": "m2"},
        said="the revision that when_no_base names",
    ),
    Request(
        "nx-set-shas#152, shallow",
        "a given revision is fetched if the clone ends before it",
        base="m2",
        pipelines=(("m5", RED),),
        env={"DTE_WHEN_NO_BASE": "m2"},
        clone=("--depth=1", "--no-single-branch"),
        said="the revision that when_no_base names",
    ),
    Request(
        "nx-set-shas#182",
        "a pull request compares with its own base branch",
        head="t1",
        base="d1",
        branch="task",
        env={"DTE_BASE_BRANCH": "develop"},
    ),
    Request(
        "nx-set-shas#165",
        "a rerun of a pipeline that passed does not compare HEAD with itself",
        head="m5",
        pipelines=(("m5", (Run(),)), ("m5", (Run(),)), ("m4", (Run(),))),
    ),
]
