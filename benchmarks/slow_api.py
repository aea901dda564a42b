"""CircleCI's API with a main branch that was red for long, 50 ms an answer.

A process of its own, so that its work does not slow down what is measured. Prints its
port, and serves until its input ends. `GET /count` gives the requests since the last.
Words: the number of the pipeline that passed, its revision, the seconds of an answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

PAGE = 20
SLUG = "gh/acme/shop"


def make_pipeline(number: int, revision: str) -> dict[str, object]:
    """A pipeline as the API lists it."""
    return {
        "id": f"pipeline-{number}",
        "number": number,
        "project_slug": SLUG,
        "state": "created",
        "created_at": "2026-11-24T01:02:03Z",
        "trigger": {"type": "webhook", "actor": {"login": "someone"}},
        "vcs": {"branch": "main", "revision": revision},
    }


def answer(
    path: str, query: dict[str, list[str]], green: int, revision: str
) -> dict[str, object]:
    """What the API says; only pipeline `green` of 1 to 1000 passed."""

    def pipeline(number: int) -> dict[str, object]:
        return make_pipeline(number, revision if number == green else f"{number:040x}")

    parts = path.strip("/").split("/")
    if parts[-1] == "workflow":
        number = int(parts[-2].removeprefix("pipeline-"))
        run = {
            "id": f"workflow-{number}",
            "name": "build",
            "status": "success" if number == green else "failed",
            "created_at": "2026-11-24T01:02:03Z",
        }
        return {"items": [run], "next_page_token": None}
    if parts[-2] == "pipeline":
        return pipeline(int(parts[-1].removeprefix("pipeline-")))
    first = int(query.get("page-token", ["1000"])[0])
    numbers = range(first, first - PAGE, -1)
    items = [pipeline(number) for number in numbers]
    return {"items": items, "next_page_token": str(first - PAGE)}


async def serve(green: int, revision: str, seconds: float) -> None:
    """Serve on a free port until the input ends."""
    count = 0

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal count
        request = await reader.readuntil(b"\r\n\r\n")
        url = urlsplit(request.split()[1].decode())
        if url.path == "/count":
            body, count = json.dumps(count).encode(), 0
        else:
            count += 1
            fields = answer(url.path, parse_qs(url.query), green, revision)
            body = json.dumps(fields).encode()
            await asyncio.sleep(seconds)
        head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
