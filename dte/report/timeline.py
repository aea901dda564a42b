"""Draws a report as an SVG: runs, jobs and the tasks of agents on one time axis."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from dte.report.data import JobReport, Report, RunReport

WIDTH = 960
_NAMES = 200
_ROW = 22
_HEADER = 28
_AXIS = 30
_MARGIN = 12
_OUTCOMES = 126
_CHARACTER = 7.0
_BASELINE = 15
_NARROWEST_BOX = 8.0
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
# Colors with enough contrast on white and on a dark page; text adapts to the page.
_COLORS = {"success": "#2da44e", "failed": "#e5534b", "canceled": "#bf8700"}
_CARRIED = "#8b949e"
_TASK = "#0d1117"
_STYLE = (
    "text{font:12px sans-serif;fill:#24292f}"
    ".head{font-weight:bold}.faint{fill:#6e7781}.tick{text-anchor:middle}"
    ".axis{stroke:#8b949e;stroke-width:.5}"
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9ea7b3}}"
)


class _Label(NamedTuple):
    """The words beside the bar of a job."""

    x: float
    words: str

    def covers(self, x: float) -> bool:
        """Return whether a vertical line at `x` would cross the words."""
        return -2 <= x - self.x <= len(self.words) * _CHARACTER


class _Scale(NamedTuple):
    start: float
    seconds: float

    def x(self, moment: float) -> float:
        """Return the horizontal position of a moment."""
        share = (moment - self.start) / self.seconds
        return _NAMES + share * (WIDTH - _NAMES - _OUTCOMES - _MARGIN)


def draw_timeline(report: Report) -> str:
    """Return the text of the SVG, which needs no other file."""
    scale = _make_scale(report)
    parts: list[str] = []
    grid: list[str] = []
    y = _MARGIN
    for number, run in enumerate(report.runs, 1):
        parts.append(_draw_text(_MARGIN, y + 14, _title(number, run), "head"))
        y += _HEADER
        labels = [_place_label(job, run, scale) for job in run.jobs]
        grid += _draw_grid(scale, y, labels)
        for job, label in zip(run.jobs, labels, strict=True):
            parts += _draw_job(job, run, report, scale, y)
            parts.append(_draw_text(label.x, y + _BASELINE, label.words, "faint"))
            y += _ROW
        y += _MARGIN
    height = y + _AXIS
    grid += _draw_axis(scale, y)
    body = "\n".join([*grid, *parts])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">\n'
        f"<title>Runs, jobs and tasks of a rehearsal</title>\n"
        f"<style>{_STYLE}</style>\n{body}\n</svg>\n"
    )


def _title(number: int, run: RunReport) -> str:
    attempt = f", attempt {run.attempt}" if run.attempt else ""
    return f"{number} {run.kind}{attempt}: {run.status}"


def _make_scale(report: Report) -> _Scale:
    starts = [run.started_at for run in report.runs]
    ends = [run.started_at + run.seconds for run in report.runs]
    start = min(starts, default=0.0)
    return _Scale(start, max(max(ends, default=0.0) - start, 0.1))


def _draw_job(
    job: JobReport, run: RunReport, report: Report, scale: _Scale, y: int
) -> Iterator[str]:
    name = _shorten(job.name, _NAMES - 2 * _MARGIN)
    yield _draw_text(_MARGIN, y + _BASELINE, name, "")
    if not job.ran or job.started_at is None:
        if job.status != "not_run":
            yield from _draw_box(run, scale, y)
        return
    color = _COLORS.get(job.status, _CARRIED)
    left, right = scale.x(job.started_at), scale.x(job.started_at + job.seconds)
    label = f"{job.name}: {job.status}, {job.seconds:.1f} s"
    yield _draw_bar(left, right, y + 3, _ROW - 6, color, label)
    agent = job.name.rpartition("/")[2]
    for task in report.tasks:
        if run.id in task.run_id and task.agent in (agent, job.name):
            begin, end = scale.x(task.started), scale.x(task.started + task.seconds)
            label = f"{task.task} on {task.agent}: {task.seconds:.1f} s"
            yield _draw_bar(begin, end, y + 8, _ROW - 16, _TASK, label)


def _place_label(job: JobReport, run: RunReport, scale: _Scale) -> _Label:
    if not job.ran or job.started_at is None:
        words = "not run" if job.status == "not_run" else "carried over"
        # Labels stay inside the picture, even at its right edge.
        x = min(scale.x(run.started_at) + 4, WIDTH - _MARGIN - len(words) * _CHARACTER)
        return _Label(x, words)
    left, right = scale.x(job.started_at), scale.x(job.started_at + job.seconds)
    # The outcome is also written in words, for readers who don't see the color.
    outcome = "" if job.status == "success" else f"{job.status}, "
    return _Label(max(right, left + 2) + 4, f"{outcome}{job.seconds:.1f} s")


def _draw_box(run: RunReport, scale: _Scale, y: int) -> Iterator[str]:
    """Draw a carried-over job, unless the run is so short that no box is visible."""
    left, right = scale.x(run.started_at), scale.x(run.started_at + run.seconds)
    if right - left >= _NARROWEST_BOX:
        yield (
            f'<rect x="{left:.1f}" y="{y + 3}" width="{right - left:.1f}" '
            f'height="{_ROW - 6}" fill="none" stroke="{_CARRIED}" '
            f'stroke-dasharray="3 3"/>'
        )


def _draw_bar(
    left: float, right: float, y: int, height: int, color: str, label: str
) -> str:
    width = max(right - left, 2.0)
    return (
        f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="{height}" '
        f'fill="{color}"><title>{escape(label)}</title></rect>'
    )


def _list_ticks(scale: _Scale) -> Iterator[tuple[float, float]]:
    """Yield the seconds and the position of each tick."""
    tick = next((step for step in _TICKS if scale.seconds / step <= 12), 3600.0)
    for number in range(int(scale.seconds / tick) + 1):
        yield number * tick, scale.x(scale.start + number * tick)


def _draw_grid(scale: _Scale, top: int, labels: Sequence[_Label]) -> Iterator[str]:
    """Draw a line for each tick, with gaps where the line would cross a label."""
    for _, x in _list_ticks(scale):
        covered = [label.covers(x) for label in labels]
        for gap, rows in groupby(range(len(labels)), key=covered.__getitem__):
            numbers = list(rows)
            start, end = top + numbers[0] * _ROW, top + (numbers[-1] + 1) * _ROW
            if not gap:
                yield f'<path class="axis" d="M{x:.1f} {start}V{end}"/>'


def _draw_axis(scale: _Scale, y: int) -> Iterator[str]:
    for seconds, x in _list_ticks(scale):
        label = f"{seconds:g} s"
        x = min(x, WIDTH - len(label) * _CHARACTER / 2)
        yield _draw_text(x, y + 16, label, "faint tick")


def _draw_text(x: float, y: float, text: str, kind: str) -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:.1f}" y="{y}">{escape(text)}</text>'


def _shorten(text: str, width: float) -> str:
    most = int(width / _CHARACTER)
    return text if len(text) <= most else text[: most - 1] + "…"
