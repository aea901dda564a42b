"""Open HTTP connections: http(s) only, with limits, without leaking the token."""

import http.client
import time
from typing import Any, Optional
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
    getproxies,
)

from workers import finish_within

TOKEN_HEADER = "Circle-token"
LARGEST_BODY = 4 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, and sends the token only to the same origin."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Optional[Request]:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            new.remove_header(TOKEN_HEADER)
        return new


def make_opener(url: str) -> OpenerDirector:
    """Return an opener that uses the environment's proxies, except on loopback."""
    direct = urlsplit(url).hostname in _LOOPBACK
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({} if direct else getproxies()),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def fetch(opener: OpenerDirector, request: Request, seconds: float) -> bytes:
    """Return the body of the answer; raises `OSError` after `seconds`.

    A server can send headers, redirects or "100 Continue" slowly and without end. Only
    an outer time limit ends such a request.
    """

    def exchange() -> bytes:
        with opener.open(request, timeout=seconds) as response:
            return read_body(response, seconds)

    return finish_within(seconds, exchange)


def read_body(response: http.client.HTTPResponse, seconds: float) -> bytes:
    """Return the whole body; raises `OSError` or `HTTPException` when it is incomplete.

    A socket's timeout restarts with every byte, so a slow answer would never end.
    """
    end = time.monotonic() + seconds
    missing = response.length
    body = bytearray()
    while missing is None or len(body) < missing:
        piece = response.read1(65536)
        if not piece:
            break
        body += piece
        if len(body) > LARGEST_BODY:
            raise OSError("the answer is longer than {} bytes".format(LARGEST_BODY))
        if time.monotonic() > end:
            raise OSError("the answer took longer than {:g} seconds".format(seconds))
    if missing is not None and len(body) < missing:
        raise http.client.IncompleteRead(bytes(body), missing - len(body))
    return bytes(body)
