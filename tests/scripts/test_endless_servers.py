"""Servers that never finish an answer, and the limits that end the scripts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scripts.modules import load_script
from tests.scripts.records import make_record, write_record

from circleci import ApiFailure, CircleCIClient, UnknownOutcome  # isort: skip

Play = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\n"


def trickle_headers(connection: socket.socket, over: threading.Event) -> None:
    """Send a header that never ends, a byte at a time."""
    connection.sendall(OK + b"X: ")
    while not over.wait(0.05):
        connection.sendall(b"x")


def go_on(connection: socket.socket, over: threading.Event) -> None:
    """Send `100 Continue` without end."""
    while not over.wait(0.01):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def trickle_chunks(connection: socket.socket, over: threading.Event) -> None:
    """Send a chunk's size that never ends."""
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b"0")


def redirect(connection: socket.socket, over: threading.Event) -> None:
    """Redirect to a new address, slowly."""
    over.wait(0.1)
    where = f"/{time.monotonic_ns()}".encode()
    connection.sendall(
        b"HTTP/1.1 302 Found\r\nLocation: " + where + b"\r\nContent-Length: 0\r\n\r\n"
    )


def refuse_slowly(connection: socket.socket, over: threading.Event) -> None:
    """Send an error whose message never ends."""
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 9999\r\n\r\n{")
    while not over.wait(0.05):
        connection.sendall(b" ")


PLAYS = [trickle_headers, go_on, trickle_chunks, redirect, refuse_slowly]


@contextmanager
def serve(play: Play) -> Iterator[str]:
    """Serve the same answer on each connection; yield the API's address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def play_one(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(65536)
                    play(connection, over)
                except OSError:
                    return

        def accept() -> None:
            while not over.is_set():
                try:
                    connection = server.accept()[0]
                except TimeoutError:
                    continue
                threading.Thread(target=play_one, args=(connection,)).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/api/v2"
        finally:
            over.set()
            thread.join()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("play", PLAYS)
def test_an_endless_answer_ends_within_the_limit(
    monkeypatch: pytest.MonkeyPatch, play: Play
) -> None:
    """A request with an endless answer ends at its time limit, with a message."""
    monkeypatch.setattr("circleci.REQUEST_SECONDS", 0.5)
    with serve(play) as url:
        client = CircleCIClient(url, "token", seconds=2)
        with pytest.raises(ApiFailure):
            client.get("pipeline", "x")
        with pytest.raises((ApiFailure, UnknownOutcome)):
            CircleCIClient(url, "token", seconds=2).post("workflow", "x", fields={})


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("play", PLAYS)
def test_rerun_all_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, play: Play
) -> None:
    """An API that never finishes an answer can't keep `rerun_all` running."""
    record = make_record(workflow_id="first", workspace_id="first")
    write_record(tmp_path, record)
    module = load_script("rerun_all")
    monkeypatch.setattr(module, "LIST_SECONDS", 1.0)
    with serve(play) as url:
        for name, value in {
            "CIRCLE_WORKFLOW_ID": "own",
            "CIRCLE_WORKFLOW_WORKSPACE_ID": "first",
            "CIRCLE_PIPELINE_ID": "pipeline",
            "CIRCLE_TOKEN": "token",
            "DTE_ATTEMPTS": str(tmp_path),
            "DTE_API_URL": url,
        }.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ApiFailure):
            module.main()


def test_rerun_all_takes_less_than_two_minutes() -> None:
    """All limits and pauses of the script together are less than two minutes."""
    module = load_script("rerun_all")
    looks = sum(module.LOOKS) + len(module.LOOKS) * module.LOOK_SECONDS
    assert module.LIST_SECONDS + module.REQUEST_SECONDS + looks < 120
