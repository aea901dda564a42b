"""A client for CircleCI's API v2 that retries, obeys a time limit and hides the token.

`record_attempt` uses it on the main branch and on tags, `set_shas` only when there is
no attempt record, and `rerun_all` to rerun a workflow.
"""

import http.client
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Optional, Sequence
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request

from failures import Refusal, read_number
from http_connection import TOKEN_HEADER, fetch, make_opener, read_body
from workers import finish_within

TRIES = 4
REQUEST_SECONDS = 10.0
SEARCH_SECONDS = 60.0

SET_TOKEN = (
    "set CIRCLE_TOKEN to a personal API token, in a context that only dte/attempt and "
    "dte/rerun_all get (project tokens don't work on API v2)"
)
TRY_LATER = "rerun the workflow from start later"
CHECK_PROXY = "check whether a proxy or DTE_API_URL points to another server"


class ApiFailure(Refusal):
    """CircleCI's API gave no usable answer. `status` is 0 when there was no answer."""

    code = "circleci-api"

    def __init__(
        self,
        message: str,
        *,
        suggestions: Sequence[str] = (),
        status: int = 0,
        reason: str = "",
    ) -> None:
        super().__init__(
            message,
            suggestions=suggestions,
        )
        self.status = status
        self.reason = reason


class UnknownOutcome(Exception):
    """A POST that CircleCI may or may not have carried out; the text says why."""


