"""Broken jobs, each with the message and suggestion that `set_shas` prints."""

from __future__ import annotations

from tests.scripts.broken_jobs import (
    Message,
    damage_record,
    give_away,
    leave_checkout,
    lose_checkout,
    start_anew,
)
from tests.scripts.messages_of_git import MESSAGES_OF_GIT

MESSAGES = {
    **MESSAGES_OF_GIT,
    "no BASH_ENV": Message(
        "error: BASH_ENV is not set",
        "CircleCI sets it in every job; outside CircleCI, set it yourself",
        env={"BASH_ENV": ""},
        status=2,
    ),
    "a BASH_ENV in no folder": Message(
        "can't be written: No such file or directory",
        "set it to a file in an existing folder",
        env={"BASH_ENV": "nowhere/at/all"},
        passed=("m4",),
        status=1,
    ),
    "a senseless DTE_WHEN_NO_BASE": Message(
        "error: DTE_WHEN_NO_BASE is 'none'",
        "it takes everything, parent, error, or a full SHA",
        env={"DTE_WHEN_NO_BASE": "none"},
        status=2,
    ),
    "a revision that isn't an ancestor": Message(
        "which is not an ancestor of HEAD",
        "set it to everything or to a revision in HEAD's history",
        env={"DTE_WHEN_NO_BASE": "d" * 40},
        status=1,
    ),
    "a senseless status": Message(
        "error: DTE_ACCEPT_STATUSES contains 'green', which is not a final "
        "workflow status",
        "it takes a comma-separated list of: success, failed, error, canceled, ",
        env={"DTE_ACCEPT_STATUSES": "success,green"},
        status=2,
    ),
    "a senseless branch name": Message(
        "error: DTE_BASE_BRANCH is 'a..b', which is not a valid branch name",
        "use the short name, for example main, without refs/heads/",
        env={"DTE_BASE_BRANCH": "a..b"},
        status=2,
    ),
    "a senseless workflow id": Message(
        "error: CIRCLE_WORKFLOW_ID is '../x', which is not a CircleCI id",
        "don't set CIRCLE_WORKFLOW_ID yourself",
        env={"CIRCLE_WORKFLOW_ID": "../x"},
        status=2,
    ),
    "a senseless address": Message(
        "error: DTE_API_URL is not a plain http or https address",
        "use the form https://circleci.example.com/api/v2",
        env={"DTE_API_URL": "https://me:secret@host/api"},
        passed=None,
        status=2,
    ),
    "a senseless token": Message(
        "error: CIRCLE_TOKEN contains characters that are invalid in a CircleCI token",
        "copy the token again, without spaces and quotes",
        env={"CIRCLE_TOKEN": "secret\nvalue"},
        passed=None,
        status=2,
    ),
    "no project": Message(
        "error: neither CIRCLE_PIPELINE_ID nor CIRCLE_PROJECT_ID is set, so the "
        "project is unknown",
        "CircleCI sets them; outside CircleCI, set one of them",
        env={"CIRCLE_PIPELINE_ID": ""},
        passed=None,
        status=2,
    ),
    "another main branch in the record": Message(
        "the attempt job searched 'main', but DTE_MAIN_BRANCH in this job is 'trunk'",
        "set `main_branch` to the same value on dte/attempt and dte/main",
        env={"DTE_MAIN_BRANCH": "trunk"},
        status=2,
    ),
    "a damaged record": Message(
        "can't be read: ",
        "rerun the workflow from start",
        arrange=damage_record,
        status=1,
    ),
    "no checkout": Message(
        "plain is not in a git repository",
        "add a `checkout` step before this one",
        arrange=leave_checkout,
        status=1,
    ),
    "a working directory that does not exist": Message(
        "missing does not exist",
        "set the parameter `working_directory` to a folder in the checkout",
        arrange=lose_checkout,
        status=2,
    ),
    "a repository without a commit": Message(
        "git finds no commit at HEAD in ",
        "add a `checkout` step before this one",
        arrange=start_anew,
        status=1,
    ),
    "somebody else's checkout": Message(
        "its files belong to another user",
        "git config --global --add safe.directory '*'",
        arrange=give_away,
        status=1,
    ),
    "no git": Message(
        "error: git can't be started: No such file or directory",
        "use an image that has git, like cimg/node or cimg/base",
        env={"PATH": "/nowhere"},
        status=1,
    ),
    "no branch, and main holds HEAD": Message(
        "origin/main contains HEAD, and the build has no branch",
        "`when_no_base: error` makes this an error",
        branch="",
    ),
    "a merge queue at the first commit": Message(
        "warning: no base was found: HEAD has no parent",
        "`when_no_base: error` makes this an error",
        head="m1",
        branch="gh-readonly-queue/main/pr-1",
    ),
    "nothing in the record, with its reason": Message(
        "the record of attempt 1 has no passed revisions: circleci.com answered 503",
        "`when_no_base: error` makes this an error",
        passed=None,
        reason="circleci.com answered 503",
    ),
    "nothing that HEAD has": Message(
        "none of the 2 passed revisions is an ancestor of HEAD",
        "`when_no_base: error` makes this an error",
        passed=("x2", "x1"),
    ),
    "nothing but HEAD": Message(
        "warning: no base was found: no earlier revision passed",
        "`when_no_base: error` makes this an error",
        passed=("m6",),
    ),
    "nothing, and that is an error": Message(
        "error: no base was found: no earlier revision passed",
        "or set `when_no_base` to everything",
        env={"DTE_WHEN_NO_BASE": "error"},
        passed=("m6",),
        status=1,
    ),
    "no parent": Message(
        "warning: HEAD has no parent, so everything is affected",
        "`when_no_base: error` makes this an error",
        env={"DTE_WHEN_NO_BASE": "parent"},
        head="m1",
    ),
    "an API that can't be reached": Message(
        "127.0.0.1:9 can't be reached: ",
        "check this job's network and its proxy settings",
        passed=None,
    ),
}
