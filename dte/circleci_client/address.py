"""Reads what a person copies from CircleCI: a URL of the web app, or an id.

Sources: the links of CircleCI's web app, and `CIRCLE_BUILD_URL` in "Project values and
variables" for GitHub OAuth, GitHub App, GitLab, Bitbucket and CircleCI Server.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from dte.errors import UserError

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SLUG = r"(?P<slug>(?:gh|github|bb|bitbucket|gl|gitlab|circleci)/[^/]+/[^/]+)"
_WORKFLOW = re.compile(rf"/(?:workflows|workflow-run)/(?P<id>{_ID})(?:/|$)", re.I)
_JOB = re.compile(rf"^/(?:jobs/)?{_SLUG}/(?P<number>\d+)/?$")
_PIPELINE = re.compile(rf"^/pipelines/{_SLUG}/(?P<number>\d+)/?$")
FORMS = (
    "the URL of a workflow, a pipeline or a job in CircleCI's web app",
    "the id of a pipeline or a workflow",
)


@dataclass(frozen=True)
class Address:
    """The object that a URL or an id names; `host` is empty for an id without a URL.

    If `kind` is "workflow", `id` is a workflow's id. If `kind` is "any", `id` is the id
    of a workflow or of a pipeline. If `kind` is "pipeline" or "job", `slug` and
    `number` are set.
    """

    kind: str
    host: str = ""
    id: str = ""
    slug: str = ""
    number: int = 0


def parse_address(text: str) -> Address:
    """Parse a URL or an id; raises a `UserError` that lists the accepted forms."""
    if re.fullmatch(_ID, text, re.I):
        return Address("any", id=text.lower())
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UserError(f"{text!r} is neither a URL nor an id", suggestions=FORMS)
    if "@" in parts.netloc:
        raise UserError("the URL contains a user name", suggestions=FORMS)
    host = f"{parts.scheme}://{parts.netloc}"
    if found := _WORKFLOW.search(parts.path):
        return Address("workflow", host, id=found["id"].lower())
    for kind, pattern in (("pipeline", _PIPELINE), ("job", _JOB)):
        if found := pattern.match(parts.path):
            number = int(found["number"])
            return Address(kind, host, slug=found["slug"], number=number)
    raise UserError(
        f"{text} doesn't name a workflow, pipeline or job",
        suggestions=["open one of them in the web app and copy its URL", *FORMS],
    )
