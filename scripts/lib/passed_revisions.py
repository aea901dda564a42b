"""Find the passed revisions of a branch, newest first, with concurrent requests.

The request for a page of pipelines needs the token from the page before, so page n + 1
is fetched while the workflows of page n are requested.
"""

import re
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import (
    Any,
    Deque,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from circleci import CircleCIClient
from pipelines import (
    Pipeline,
    Rule,
    WorkflowRun,
    find_proof,
    may_have_passed,
    read_next_page,
    read_pipeline,
    read_pipelines,
    read_workflows,
)
from settings import workflow_link
from workers import Workers

REQUESTS_AT_ONCE = 24
MOST_PAGES = 20
MOST_WORKFLOW_PAGES = 20
MOST_REVISIONS = 10
# A force push may have removed every passed revision on a page.
LEAST_FURTHER = 10
_SLUG = re.compile(r"[^/]+/[^/]+/[^/]+")


class Passed(NamedTuple):
    """A passed revision; `where` can follow the words "it passed in"."""

    revision: str
    where: str


class Question(NamedTuple):
    """Which pipelines are searched, and when they count as passed.

    `own_pipeline` is the id of the current pipeline, which never counts. `slug` has the
    ids of the organization and the project. If the API does not know this slug, as for
    projects from GitHub OAuth or Bitbucket, the current pipeline's slug is used.
    """

    branch: str
    rule: Rule
    own_pipeline: str = ""
    slug: str = ""


_Page = Tuple[List[Pipeline], str]
# A pipeline, whether it passed, and the number of its page.
_Verdict = Tuple[Pipeline, "Future[Optional[WorkflowRun]]", int]


class Search:
    """One search. Its counts show how far it got."""

    def __init__(self, circleci: CircleCIClient, question: Question) -> None:
        self.pages = 0
        self.pipelines = 0
        self.without_revision: List[int] = []
        self._circleci = circleci
        self._question = question
        self._taken = 0
        self._last_page: Optional[int] = None
        self._further: Optional[int] = None
        self._ids = {question.own_pipeline}
        self._own_number: Optional[int] = None
        self._revisions: Set[str] = set()
        self._workers = Workers(REQUESTS_AT_ONCE)

    def end_early(self, further: int) -> None:
        """Stop after the page with the first passed revision.

        If fewer than `further` pipelines are left there, stop one page later.
        """
        self._further = further

    def describe(self) -> List[str]:
        """Return one to three lines that describe what was searched."""
        branch = self._question.branch
        lines = ["CircleCI listed {} pipelines of {}.".format(self.pipelines, branch)]
        if self.pages == MOST_PAGES:
            lines.append("The search ends after {} pages.".format(MOST_PAGES))
        if self.without_revision:
            numbers = ", ".join(map(str, self.without_revision[:10]))
            lines.append("Skipped because they have no revision: {}.".format(numbers))
        return lines

    def find(self) -> Iterator[Passed]:
        """Yield each passed revision once, newest first; raises `ApiFailure`.

        If the search fails, yields the revisions that it found and then raises the
        failure. Leaves out the revision that is being built.
        """
        try:
            slug, page = self._find_first_page()
            yield from self._walk(slug, page)
        finally:
            self._workers.stop()

    def _find_first_page(self) -> "Tuple[str, Optional[Future[_Page]]]":
        # Request this pipeline and the first page together, because each costs a round
        # trip. The API may not know a slug that consists of ids.
        question = self._question
        guess = self._ask_page(question.slug, "") if question.slug else None
        if not question.own_pipeline:
            return question.slug, guess
        own = self._workers.start(self._read_own_pipeline)
        self._wait_for_all([own, guess])
        if guess and not guess.exception() and (guess.result()[0] or own.exception()):
            return question.slug, guess
        self.pages = 0
        return own.result(), self._ask_page(own.result(), "")

    def _walk(self, slug: str, page: "Optional[Future[_Page]]") -> Iterator[Passed]:
        verdicts: Deque[_Verdict] = deque()
        while page is not None or verdicts:
            # A page that failed must not hide results of earlier pages.
            if page and page.done() and not (verdicts and page.exception()):
                pipelines, token = page.result()
                self._taken += 1
                page = self._ask_page(slug, token) if token else None
                verdicts.extend(self._ask_workflows(pipelines))
            elif verdicts and verdicts[0][1].done():
                pipeline, verdict, number = verdicts.popleft()
                proof = verdict.result()
                if proof is not None and pipeline.revision not in self._revisions:
                    self._revisions.add(pipeline.revision)
                    # The caller's own work doesn't count against the time limit.
                    since = self._circleci.left()
                    self._circleci.extend(3600)
                    yield Passed(pipeline.revision, _describe(pipeline, proof))
                    self._circleci.extend(since - self._circleci.left())
                    if self._limit_to(number, verdicts):
                        page = None
            else:
                self._wait_for_one([page, verdicts[0][1] if verdicts else None])

    def _limit_to(self, found: int, verdicts: "Deque[_Verdict]") -> bool:
        """Drop pipelines after the last page; return True if that page has arrived."""
        if self._further is None:
            return False
        if self._last_page is None:
            left = sum(verdict[2] == found for verdict in verdicts)
            self._last_page = found if left >= self._further else found + 1
        while verdicts and verdicts[-1][2] > self._last_page:
            verdicts.pop()
        return self._taken >= self._last_page

    def _wait_for_all(self, futures: "Sequence[Optional[Future[Any]]]") -> None:
        while not all(future.done() for future in futures if future):
            self._wait_for_one(futures)

    def _wait_for_one(self, futures: "Sequence[Optional[Future[Any]]]") -> None:
        pending = [future for future in futures if future and not future.done()]
        seconds = max(0.0, self._circleci.left())
        done = wait(pending, timeout=seconds, return_when=FIRST_COMPLETED).done
        if pending and not done:
            raise self._circleci.explain_end()

    def _ask_page(self, slug: str, token: str) -> "Optional[Future[_Page]]":
        if self.pages == MOST_PAGES or self._taken == self._last_page:
            return None
        self.pages += 1
        return self._workers.start(partial(self._get_page, slug, token))

    def _ask_workflows(self, pipelines: Sequence[Pipeline]) -> Iterator[_Verdict]:
        for pipeline in pipelines:
            # A pipeline that starts during the search moves others to the next page.
            if pipeline.id in self._ids:
                continue
            self._ids.add(pipeline.id)
            self.pipelines += 1
            if not pipeline.revision:
                self.without_revision.append(pipeline.number)
            useful = may_have_passed(pipeline, self._question.branch)
            # In a rerun of an older pipeline, later revisions aren't ancestors and
            # would fill the record.
            if self._own_number is not None and pipeline.number > self._own_number:
                continue
            if useful and pipeline.revision not in self._revisions:
                verdict = self._workers.start(partial(self._judge, pipeline))
                yield pipeline, verdict, self._taken

    def _read_own_pipeline(self) -> str:
        item = self._circleci.get("pipeline", self._question.own_pipeline)
        try:
            own = read_pipeline(item)
        except ValueError as error:
            raise self._circleci.explain_shape(str(error)) from None
        if not _SLUG.fullmatch(own.slug):
            raise self._circleci.explain_shape("the pipeline has no project_slug")
        self._revisions.add(own.revision)
        if own.branch == self._question.branch:
            self._own_number = own.number
        return own.slug

    def _get_page(self, slug: str, token: str) -> _Page:
        page = self._circleci.get(
            "project", slug, "pipeline", branch=self._question.branch, page_token=token
        )
        try:
            return read_pipelines(page), read_next_page(page)
        except ValueError as error:
            raise self._circleci.explain_shape(str(error)) from None

    def _judge(self, pipeline: Pipeline) -> Optional[WorkflowRun]:
        runs: List[WorkflowRun] = []
        token = ""
        for _ in range(MOST_WORKFLOW_PAGES):
            page = self._circleci.get(
                "pipeline", pipeline.id, "workflow", page_token=token
            )
            try:
                runs += read_workflows(page)
            except ValueError as error:
                raise self._circleci.explain_shape(str(error)) from None
            token = read_next_page(page)
            if not token:
                return find_proof(runs, self._question.rule)
        return None


def _describe(pipeline: Pipeline, proof: WorkflowRun) -> str:
    return "pipeline {}, {}".format(pipeline.number, workflow_link(proof.id))


def collect_passed(search: Search) -> Iterator[Passed]:
    """Yield the newest `MOST_REVISIONS` passed revisions, for a record.

    After the first revision, it waits for the rest of the page, and for the next page
    if fewer than `LEAST_FURTHER` pipelines are left: older revisions are needed when
    the newest is not an ancestor of HEAD.
    """
    search.end_early(LEAST_FURTHER)
    for count, passed in enumerate(search.find(), 1):
        yield passed
        if count == MOST_REVISIONS:
            return
