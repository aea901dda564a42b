"""A slow fake of CircleCI's API, whose main branch has failed for a long time.

It is a separate process, so its work does not slow down the code that is measured. It
prints its address, and serves until its standard input ends. `GET /count` returns the
number of requests since the last count. Arguments: the number of the pipeline that
passed, its revision, and the delay of each answer in seconds.
"""

from __future__ import annotations

import sys

from tests.scripts.circleci_api import Answer, Asked, FakeCircleCI, FakePipeline, Run

NEWEST = 1000
OWN = FakePipeline(NEWEST + 1, f"{NEWEST + 1:040x}")


def make_pipelines(green: int, revision: str) -> list[FakePipeline]:
    """Return pipelines 1 to `NEWEST` of main, of which only number `green` passed."""
    failed = (Run(status="failed"),)
    return [
        FakePipeline(number, revision)
        if number == green
        else FakePipeline(number, f"{number:040x}", failed)
        for number in range(1, NEWEST + 1)
    ]


def serve(green: int, revision: str, seconds: float) -> None:
    """Serve on a free port until standard input ends."""
    with FakeCircleCI() as api:

        def count(asked: Asked) -> Answer | None:
            if asked.path != "/api/v2/count":
                return None
            body = str(len(api.asked) - 1).encode()
            api.asked.clear()
            return Answer(body=body)

        api.pipelines = make_pipelines(green, revision)
        api.own = OWN
        api.seconds = seconds
        api.intercept = count
        print(api.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
