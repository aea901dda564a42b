"""The exit code that a report deserves."""

import click

from dte.exit_codes import INTERRUPTED
from dte.report.data import Report


def judge(report: Report, expected: tuple[str, ...]) -> int:
    """0 if the last run passed, or if each run has its expected status; else 1.

    130 after an interruption. What was not expected is printed to stderr.
    """
    if report.interrupted:
        return INTERRUPTED
    ended = tuple(run.status for run in report.runs)
    if expected and ended != expected:
        click.echo(
            f"error: the runs ended {', '.join(ended)}, not {', '.join(expected)}",
            err=True,
        )
        return 1
    return 0 if expected or ended[-1] == "success" else 1
