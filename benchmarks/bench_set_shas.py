"""Measures the search for the last passed revision, 30 and 300 pipelines back.

Run `python -m benchmarks.bench_set_shas`. The column "least" is one round trip for each
page that the search must read, plus one round trip. "in turn" is the time if each page
and each pipeline's workflows are requested one after another. "search" is measured
inside the process; "step" is the time of the whole script.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.slow_api import NEWEST, OWN
from tests.git import git
from tests.scripts.circleci_api import PAGE, SLUG
from tools.carried_code import DIGEST, copy_code

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS / "lib"))

from circleci import CircleCIClient  # noqa: E402
from passed_revisions import Question, Search, collect_passed  # noqa: E402
from pipelines import Rule  # noqa: E402

ANSWER_SECONDS = 0.05
ROUNDS = 5


class Figure(NamedTuple):
    """The median seconds of the search and of the whole step, and the request count."""

    search: float
    step: float
    requests: int


@contextmanager
def start_api(back: int, revision: str) -> Iterator[str]:
    """Yield the URL of a slow fake API.

    The main branch last passed `back` pipelines ago, at `revision`.
    """
    words = [str(NEWEST + 1 - back), revision, str(ANSWER_SECONDS)]
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.slow_api", *words],
        cwd=SCRIPTS.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


def count_requests(url: str) -> int:
    """Return the number of requests since the last count."""
    with urlopen(url + "/count") as response:
        return int(response.read())


def measure(work: Callable[[], object]) -> float:
    """Return the median duration of `ROUNDS` calls of `work`, in seconds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def open_search(url: str) -> Search:
    """Return a new search for passed revisions of main."""
    question = Question("main", Rule(), OWN.id, SLUG)
    return Search(CircleCIClient(url), question)


def ask_in_turn(url: str) -> str:
    """Search with one request at a time, as a script without threads does."""
    api = CircleCIClient(url, seconds=600)
    token = ""
    api.get("pipeline", OWN.id)
    while True:
        page = api.get("project", SLUG, "pipeline", branch="main", page_token=token)
        for item in page["items"]:
            runs = api.get("pipeline", item["id"], "workflow")["items"]
            if runs[0]["status"] == "success":
                return str(item["vcs"]["revision"])
        token = page["next_page_token"]


def run_step(name: str, url: str, folder: Path) -> None:
    """Run the whole script as a process, as a step does."""
    flat = folder / "code"
    if not flat.exists():
        copy_code(flat)
    for record in folder.glob("*/*.json"):
        record.unlink()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "BASH_ENV": str(folder / "bash_env"),
        "CIRCLE_BRANCH": "main",
        "CIRCLE_PIPELINE_ID": OWN.id,
        "CIRCLE_ORGANIZATION_ID": "organization",
        "CIRCLE_PROJECT_ID": "project",
        "CIRCLE_WORKFLOW_ID": "workflow",
        "DTE_API_URL": url,
        "DTE_ATTEMPTS": str(folder / "attempts"),
        "DTE_LEDGER": str(folder / "ledger"),
        "DTE_CODE": DIGEST.read_text(encoding="ascii"),
        "DTE_CHECKOUT": str(folder / "checkout"),
    }
    words = [sys.executable, "-I", "-S", str(flat), name]
    subprocess.run(words, env=environment, check=True, capture_output=True)


def make_checkout(folder: Path) -> str:
    """Make a repository with two commits, and return the revision of the first."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    for subject in ("One", "Two"):
        git(folder, "commit", "--quiet", "--allow-empty", "-m", subject)
    return git(folder, "rev-parse", "HEAD~1")


def measure_way(name: str, url: str, folder: Path) -> Figure:
    """Measure the search in dte/attempt, or in set_shas without a record (`alone`)."""
    ways: dict[str, tuple[str, Callable[[], object]]] = {
        "dte/attempt": (
            "record_attempt",
            lambda: list(collect_passed(open_search(url))),
        ),
        "alone": ("set_shas", lambda: next(open_search(url).find())),
    }
    script, work = ways[name]
    search = measure(work)
    time.sleep(4 * ANSWER_SECONDS)
    count_requests(url)
    step = measure(lambda: run_step(script, url, folder))
    time.sleep(4 * ANSWER_SECONDS)
    return Figure(search, step, round(count_requests(url) / ROUNDS))


def main() -> None:
    """Print a table with a row for each distance and each script that searches."""
    print(f"The last pass of main, {ANSWER_SECONDS * 1000:.0f} ms an answer:")
    print(
        "back  way          search    step  least  search/least  in turn  faster  asked"
    )
    for back in (30, 300):
        least = ANSWER_SECONDS * (-(-back // PAGE) + 1)
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            revision = make_checkout(folder / "checkout")
            url = stack.enter_context(start_api(back, revision))
            start = time.perf_counter()
            ask_in_turn(url)
            turn = time.perf_counter() - start
            for way in ("dte/attempt", "alone"):
                figure = measure_way(way, url, folder)
                print(
                    f"{back:4}  {way:11}  {figure.search:5.2f} s {figure.step:5.2f} s "
                    f"{least:5.2f} s {figure.search / least:10.1f} x  {turn:5.2f} s "
                    f"{turn / figure.search:5.1f} x  {figure.requests:5}"
                )


if __name__ == "__main__":
    main()
