"""Ask CircleCI to rerun a workflow from its start, once.

Source: CircleCI docs, API v2 reference, Rerun a workflow. Whether a request that got
no answer was obeyed can't be known here, so it is never simply sent again.
"""

import http.client
import json
import re
import time
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request

from circleci import (
    REQUEST_SECONDS,
    SET_TOKEN,
    ApiFailure,
    CircleCIClient,
    read_retry_after,
)
from failures import say
from http_connection import TOKEN_HEADER, make_opener, read_body

TRIES = 3
QUIET_SECONDS = 60.0
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,99}")


class Started(NamedTuple):
    """What came of the request: the new workflow's id, or why that is unknown."""

    workflow_id: str = ""
    doubt: str = ""


def rerun_from_start(circleci: CircleCIClient, token: str, workflow_id: str) -> Started:
    """The new workflow; raises `ApiFailure` where it is certain that there is none."""
    url = "{}/workflow/{}/rerun".format(circleci.url, quote(workflow_id, safe=""))
    end = time.monotonic() + QUIET_SECONDS
    for tried in range(1, TRIES + 1):
        try:
            request = _make_request(url, token)
            with make_opener(url).open(request, timeout=REQUEST_SECONDS) as response:
                return _read_answer(read_body(response, REQUEST_SECONDS), token)
        except HTTPError as error:
            with error:
                if error.code == 429 and tried < TRIES:
                    _pause(circleci, error, tried, end)
                    continue
                if error.code >= 500 or error.code < 400:
                    return Started(doubt="it answered {}".format(error.code))
                raise _explain(circleci, error, token) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            cause = error.reason if isinstance(error, URLError) else error
            if not isinstance(cause, ConnectionRefusedError):
                return Started(doubt="there was no answer")
            if tried < TRIES:
                time.sleep(float(tried))
    raise ApiFailure("{} can't be reached".format(circleci.host))


def _make_request(url: str, token: str) -> Request:
    request = Request(url, data=b'{"from_failed": false}', method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("Accept", "application/json")
    request.add_header("User-Agent", "dte")
    request.add_header(TOKEN_HEADER, token)
    return request


def _read_answer(body: bytes, token: str) -> Started:
    try:
        fields = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return Started(doubt="its answer is not JSON")
    found = fields.get("workflow_id") if isinstance(fields, dict) else None
    # The id is shown; a token that came back in its place must not be.
    if isinstance(found, str) and _ID.fullmatch(found) and token not in found:
        return Started(workflow_id=found)
    return Started(doubt="its answer names no workflow")


def _pause(circleci: CircleCIClient, error: HTTPError, tried: int, end: float) -> None:
    seconds = read_retry_after(str(error.headers.get("Retry-After") or ""))
    if seconds is None:
        seconds = 2.0 * tried
    asks = "{} answered 429 and asks for {:.0f} seconds of quiet".format(
        circleci.host, seconds
    )
    if seconds > end - time.monotonic():
        raise ApiFailure(
            "{}, longer than this job waits ({:g})".format(asks, QUIET_SECONDS),
            suggestions=['press "Rerun workflow from start" later'],
        )
    say(asks + ".")
    time.sleep(seconds)


def _explain(circleci: CircleCIClient, error: HTTPError, token: str) -> ApiFailure:
    said = "{} answered {}".format(circleci.host, error.code)
    if error.code in (401, 403, 404):
        return ApiFailure(
            said + ": it lets this token start nothing", suggestions=[SET_TOKEN]
        )
    text = _read_message(error, token)
    return ApiFailure(
        "{}: {}".format(said, text) if text else said,
        suggestions=["a workflow can be rerun 100 times, and for 90 days"],
    )


def _read_message(error: HTTPError, token: str) -> str:
    """What CircleCI gives as its reason: plain text, short, and without the token."""
    response: Any = error
    try:
        fields = json.loads(read_body(response, REQUEST_SECONDS).decode("utf-8"))
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return ""
    text = fields.get("message") if isinstance(fields, dict) else None
    if not isinstance(text, str):
        return ""
    # Before it is cut: half a token would be too much as well.
    text = "".join(letter for letter in text if letter.isprintable())
    text = text.replace(token, "[token]")
    return "" if token in text else text[:200]