class CircleCIClient:
    """CircleCI's API at `url`. Several threads may share one client.

    All requests of one client must end within `seconds` of its creation.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        seconds: float = SEARCH_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.seconds = seconds
        self._token = token
        self._sleep = sleep
        self._opener = make_opener(url)
        self._end = time.monotonic() + seconds
        self._quiet_until = 0.0

    def left(self) -> float:
        """Return the seconds that are left for all further requests."""
        return self._end - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Add `seconds` to the time limit, to make up for time spent elsewhere."""
        self._end += seconds

    def get(self, *path: str, **query: Optional[str]) -> Dict[str, Any]:
        """Return the JSON object at `path`; raises `ApiFailure`.

        Retries after 429, 5xx or a broken connection; sends at most `TRIES` requests.
        """
        words = {name.replace("_", "-"): text for name, text in query.items() if text}
        request = self._make_request(path, urlencode(words))
        tried = 0
        while True:
            tried += 1
            self._wait(self._quiet_until - time.monotonic())
            try:
                return self._decode(self._send(request))
            except HTTPError as error:
                error.close()
                if tried == TRIES or not (error.code == 429 or error.code >= 500):
                    raise self._explain_status(error.code) from None
                self._back_off(error, tried)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if tried == TRIES or isinstance(error, ValueError):
                    raise self._explain_silence(error) from None
                self._wait(_growing_pause(tried))

    def post(self, *path: str, fields: Dict[str, Any]) -> Dict[str, Any]:
        """Send `fields` to `path` and return the JSON object in the answer.

        Repeats the request only when CircleCI certainly did nothing: after 429 and
        after a refused connection. Raises `UnknownOutcome` when CircleCI may have
        carried it out, and `ApiFailure` when CircleCI certainly did not.
        """
        request = self._make_request(path, "")
        request.data = json.dumps(fields).encode()
        request.add_header("Content-Type", "application/json")
        tried = 0
        while True:
            tried += 1
            self._wait(self._quiet_until - time.monotonic())
            try:
                return self._decode_outcome(self._send(request))
            except HTTPError as error:
                with error:
                    if error.code >= 500 or error.code < 400:
                        text = "it answered {}".format(error.code)
                        raise UnknownOutcome(text) from None
                    if tried == TRIES or error.code != 429:
                        raise self._explain_refusal(error) from None
                    self._back_off(error, tried)
            except (OSError, http.client.HTTPException, ValueError) as error:
                cause = error.reason if isinstance(error, URLError) else error
                if not isinstance(cause, ConnectionRefusedError):
                    raise UnknownOutcome("there was no answer") from None
                if tried == TRIES:
                    raise self._explain_silence(error) from None
                self._wait(_growing_pause(tried))

    def _make_request(self, path: Sequence[str], query: str) -> Request:
        url = "/".join([self.url, *(quote(part, safe="/") for part in path)])
        headers = {"Accept": "application/json", "User-Agent": "dte"}
        request = Request(url + ("?" + query if query else ""), headers=headers)
        if self._token:
            request.add_header(TOKEN_HEADER, self._token)
        return request

    def _send(self, request: Request) -> bytes:
        seconds = max(0.1, min(REQUEST_SECONDS, self.left()))
        return fetch(self._opener, request, seconds)

    def _decode(self, body: bytes) -> Dict[str, Any]:
        try:
            fields = json.loads(body.decode("utf-8"), parse_int=read_number)
            if self._token:
                # A token that the server echoes must not reach a message or a record.
                text = json.dumps(fields)
                if self._token in text:
                    fields = json.loads(text.replace(self._token, "[token]"))
        except (ValueError, RecursionError):
            raise ApiFailure(
                "{} returned an answer that is not JSON".format(self.host),
                suggestions=[CHECK_PROXY],
            ) from None
        if not isinstance(fields, dict):
            raise self.explain_shape("the answer is not an object")
        try:
            json.dumps(fields, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            # JSON may escape half of a surrogate pair, which isn't valid text.
            raise self.explain_shape("it contains an incomplete character") from None
        return fields

    def _decode_outcome(self, body: bytes) -> Dict[str, Any]:
        try:
            return self._decode(body)
        except ApiFailure:
            raise UnknownOutcome("its answer is not a JSON object") from None

    def _back_off(self, error: HTTPError, tried: int) -> None:
        seconds = read_retry_after(str(error.headers.get("Retry-After") or ""))
        if seconds is None:
            seconds = _growing_pause(tried)
        if seconds >= self.left():
            raise ApiFailure(
                "{} answered {} and asks to wait {:.0f} seconds, but this step stops "
                "after {:g}".format(self.host, error.code, seconds, self.seconds),
                suggestions=[TRY_LATER],
            )
        if error.code == 429:
            # The rate limit applies to all threads, not only to this one.
            until = time.monotonic() + seconds
            self._quiet_until = max(self._quiet_until, until)
        else:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        if self.left() <= max(0.0, seconds):
            raise self.explain_end()
        if seconds > 0:
            self._sleep(seconds)

    def explain_end(self) -> ApiFailure:
        """Return the failure for requests that did not end in time."""
        return ApiFailure(
            "{} did not answer all requests within {:g} seconds".format(
                self.host, self.seconds
            ),
            suggestions=[TRY_LATER],
        )

    def explain_shape(self, what: str) -> ApiFailure:
        """Return the failure for JSON that does not match the API's documentation."""
        return ApiFailure(
            "{} returned an unexpected answer: {}".format(self.host, self._clean(what)),
            suggestions=[CHECK_PROXY],
        )

    def _explain_silence(self, error: Exception) -> ApiFailure:
        cause = error.reason if isinstance(error, URLError) else error
        text = str(cause) or type(cause).__name__
        return ApiFailure(
            "{} can't be reached: {}".format(self.host, self._clean(text)),
            suggestions=["check this job's network and its proxy settings"],
        )

    def _explain_status(self, status: int) -> ApiFailure:
        said = "{} answered {}".format(self.host, status)
        if status in (401, 403) and self._token:
            cause, fix = ": it rejects the token", SET_TOKEN
        elif status in (401, 403, 404) and self._token:
            cause, fix = ": this token has no access to the project", SET_TOKEN
        elif status in (401, 403, 404):
            cause, fix = ": only public projects are visible without a token", SET_TOKEN
        elif status == 429 or status >= 500:
            fix = TRY_LATER
            cause = ", {} times".format(TRIES)
        else:
            cause, fix = "", CHECK_PROXY
        return ApiFailure(said + cause, suggestions=[fix], status=status)

    def _explain_refusal(self, error: HTTPError) -> ApiFailure:
        said = "{} answered {}".format(self.host, error.code)
        reason = self._read_reason(error)
        if reason:
            said += ": " + reason
        return ApiFailure(said, status=error.code, reason=reason)

    def _read_reason(self, error: HTTPError) -> str:
        """Return CircleCI's message: printable, short, without the token."""
        response: Any = error
        try:
            seconds = max(0.1, min(REQUEST_SECONDS, self.left()))
            body = finish_within(seconds, lambda: read_body(response, seconds))
            text = json.loads(body.decode("utf-8"))["message"]
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            return ""
        except (KeyError, IndexError, TypeError):
            return ""
        if not isinstance(text, str):
            return ""
        text = "".join(letter for letter in text if letter.isprintable())
        # Replace the token before the text is cut: half a token is a leak, too.
        if self._token:
            text = text.replace(self._token, "[token]")
            # After a replacement, the text may contain the token again.
            if self._token in text:
                return ""
        return text[:200]

    def _clean(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, "[token]")
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]


def _growing_pause(tried: int) -> float:
    return 0.5 * 2.0 ** (tried - 1)


def read_retry_after(text: str) -> Optional[float]:
    """Return the seconds in a Retry-After header (RFC 9110, 10.2.3), or None."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
