"""`dte check`: find mistakes in a config that distributes Nx tasks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dte.check.config import Checked, check_config, count_jobs
from dte.check.finding import Finding
from dte.command_options import CONFIG_ARGUMENT, DEBUG, ORB, PARAMETER
from dte.model import PipelineValues
from dte.order.options import parse_orbs, parse_parameters
from dte.order.project_root import CONFIG


@click.command()
@CONFIG_ARGUMENT
@ORB
@PARAMETER
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@DEBUG
def command(
    config: Path | None, orbs: Sequence[str], parameters: Sequence[str], as_json: bool
) -> int:
    """Find mistakes in CONFIG that make a run hang, pass falsely or leak a token.

    The exit code is 0 if there are no findings, 1 if there are findings, and 2 for a
    usage error. dte check downloads nothing. If you don't give the source of an orb
    with --orb, it doesn't check the orb's jobs and commands, and lists them on stderr.
    """
    checked = check_config(
        config or CONFIG,
        orbs=parse_orbs(orbs),
        pipeline=PipelineValues(parameters=parse_parameters(parameters)),
    )
    if as_json:
        click.echo(json.dumps(as_data(checked), indent=2))
    else:
        show(checked)
    return 1 if checked.findings else 0


def show(checked: Checked) -> None:
    """Print the findings to stdout, and what was not checked to stderr."""
    for one in checked.findings:
        click.echo("\n".join(describe(one)))
    for notice in checked.notices:
        click.echo(f"notice: {notice}", err=True)
    if not checked.findings:
        jobs = count_jobs(checked.workflows)
        ignored = f", {len(checked.ignored)} ignored" if checked.ignored else ""
        click.echo(f"no finding in {jobs} job{'s' if jobs != 1 else ''}{ignored}")


def describe(one: Finding) -> list[str]:
    """Return the lines of one finding."""
    return [
        f"error[{one.code}]: {one.where}: {one.message}",
        *(["Suggestions:"] if one.fix else []),
        *(f"  - {text}" for text in one.fix),
        f"Reference: {one.link}",
    ]


def as_data(checked: Checked) -> dict[str, Any]:
    """Return the result in the form that docs/check.md describes."""
    return {
        "findings": [_finding(one) for one in checked.findings],
        "ignored": [
            {**_finding(one), "reason": ignore.reason}
            for one, ignore in checked.ignored
        ],
        "notices": list(checked.notices),
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "file": one.where.file,
        "line": one.where.line,
        "column": one.where.column,
        "message": one.message,
        "fix": list(one.fix),
        "link": one.link,
    }
