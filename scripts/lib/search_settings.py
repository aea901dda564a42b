"""Read the settings of a search for passed revisions from the job's environment."""

from api_settings import read_api_url, read_token
from circleci import CircleCIClient
from failures import UsageError
from passed_revisions import Question, Search
from pipelines import FINAL_STATUSES, Rule
from settings import read, require_id


def read_rule() -> Rule:
    """Return the rule for a passed pipeline; raises `UsageError`."""
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
