"""The settings of a search for passed revisions, from the job's environment."""

import re

from circleci import CircleCIClient
from failures import UsageError
from passed_revisions import Question, Search
from pipelines import FINAL_STATUSES, Rule
from settings import read, require_id

_ADDRESS = re.compile(
    r"https?://(?P<host>(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?)(?:/[!-~]*)?"
)
_API_HOSTS = {"app.circleci.com": "circleci.com"}


def read_rule() -> Rule:
    """Return when a pipeline counts as passed; raises `UsageError`."""
    statuses = [
        text.strip() for text in read("DTE_ACCEPT_STATUSES", "success").split(",")
    ]
    for status in statuses:
        if status not in FINAL_STATUSES:
            raise UsageError(
                "DTE_ACCEPT_STATUSES contains {!r}, which is not a final workflow "
                "status".format(status),
                suggestions=[
                    "it takes a comma-separated list of: " + ", ".join(FINAL_STATUSES)
                ],
            )
    return Rule(workflow=read("DTE_WORKFLOW"), statuses=frozenset(statuses))


def read_api_url() -> str:
    """Return the address of API v2, without a slash at its end; raises `UsageError`.

    Of CIRCLE_BUILD_URL only the host is used: its path differs between the kinds of
    project ("Project values and variables" in CircleCI's docs).
    """
    url = read("DTE_API_URL")
    if url and not _ADDRESS.fullmatch(url):
        raise UsageError(
            "DTE_API_URL is not a plain http or https address",
            suggestions=["use the form https://circleci.example.com/api/v2"],
        )
    if url:
        return url.rstrip("/")
    found = _ADDRESS.fullmatch(read("CIRCLE_BUILD_URL"))
    host = found.group("host") if found else "circleci.com"
    return "https://{}/api/v2".format(_API_HOSTS.get(host, host))


def read_token() -> str:
    """Return the token for CircleCI's API, or an empty string; raises `UsageError`."""
    name = "CIRCLE_TOKEN" if read("CIRCLE_TOKEN") else "CIRCLE_API_TOKEN"
    token = read(name).strip()
    if not re.fullmatch(r"[!-~]*", token) or set(token) & set('"\\'):
        raise UsageError(
            "{} contains characters that no CircleCI token has".format(name),
            suggestions=["copy the token again, without spaces and quotes"],
        )
    return token


def open_search(main_branch: str) -> Search:
    """Return a search for passed revisions of `main_branch`; raises `UsageError`."""
    rule = read_rule()
    own = require_id("CIRCLE_PIPELINE_ID") if read("CIRCLE_PIPELINE_ID") else ""
    slug = "circleci/{}/{}".format(
        read("CIRCLE_ORGANIZATION_ID"), read("CIRCLE_PROJECT_ID")
    )
    known = read("CIRCLE_ORGANIZATION_ID") and read("CIRCLE_PROJECT_ID")
    if not (own or known):
        raise UsageError(
            "neither CIRCLE_PIPELINE_ID nor CIRCLE_PROJECT_ID is set, so the project "
            "is unknown",
            suggestions=["CircleCI sets them; outside CircleCI, set one of them"],
        )
    question = Question(main_branch, rule, own, slug if known else "")
    return Search(CircleCIClient(read_api_url(), read_token()), question)
