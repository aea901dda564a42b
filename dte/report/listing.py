"""Prints the jobs of a config (`--list`) and the planned runs (`--plan`)."""

import json
from dataclasses import asdict

import click
from rich.table import Table
from rich.text import Text

from dte.listing import Listing
from dte.report.screen import make_console
from dte.report.table import make_table


def print_listing(listing: Listing, *, as_json: bool) -> None:
    """Print whether and why each job runs, with its requirements and machines."""
    if as_json:
        click.echo(
            json.dumps(
                {
                    "schema": 1,
                    "branch": listing.branch,
                    "jobs": [asdict(job) for job in listing.jobs],
                    "defaults": listing.defaults,
                },
                indent=2,
            )
        )
        return
    table = make_table(f"Jobs for {listing.branch}")
    _add_columns(table, "workflow", "job", "", "why", "requires", "machines")
    for job in listing.jobs:
        table.add_row(
            Text(job.workflow),
            Text(job.name),
            "✓" if job.runs else "·",
            Text(job.why),
            Text(", ".join(job.requires)),
            str(job.machines or ""),
            style="" if job.runs else "dim",
        )
    console = make_console()
    console.print(table)
    for line in listing.defaults:
        console.print(f"default from {line}", soft_wrap=True)


def print_plan(listing: Listing, *, as_json: bool) -> None:
    """Print each planned run, and whether and why each of its jobs would run."""
    if as_json:
        runs = [
            {
                "action": run.action,
                "jobs": [
                    {
                        "name": planned.job.name,
                        "runs": planned.runs,
                        "why": planned.why,
                        "status": status,
                    }
                    for planned, status in run.jobs
                ],
            }
            for run in listing.runs
        ]
        click.echo(json.dumps({"schema": 1, "runs": runs}, indent=2))
        return
    table = make_table("Plan, if only jobs with injected faults fail")
    _add_columns(table, "run", "job", "", "why", "would end")
    for number, run in enumerate(listing.runs, 1):
        label = f"{number} {run.action}"
        for planned, status in run.jobs:
            mark = "✓" if planned.runs else "○"
            row = (Text(label), Text(planned.job.name), mark, Text(planned.why), status)
            table.add_row(*row, style="" if planned.runs else "dim")
            label = ""
        table.add_section()
    make_console().print(table)


def _add_columns(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, overflow="fold")
