"""Shows a rehearsal's outcome: on the screen, as JSON, and in files."""

from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from dte.errors import UserError
from dte.report.data import Report
from dte.report.live import LiveListener
from dte.report.screen import make_console
from dte.report.table import print_tables
from dte.report.timeline import draw_timeline
from dte.report.verdict import describe, judge
from dte.run.listener import Listener


class Outcome:
    """Prints the report and writes its files; `show` is called before the clean-up."""

    def __init__(
        self,
        expected: tuple[str, ...],
        *,
        as_json: bool,
        verbose: bool,
        report_file: Path | None,
        timeline_file: Path | None,
    ) -> None:
        self._expected = expected
        self._as_json = as_json
        self._report_file = report_file
        self._timeline_file = timeline_file
        self._console = make_console()
        self.listener = (
            Listener() if as_json else LiveListener(self._console, verbose=verbose)
        )

    def check_files(self) -> None:
        """Raise `UserError` if a file's folder is missing, before any job starts."""
        for file in filter(None, (self._report_file, self._timeline_file)):
            if not file.absolute().parent.is_dir():
                raise UserError(f"{file}: there is no folder {file.parent}")

    def show(self, report: Report) -> None:
        """Write the files, and print the report."""
        verdict = describe(report, self._expected)
        text = report.as_json(verdict=verdict)
        if self._report_file:
            self._report_file.write_text(text + "\n", encoding="utf-8")
        if self._timeline_file:
            self._timeline_file.write_text(draw_timeline(report), encoding="utf-8")
        if self._as_json:
            click.echo(text)
            return
        passed = judge(report, self._expected) == 0
        print_report(report, self._console, verdict=verdict, passed=passed)


def print_report(
    report: Report, console: Console, *, verdict: str, passed: bool
) -> None:
    """Print the tables, the faults without effect, the log folder, and the verdict."""
    print_tables(report, console)
    for fault in report.missed_faults:
        console.print(f"{fault} had no effect: its job or step did not run")
    if report.logs:
        console.print(f"logs: {report.logs}", soft_wrap=True)
    style = "bold green" if passed else "bold red"
    # Without a terminal, the verdict stays on one line, for tools that search for it.
    console.print(Text(verdict, style), soft_wrap=not console.is_terminal)
