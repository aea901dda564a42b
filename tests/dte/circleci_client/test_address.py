"""Every URL of CircleCI's web app that a person may copy is understood."""

import pytest

from dte.circleci_client.address import Address, parse_address
from dte.errors import UserError

ID = "45e6d4d4-1472-4b5a-88fe-d30b01709425"
APP = "https://app.circleci.com"
SERVER = "https://circleci.example.com"
ORG = "circleci/9YytKzouJxzu4TjCRFqAoD/44n9wujWcTnVZ2b5S8Fnat"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (ID, ""),
        (f"{APP}/pipelines/workflows/{ID}", APP),
        (f"{APP}/pipelines/github/acme/shop/12/workflows/{ID}", APP),
        (f"{APP}/pipelines/gh/acme/shop/12/workflows/{ID}/jobs/345", APP),
        (f"{APP}/pipelines/bitbucket/acme/shop/12/workflows/{ID}?x=1", APP),
        (f"{APP}/pipelines/{ORG}/12/workflows/{ID}/jobs/345/steps", APP),
        ("https://circleci.com/workflow-run/" + ID, "https://circleci.com"),
        (f"{SERVER}/pipelines/github/acme/shop/12/workflows/{ID.upper()}", SERVER),
    ],
)
def test_a_workflow_is_found_by_its_id(text: str, host: str) -> None:
    """If a URL contains a workflow's id, dte uses that workflow."""
    kind = "workflow" if host else "any"
    assert parse_address(text) == Address(kind, host, id=ID)


@pytest.mark.parametrize(
    ("text", "kind", "slug", "number"),
    [
        (f"{APP}/pipelines/github/acme/shop/12", "pipeline", "github/acme/shop", 12),
        (f"{APP}/pipelines/{ORG}/7/", "pipeline", ORG, 7),
        (f"{APP}/jobs/{ORG}/345", "job", ORG, 345),
        (f"{APP}/jobs/github/acme/shop/345", "job", "github/acme/shop", 345),
        ("https://circleci.com/gh/acme/shop/345", "job", "gh/acme/shop", 345),
        ("https://circleci.com/bb/acme/shop/345", "job", "bb/acme/shop", 345),
        (f"{SERVER}/gh/acme/shop/345", "job", "gh/acme/shop", 345),
    ],
)
def test_pipelines_and_jobs_are_found_by_project_and_number(
    text: str, kind: str, slug: str, number: int
) -> None:
    """The project's slug has the API's form, also for GitHub App and GitLab."""
    found = parse_address(text)
    assert (found.kind, found.slug, found.number) == (kind, slug, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "345",
        "acme/shop",
        "ftp://app.circleci.com/x",
        f"{APP}/pipelines/github/acme/shop",
        f"{APP}/pipelines/github/acme/shop?branch=main",
        f"{APP}/settings/project/github/acme/shop",
        f"https://user:secret@app.circleci.com/pipelines/workflows/{ID}",
    ],
)
def test_anything_else_is_an_error_that_names_the_forms(text: str) -> None:
    """The error suggests what to copy, and doesn't repeat a password in the text."""
    with pytest.raises(UserError) as error:
        parse_address(text)
    assert any("URL of a workflow" in line for line in error.value.suggestions)
    assert "secret" not in error.value.message
