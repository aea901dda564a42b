"""Requests to CircleCI's API: retries, their limits, and unexpected answers."""

from __future__ import annotations

import email.utils
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.circleci_api import Answer, FakeCircleCI
from tests.scripts.clients import GOOD, TOKEN, Clock, play

from circleci import TRIES, ApiFailure, CircleCIClient  # isort: skip


@pytest.mark.parametrize(
    "trouble",
    [Answer(500), Answer(502, b"<html>"), Answer(503), Answer(429), Answer(200, None)],
    ids=["500", "502", "503", "429", "dropped"],
)
def test_passing_trouble_is_waited_out(
    circleci: FakeCircleCI, api: CircleCIClient, clock: Clock, trouble: Answer
) -> None:
    """After a 5xx, a 429 or a dropped connection the request is repeated, with growing
    pauses."""
    play(circleci, trouble, trouble, GOOD)
    assert api.get("pipeline", "x") == {"fine": True}
    assert len(circleci.asked) == 3
    assert len(clock.pauses) >= 2
    assert sum(clock.pauses) >= 1.4


@pytest.mark.parametrize("status", [429, 500, 503])
def test_lasting_trouble_ends(
    circleci: FakeCircleCI, api: CircleCIClient, status: int
) -> None:
    """After the last try, the error names the status and the fix."""
    play(circleci, Answer(status))
    with pytest.raises(
        ApiFailure, match=f"answered {status}, {TRIES} times"
    ) as failure:
        api.get("pipeline", "x")
    assert "rerun the workflow from start later" in str(failure.value)
    assert len(circleci.asked) == TRIES


@pytest.mark.parametrize("header", ["7", "date"])
def test_retry_after_is_honored(
    circleci: FakeCircleCI, api: CircleCIClient, clock: Clock, header: str
) -> None:
    """The client waits for the number of seconds, or until the date, in Retry-After."""
    if header == "date":
        header = email.utils.formatdate(time.time() + 7, usegmt=True)
    play(circleci, Answer(429, headers={"Retry-After": header}), GOOD)
    api.get("pipeline", "x")
    assert 5 < sum(clock.pauses) <= 7


def test_a_longer_retry_after_than_the_budget_is_told(
    circleci: FakeCircleCI, api: CircleCIClient, clock: Clock
) -> None:
    """A Retry-After beyond the time limit fails the request at once with a message."""
    play(circleci, Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(
        ApiFailure,
        match="answered 429 and asks to wait 3600 seconds, but this step stops after",
    ):
        api.get("pipeline", "x")
    assert clock.pauses == []


@pytest.mark.parametrize("header", ["soon", "-1", "", "9" * 400, "Thu, 99 Foo 1 x"])
def test_a_senseless_retry_after_does_no_harm(
    circleci: FakeCircleCI, api: CircleCIClient, header: str
) -> None:
    """With an invalid Retry-After, the usual pauses and limits apply."""
    play(circleci, Answer(429, headers={"Retry-After": header}), GOOD)
    try:
        assert api.get("pipeline", "x") == {"fine": True}
    except ApiFailure as failure:
        assert "but this step stops after" in failure.message  # noqa: PT017


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "it rejects the token"),
        (403, "it rejects the token"),
        (404, "this token has no access to the project"),
    ],
)
def test_a_refused_token_names_the_fix(
    circleci: FakeCircleCI, api: CircleCIClient, status: int, words: str
) -> None:
    """The message says which kind of token works and where to set it."""
    play(circleci, Answer(status, b'{:message "Project not found"}'))
    with pytest.raises(ApiFailure, match=words) as failure:
        api.get("pipeline", "x")
    assert "set CIRCLE_TOKEN to a personal API token" in str(failure.value)
    assert len(circleci.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_missing_token_names_the_fix(circleci: FakeCircleCI, status: int) -> None:
    """Without a token, the message says that only public projects are visible."""
    play(circleci, Answer(status))
    with pytest.raises(ApiFailure, match="only public projects are visible") as failure:
        CircleCIClient(circleci.url).get("pipeline", "x")
    assert "set CIRCLE_TOKEN" in str(failure.value)


def test_another_status_is_told(circleci: FakeCircleCI, api: CircleCIClient) -> None:
    """For an undocumented status, the message suggests a proxy or a wrong address."""
    play(circleci, Answer(418))
    with pytest.raises(ApiFailure, match="answered 418") as failure:
        api.get("pipeline", "x")
    assert "DTE_API_URL" in str(failure.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": ',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"n": ' + b"9" * 99 + b"}",
        b'{"a"}',
    ],
    ids=lambda body: repr(body[:6]),
)
def test_what_is_not_json_is_told(
    circleci: FakeCircleCI, api: CircleCIClient, body: bytes
) -> None:
    """Invalid, truncated or deeply nested JSON is an error with a message."""
    play(circleci, Answer(200, body))
    with pytest.raises(ApiFailure, match="is not JSON") as failure:
        api.get("pipeline", "x")
    assert "check whether a proxy" in str(failure.value)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b'{"next_page_token": "\\ud800"}',
        b'{"\\udfff": 1}',
    ],
)
def test_json_of_another_shape_is_told(
    circleci: FakeCircleCI, api: CircleCIClient, body: bytes
) -> None:
    """JSON that isn't an object, or has half of a surrogate pair, is refused."""
    play(circleci, Answer(200, body))
    with pytest.raises(ApiFailure, match="an unexpected answer"):
        api.get("pipeline", "x")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(max_size=80),
    status=st.sampled_from([200, 200, 200, 201, 204, 301, 304, 400, 404, 429, 500]),
    location=st.none() | st.text("abc:/?#[]@.%1 ", max_size=12),
)
def test_any_answer_is_an_object_or_a_failure(
    circleci: FakeCircleCI, body: bytes, status: int, location: str | None
) -> None:
    """Random bytes with random statuses give an object or an ApiFailure, and never
    hang."""
    headers = {} if location is None else {"Location": location}
    play(circleci, Answer(status, body, headers))
    try:
        answer = CircleCIClient(circleci.url, TOKEN, sleep=Clock().sleep).get(
            "pipeline", "x"
        )
    except ApiFailure as failure:
        assert TOKEN not in str(failure)  # noqa: PT017
    else:
        assert isinstance(answer, dict)
