"""The client handles each answer of the API."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from dte.circleci_client.access import Access
from dte.circleci_client.client import LONGEST_WAIT_SECONDS, Client, NotFound
from dte.errors import UserError
from tests.dte.circleci_client.pipelines import API, add_page

TOKEN = "CCIPAT_s3cret"
PATH = f"{API}/workflow/x"


def make_client(token: str = TOKEN) -> Client:
    """Make a client that retries without a pause."""
    return Client(Access(API, token, "CIRCLE_TOKEN" if token else ""), backoff=0)


@responses.activate
def test_the_token_is_sent_in_a_header() -> None:
    """The token is in the header of API v2; without a token, no such header is sent."""
    responses.get(PATH, json={"id": "x"})
    assert make_client().get("workflow", "x") == {"id": "x"}
    make_client("").get("workflow", "x")
    sent = [call.request.headers.get("Circle-Token") for call in responses.calls]
    assert sent == [TOKEN, None]


@responses.activate
def test_a_list_has_the_items_of_all_pages() -> None:
    """All pages of a list are read, each with the page token of the previous page."""
    add_page("workflow/x/job", [{"name": "a"}], token="two")
    responses.get(
        f"{API}/workflow/x/job",
        match=[responses.matchers.query_param_matcher({"page-token": "two"})],
        json={"items": [{"name": "b"}], "next_page_token": None},
    )
    names = [item["name"] for item in make_client().get_all("workflow", "x", "job")]
    assert names == ["a", "b"]


@responses.activate
def test_endless_pages_are_an_error() -> None:
    """A list of more than 100 pages is an error."""
    add_page("workflow/x/job", [], token="again")
    with pytest.raises(UserError, match="more than 100 pages"):
        make_client().get_all("workflow", "x", "job")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_is_retried(status: int) -> None:
    """A GET is tried again, and the pause that the server asks for is honored."""
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        mock.get(PATH, status=status, headers={"Retry-After": "0"})
        mock.get(PATH, json={"id": "x"})
        assert make_client().get("workflow", "x") == {"id": "x"}


@responses.activate
def test_a_trouble_that_stays_is_an_error() -> None:
    """After four tries the error names host, status and message."""
    responses.get(PATH, json={"message": "Slow down."}, status=429)
    with pytest.raises(UserError, match=r"circleci\.com answered 429 .*Slow down"):
        make_client().get("workflow", "x")
    assert len(responses.calls) == 4


@responses.activate
def test_a_rerun_is_never_sent_twice() -> None:
    """A POST is not repeated, since the first one may have started a rerun."""
    responses.post(PATH, status=503)
    with pytest.raises(UserError, match="answered 503"):
        make_client().post("workflow", "x", body={})
    assert len(responses.calls) == 1


def test_a_long_pause_is_cut() -> None:
    """The client waits at most a minute, even if the server asks for an hour."""
    adapter: Any = make_client()._session.get_adapter(API)
    answer = type("Answer", (), {"headers": {"Retry-After": "3600"}})()
    assert adapter.max_retries.get_retry_after(answer) == LONGEST_WAIT_SECONDS


@pytest.mark.parametrize(
    ("token", "suggestion"),
    [("", "set CIRCLECI_CLI_TOKEN"), (TOKEN, "token in CIRCLE_TOKEN may see")],
)
@pytest.mark.parametrize("status", [401, 403, 404])
@responses.activate
def test_a_refused_token_is_an_error_with_a_fix(
    status: int, token: str, suggestion: str
) -> None:
    """For 401, 403 and 404, the fix is to set a token or to check its rights."""
    responses.get(PATH, json={"message": "Project not found"}, status=status)
    with pytest.raises(UserError, match="Project not found") as error:
        make_client(token).get("workflow", "x")
    assert suggestion in error.value.suggestions[0]
    assert isinstance(error.value, NotFound) is (status == 404)


@pytest.mark.parametrize("body", ["<html>It works!</html>", "[]", '"text"', ""])
@responses.activate
def test_an_answer_that_is_no_object_is_an_error(body: str) -> None:
    """An answer that isn't a JSON object, such as a proxy's page, is an error."""
    responses.get(PATH, body=body)
    with pytest.raises(UserError, match="something that is not JSON"):
        make_client().get("workflow", "x")


@pytest.mark.parametrize(
    "trouble",
    [
        requests.ConnectTimeout("too slow"),
        requests.ReadTimeout("too slow"),
        requests.ConnectionError("refused"),
        requests.exceptions.ChunkedEncodingError("cut off"),
        requests.exceptions.SSLError("no certificate"),
    ],
)
@responses.activate
def test_no_answer_is_an_error_that_names_the_host(trouble: Exception) -> None:
    """A timeout or a broken connection is an error with a suggestion."""
    responses.get(PATH, body=trouble)
    with pytest.raises(UserError, match=r"circleci\.com can't be reached") as error:
        make_client().get("workflow", "x")
    assert "check the network" in error.value.suggestions[0]


def test_every_request_has_a_timeout() -> None:
    """A request to a server that never answers times out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        access = Access(f"http://127.0.0.1:{silent.getsockname()[1]}", "")
        client = Client(access, backoff=0, timeouts=(0.1, 0.1))
        with pytest.raises(UserError, match=r"can't be reached: .*timed out"):
            client.get("workflow", "x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@responses.activate
def test_a_redirect_is_not_followed(status: int) -> None:
    """A redirect is an error, so the token doesn't go to another host."""
    target = "https://evil.example"
    responses.get(PATH, status=status, headers={"Location": target}, json={})
    with pytest.raises(UserError, match=f"answered {status}"):
        make_client().get("workflow", "x")
    assert len(responses.calls) == 1


@responses.activate
def test_no_message_contains_the_token() -> None:
    """The token is redacted in errors of the API and of the network that quote it."""
    responses.get(PATH, json={"message": f"bad token {TOKEN}"}, status=400)
    responses.get(f"{API}/down", body=requests.ConnectionError(f"no {TOKEN}"))
    for words in (("workflow", "x"), ("down",)):
        with pytest.raises(UserError, match=r"\[token\]") as error:
            make_client().get(*words)
        assert TOKEN not in error.value.message


@responses.activate
def test_an_id_is_a_part_of_the_path() -> None:
    """An id with special characters can't change the request's query."""
    responses.get(f"{API}/workflow/a%3Fb%23c", json={})
    assert make_client().get("workflow", "a?b#c") == {}
