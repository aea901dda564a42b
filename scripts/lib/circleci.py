"""Ask CircleCI's API v2, patiently but not for ever, and without leaking the token.

`record_attempt` does so on the main branch and on tags; `set_shas` only where no
attempt job left a record.
"""

import http.client
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Optional, Sequence
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request

from failures import Refusal
from http_connection import TOKEN_HEADER, make_opener, read_body

TRIES = 4
REQUEST_SECONDS = 10.0
SEARCH_SECONDS = 60.0

SET_TOKEN = (
    "set CIRCLE_TOKEN to a personal API token, in a context that only dte/attempt and "
    "dte/rerun_all get (project tokens don't work on API v2)"
)


class ApiFailure(Refusal):
    """CircleCI's API gave no answer that can be used; says why, and what helps."""

    def __init__(self, message: str, *, suggestions: Sequence[str] = ()) -> None:
        super().__init__(
            message,
            suggestions=suggestions,
            reference="CircleCI docs, API developer's guide",
        )


class CircleCIClient:
    """CircleCI's API at `url`, for several threads at once.

    Everything that is asked through it must end within `seconds` from now.
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
        """The seconds that are left for everything still to be asked."""
        return self._end - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Give the search more time, as much as something else took of it."""
        self._end += seconds

    def get(self, *path: str, **query: Optional[str]) -> Dict[str, Any]:
        """The JSON object at `path`; raises `ApiFailure`.

        After 429, 5xx or a broken connection it asks again, `TRIES` times in all.
        """
        url = "/".join([self.url, *(quote(part, safe="/") for part in path)])
        words = {name.replace("_", "-"): text for name, text in query.items() if text}
        if words:
            url += "?" + urlencode(words)
        tried = 0
        while True:
            tried += 1
            self._wait(self._quiet_until - time.monotonic())
            try:
                return self._decode(self._send(url))
            except HTTPError as error:
                error.close()
                if tried == TRIES or not (error.code == 429 or error.code >= 500):
                    raise self._explain_status(error.code) from None
                self._back_off(error, tried)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if tried == TRIES or isinstance(error, ValueError):
                    raise self._explain_silence(error) from None
                self._wait(_growing_pause(tried))

    def _send(self, url: str) -> bytes:
        request = Request(
            url, headers={"Accept": "application/json", "User-Agent": "dte"}
        )
        if self._token:
            request.add_header(TOKEN_HEADER, self._token)
        seconds = max(0.1, min(REQUEST_SECONDS, self.left()))
        with self._opener.open(request, timeout=seconds) as response:
            return read_body(response, seconds)

    def _decode(self, body: bytes) -> Dict[str, Any]:
        try:
            fields = json.loads(body.decode("utf-8"), parse_int=_read_number)
            if self._token:
                # What the server echoes must not get as far as a message or a record.
                text = json.dumps(fields)
                if self._token in text:
                    fields = json.loads(text.replace(self._token, "[token]"))
        except (ValueError, RecursionError):
            raise ApiFailure(
                "{} answered with something that is not JSON".format(self.host),
                suggestions=["see whether a proxy, or DTE_API_URL, leads elsewhere"],
            ) from None
        if not isinstance(fields, dict):
            raise self.explain_shape("the answer is no object")
        return fields

    def _back_off(self, error: HTTPError, tried: int) -> None:
        seconds = read_retry_after(error.headers.get("Retry-After", ""))
        if seconds is None:
            seconds = _growing_pause(tried)
        if seconds >= self.left():
            raise ApiFailure(
                "{} answered {} and asks for {:.0f} seconds of quiet, but the search "
                "ends after {:g}".format(self.host, error.code, seconds, self.seconds),
                suggestions=["rerun the workflow from start later"],
            )
        if error.code == 429:
            # Throttling is meant for all threads, not only for the one that met it.
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
        """The failure of a search that used up its time."""
        return ApiFailure(
            "{} did not answer all questions within {:g} seconds".format(
                self.host, self.seconds
            ),
            suggestions=["rerun the workflow from start later"],
        )

    def explain_shape(self, what: str) -> ApiFailure:
        """The failure of an answer that is JSON, but not what the API documents."""
        return ApiFailure(
            "{} answered in an unexpected shape: {}".format(
                self.host, self._clean(what)
            ),
            suggestions=["see whether a proxy, or DTE_API_URL, leads elsewhere"],
        )

    def _explain_silence(self, error: Exception) -> ApiFailure:
        cause = error.reason if isinstance(error, URLError) else error
        text = str(cause) or type(cause).__name__
        return ApiFailure(
            "{} can't be reached: {}".format(self.host, self._clean(text)),
            suggestions=[
                "see whether this job's network, and any proxy, let it through"
            ],
        )

    def _explain_status(self, status: int) -> ApiFailure:
        said = "{} answered {}".format(self.host, status)
        if status in (401, 403) and self._token:
            return ApiFailure(said + ": it refuses the token", suggestions=[SET_TOKEN])
        if status in (401, 403, 404):
            lacks = (
                "finds no such project for this token"
                if self._token
                else ("without a token it shows only public projects")
            )
            return ApiFailure("{}: {}".format(said, lacks), suggestions=[SET_TOKEN])
        if status == 429 or status >= 500:
            return ApiFailure(
                "{}, {} times".format(said, TRIES),
                suggestions=["rerun the workflow from start later"],
            )
        return ApiFailure(
            said, suggestions=["see whether a proxy, or DTE_API_URL, leads elsewhere"]
        )

    def _clean(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, "[token]")
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]


def _growing_pause(tried: int) -> float:
    return 0.5 * 2.0 ** (tried - 1)


def _read_number(digits: str) -> int:
    # The time to read a number grows with the square of its length.
    if len(digits) > 30:
        raise ValueError("a number of {} digits".format(len(digits)))
    return int(digits)


def read_retry_after(text: str) -> Optional[float]:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); None where it is neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
