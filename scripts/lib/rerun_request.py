"""Ask CircleCI to rerun a workflow from its start, once.

Source: CircleCI docs, API v2 reference, Rerun a workflow. Whether a request that got
no answer was obeyed can't be known here, so it is never simply sent again.
"""

import http.client
import json
import re
import time
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request

from circleci import REQUEST_SECONDS, SET_TOKEN, ApiFailure, CircleCI
from connection import TOKEN_HEADER, make_opener, read_body

TRIES = 3
LONGEST_PAUSE = 30.0
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,99}")


class Started(NamedTuple):
    """What came of the request: the new workflow's id, or why that is unknown."""

    workflow_id: str = ""
    doubt: str = ""


def rerun_from_start(circleci: CircleCI, token: str, workflow_id: str) -> Started:
    """The new workflow; raises `ApiFailure` where it is certain that there is none."""
    url = "{}/workflow/{}/rerun".format(circleci.url, quote(workflow_id, safe=""))
    for tried in range(1, TRIES + 1):
        request = Request(url, data=b'{"from_failed": false}', method="POST")
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept", "application/json")
        request.add_header("User-Agent", "dte")
        request.add_header(TOKEN_HEADER, token)
        try:
            with make_opener(url).open(request, timeout=REQUEST_SECONDS) as response:
                return _read_answer(read_body(response, REQUEST_SECONDS))
        except HTTPError as error:
            with error:
                if error.code == 429 and tried < TRIES:
                    time.sleep(_read_pause(error, tried))
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


def _read_answer(body: bytes) -> Started:
    try:
        fields = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return Started(doubt="its answer is not JSON")
    found = fields.get("workflow_id") if isinstance(fields, dict) else None
    if isinstance(found, str) and _ID.fullmatch(found):
        return Started(workflow_id=found)
    return Started(doubt="its answer names no workflow")


def _read_pause(error: HTTPError, tried: int) -> float:
    text = str(error.headers.get("Retry-After") or "")
    asked = float(text[:9]) if text.isascii() and text.isdigit() else 2.0 * tried
    return min(asked, LONGEST_PAUSE)


def _explain(circleci: CircleCI, error: HTTPError, token: str) -> ApiFailure:
    said = "{} answered {}".format(circleci.host, error.code)
    if error.code in (401, 403, 404):
        return ApiFailure(
            said + ": it lets this token start nothing", suggestions=[SET_TOKEN]
        )
    try:
        fields = json.loads(error.read(10_000).decode("utf-8"))
        text = str(fields.get("message", "")) if isinstance(fields, dict) else ""
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        text = ""
    text = "".join(letter for letter in text if letter.isprintable())[:200]
    if text and token not in text:
        said = "{}: {}".format(said, text)
    return ApiFailure(
        said, suggestions=["a workflow can be rerun 100 times, and for 90 days"]
    )
