"""The connection to CircleCI's API: timeouts, redirects, proxies, and the token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from tests.scripts.circleci_api import Answer, Asked, FakeCircleCI
from tests.scripts.clients import GOOD, TOKEN, Clock, play

from circleci import ApiFailure, CircleCIClient  # isort: skip


def test_nobody_listens(clock: Clock) -> None:
    """If a host is unreachable, the error names the host and suggests what to check."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{server.getsockname()[1]}/api/v2"
        with pytest.raises(ApiFailure, match="can't be reached") as failure:
            CircleCIClient(url, sleep=clock.sleep).get("pipeline", "x")
    assert "this job's network" in str(failure.value)


@pytest.mark.parametrize("speech", [b"", b"HTTP/1.0 200 OK\r\n\r\n{", b"HTTP/1.0 2"])
def test_a_server_that_goes_silent_does_not_hang_the_job(
    speech: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request to a server that goes silent ends within the time limit."""
    monkeypatch.setattr("circleci.REQUEST_SECONDS", 0.2)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            server.settimeout(0.05)
            held = []
            while not over.is_set():
                try:
                    held.append(server.accept()[0])
                except TimeoutError:
                    continue
                held[-1].sendall(speech)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/api/v2"
            with pytest.raises(ApiFailure, match=r"can.t be reached|not answer all"):
                CircleCIClient(url, seconds=1).get("pipeline", "x")
        finally:
            over.set()
            thread.join()


def test_a_trickling_answer_is_cut_off(
    circleci: FakeCircleCI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends single bytes can't keep the job waiting."""
    monkeypatch.setattr("circleci.REQUEST_SECONDS", 0.3)
    circleci.drip = 0.1
    play(circleci, Answer(200, b" " * 1000))
    with pytest.raises(ApiFailure, match=r"took longer than|timed out"):
        CircleCIClient(circleci.url, seconds=20, sleep=clock.sleep).get("pipeline", "x")


def test_an_endless_answer_is_cut_off(
    circleci: FakeCircleCI, api: CircleCIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is too long is an error."""
    monkeypatch.setattr("http_connection.LARGEST_BODY", 1000)
    play(circleci, Answer(200, b" " * 5000))
    with pytest.raises(ApiFailure, match="longer than 1000 bytes"):
        api.get("pipeline", "x")


def test_a_cut_answer_is_asked_for_again(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """After a body shorter than its Content-Length, the request is repeated."""
    play(circleci, Answer(200, b'{"a', {"Content-Length": "20"}), GOOD)
    assert api.get("pipeline", "x") == {"fine": True}


def redirect_to(url: str) -> Callable[[Asked], Answer | None]:
    """Redirect requests for `x` to `url`, and answer all others normally."""
    return lambda asked: (
        Answer(302, headers={"Location": url}) if asked.path.endswith("/x") else None
    )


def test_a_redirect_on_the_same_host_is_followed(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """A redirect with the same scheme, host and port is followed with the token."""
    target = circleci.url.replace("/api/v2", "/elsewhere")
    circleci.intercept = lambda asked: (
        GOOD if asked.path == "/elsewhere" else redirect_to(target)(asked)
    )
    assert api.get("pipeline", "x") == {"fine": True}
    assert [asked.token for asked in circleci.asked] == [TOKEN, TOKEN]


def test_no_token_follows_a_redirect_to_another_host(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """A redirect to another host or port is followed without the token."""
    with FakeCircleCI() as other:
        other.intercept = lambda asked: GOOD
        circleci.intercept = redirect_to(other.url + "/found")
        assert api.get("pipeline", "x") == {"fine": True}
        assert [asked.token for asked in other.asked] == [None]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://[bad",
        "gopher:x",
        "//",
        "http:",
    ],
)
def test_a_redirect_to_another_protocol_is_not_followed(
    circleci: FakeCircleCI, api: CircleCIClient, location: str
) -> None:
    """A redirect that is invalid, or to anything but http and https, is an error."""
    circleci.intercept = redirect_to(location)
    with pytest.raises(ApiFailure):
        api.get("pipeline", "x")


def test_a_redirect_in_a_circle_ends(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """A redirect loop is an error."""
    circleci.intercept = redirect_to(circleci.url + "/pipeline/x")
    with pytest.raises(ApiFailure, match="answered 302"):
        api.get("pipeline", "x")


def test_the_token_does_not_come_back(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """A token that the server repeats, even escaped, is removed from the answer."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in TOKEN)
    body = f'{{"id": "{TOKEN}", "number": ["{escaped}"], "{TOKEN}": 1}}'
    play(circleci, Answer(200, body.encode()))
    assert api.get("pipeline", "x") == {
        "id": "[token]",
        "number": ["[token]"],
        "[token]": 1,
    }


def test_the_token_does_not_come_back_in_an_error(
    circleci: FakeCircleCI, api: CircleCIClient
) -> None:
    """A token that the server repeats is never in an error message."""
    for location in (f"http://[{TOKEN}", f"{TOKEN}:x", f"http://127.0.0.1:{TOKEN}/"):
        circleci.intercept = redirect_to(location)
        with pytest.raises(ApiFailure) as failure:
            api.get("pipeline", "x")
        assert TOKEN not in str(failure.value)
        assert failure.value.__cause__ is None


def test_loopback_is_asked_directly(
    circleci: FakeCircleCI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests to loopback don't use the environment's proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    play(circleci, GOOD)
    assert CircleCIClient(circleci.url).get("x") == {"fine": True}


def test_a_proxy_is_honored(
    circleci: FakeCircleCI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests to any other host use the environment's proxy."""
    monkeypatch.setenv("http_proxy", circleci.url.removesuffix("/api/v2"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    play(circleci, GOOD)
    api = CircleCIClient("http://circleci.example/api/v2", sleep=Clock().sleep)
    assert api.get("x") == {"fine": True}
