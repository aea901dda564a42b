"""Sends requests to CircleCI's API v2, with retries and timeouts.

Sources: CircleCI docs, "API developer's guide" (429 with `Retry-After`) and "API v2
reference". The token is in a header, goes only to this API, and appears in no message.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

from dte.circleci_client.access import TOKENS, Access
from dte.errors import UserError

TIMEOUTS_SECONDS = (5, 30)
TRIES = 4
LONGEST_WAIT_SECONDS = 60.0
RETRIED = (429, 500, 502, 503, 504)
MOST_PAGES = 100
SET_A_TOKEN = (
    f"set {TOKENS[0]} to a personal API token, or run: circleci setup "
    "(project tokens don't work on API v2)"
)


class NotFound(UserError):
    """The API answered 404: the object doesn't exist, or this token can't see it."""


class _Retry(Retry):
    """Retries that wait at most a minute, whatever the server asks for."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, LONGEST_WAIT_SECONDS)


class Client:
    """Sends requests to the API of one host, with its token."""

    def __init__(
        self,
        access: Access,
        *,
        backoff: float = 1.0,
        timeouts: tuple[float, float] = TIMEOUTS_SECONDS,
    ) -> None:
        """Prepare requests that use the address and the token of `access`.

        `backoff` is urllib3's factor for the pauses between retries. `timeouts` are in
        seconds: for the connection, and for each part of the answer.
        """
        self.access = access
        self._timeouts = timeouts
        self._host = urlsplit(access.api).netloc
        self._session = requests.Session()
        self._session.auth = lambda request: request  # send no password from ~/.netrc
        retry = _Retry(
            total=TRIES - 1,
            backoff_factor=backoff,
            status_forcelist=RETRIED,
            allowed_methods=("GET",),
            respect_retry_after_header=True,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        if access.token:
            self._session.headers["Circle-Token"] = access.token

    def get(self, *words: str | int, **query: str) -> dict[str, Any]:
        """Return the answer to `GET /word/word…`; a failure raises `UserError`."""
        return self._send("GET", words, params=query)

    def post(self, *words: str | int, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to `POST /word/word…`, which is sent without retries."""
        return self._send("POST", words, json=body)

    def get_all(self, *words: str | int) -> list[dict[str, Any]]:
        """Return the items on all pages of the list at `/word/word…`."""
        items: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self.get(*words, **query)
            items += page.get("items") or []
            if not (token := page.get("next_page_token")):
                return items
            query = {"page-token": str(token)}
        raise UserError(f"a list of {self._host} has more than {MOST_PAGES} pages")

    @contextmanager
    def expect_shape(self) -> Iterator[None]:
        """Raise `UserError` if the `with` block doesn't find a field of an answer."""
        try:
            yield
        except (AttributeError, KeyError, TypeError) as error:
            raise UserError(
                f"{self._host} returned an unexpected answer: {self._redact(error)} is "
                "missing or has the wrong type",
                suggestions=["check whether the address is that of CircleCI's API v2"],
            ) from error

    def _send(
        self, method: str, words: tuple[str | int, ...], **rest: Any
    ) -> dict[str, Any]:
        path = "/".join(quote(str(word), safe="/") for word in words)
        try:
            answer = self._session.request(
                method,
                f"{self.access.api}/{path}",
                timeout=self._timeouts,
                allow_redirects=False,
                **rest,
            )
        except requests.RequestException as error:
            raise UserError(
                f"{self._host} can't be reached: {self._redact(error)}",
                suggestions=["check the network, and HTTPS_PROXY if you need a proxy"],
            ) from None
        return self._read(answer, path)

    def _read(self, answer: requests.Response, path: str) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if answer.ok and not answer.is_redirect and isinstance(body, dict):
            return body
        message = body.get("message") if isinstance(body, dict) else None
        said = f": {self._redact(message)}" if message else ""
        if answer.ok:
            said = " with something that is not JSON"
        text = f"{self._host} answered {answer.status_code} to {path}{said}"
        if answer.status_code == 404:
            raise NotFound(text, suggestions=self._suggest_token())
        if answer.status_code in (401, 403):
            raise UserError(text, suggestions=self._suggest_token())
        if answer.status_code in RETRIED:
            raise UserError(text, suggestions=["try again in a few minutes"])
        raise UserError(text)

    def _suggest_token(self) -> list[str]:
        if not self.access.token:
            return [SET_A_TOKEN]
        source = self.access.source
        return [f"check that the token in {source} may see this project", SET_A_TOKEN]

    def _redact(self, said: object) -> str:
        text = str(said)
        return text.replace(self.access.token, "[token]") if self.access.token else text
