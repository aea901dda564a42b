"""Draws a report as an SVG: runs, jobs and the tasks of agents on one time axis."""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from dte.report.data import JobReport, Report, RunReport

WIDTH = 960
_NAMES = 200
_ROW = 22
_HEADER = 28
_AXIS = 30
_MARGIN = 12
_OUTCOMES = 110
_CHARACTER = 7.0
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
# Colors with enough contrast on white and on a dark page; text adapts to the page.
_COLORS = {"success": "#2da44e", "failed": "#e5534b", "canceled": "#bf8700"}
_CARRIED = "#8b949e"
_TASK = "#0d1117"
_STYLE = (
    "text{font:12px sans-serif;fill:#24292f}"
    ".head{font-weight:bold}.faint{fill:#6e7781}.axis{stroke:#8b949e;stroke-width:.5}"
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9ea7b3}}"
)


class _Scale(NamedTuple):
    start: float
    seconds: float

    def x(self, moment: float) -> float:
        """Return the horizontal position of a moment."""
        share = (moment - self.start) / self.seconds
        return _NAMES + share * (WIDTH - _NAMES - _OUTCOMES - _MARGIN)


def draw_timeline(report: Report) -> str:
    """Return the SVG; it needs no other file."""
    scale = _make_scale(report)
    parts: list[str] = []
    grid: list[str] = []
    y = _MARGIN
    for number, run in enumerate(report.runs, 1):
        parts.append(_draw_text(_MARGIN, y + 14, _title(number, run), "head"))
        y += _HEADER
        grid += _draw_grid(scale, y, y + _ROW * len(run.jobs))
        for job in run.jobs:
            parts += _draw_job(job, run, report, scale, y)
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
    yield _draw_text(_MARGIN, y + 14, _shorten(job.name, _NAMES - 2 * _MARGIN), "")
    if not job.ran or job.started_at is None:
        words = "not run" if job.status == "not_run" else "carried over"
        x = scale.x(run.started_at)
        if words == "carried over":
            end = scale.x(run.started_at + run.seconds)
            yield (
                f'<rect x="{x:.1f}" y="{y + 3}" width="{max(end - x, 2):.1f}" '
                f'height="{_ROW - 6}" fill="none" stroke="{_CARRIED}" '
                f'stroke-dasharray="3 3"/>'
            )
        # Labels stay inside the picture, even at its right edge.
        x = min(x + 4, WIDTH - _MARGIN - len(words) * _CHARACTER)
        yield _draw_text(x, y + 15, words, "faint")
        return
    color = _COLORS.get(job.status, _CARRIED)
    left, right = scale.x(job.started_at), scale.x(job.started_at + job.seconds)
    label = f"{job.name}: {job.status}, {job.seconds:.1f} s"
    yield _draw_bar(left, right, y + 3, _ROW - 6, color, label)
    # The outcome is also written in words, for readers who don't see the color.
    outcome = "" if job.status == "success" else f"{job.status}, "
    yield _draw_text(
        max(right, left + 2) + 4, y + 15, f"{outcome}{job.seconds:.1f} s", "faint"
    )
    agent = job.name.rpartition("/")[2]
    for task in report.tasks:
        if run.id in task.run_id and task.agent in (agent, job.name):
            begin, end = scale.x(task.started), scale.x(task.started + task.seconds)
            label = f"{task.task} on {task.agent}: {task.seconds:.1f} s"
            yield _draw_bar(begin, end, y + 8, _ROW - 16, _TASK, label)


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


def _draw_grid(scale: _Scale, top: int, bottom: int) -> Iterator[str]:
    for _, x in _list_ticks(scale):
        yield f'<line class="axis" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'


def _draw_axis(scale: _Scale, y: int) -> Iterator[str]:
    for seconds, x in _list_ticks(scale):
        label = f"{seconds:g} s"
        x = min(x, WIDTH - len(label) * _CHARACTER)
        yield _draw_text(x, y + 16, label, "faint")


def _draw_text(x: float, y: float, text: str, kind: str) -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:.1f}" y="{y}">{escape(text)}</text>'


def _shorten(text: str, width: float) -> str:
    most = int(width / _CHARACTER)
    return text if len(text) <= most else text[: most - 1] + "…"
