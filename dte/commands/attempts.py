"""`dte attempts`: list the attempts of a pipeline and say what happened."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dte.circleci_client.attempts import Attempt, choose_workflow
from dte.circleci_client.story import tell
from dte.command_options import DEBUG
from dte.commands.rerun import PIPELINE, open_pipeline
from dte.errors import UserError

_WIDTH_WITHOUT_TERMINAL = 110


@click.command()
@PIPELINE
@click.option("--json", "as_json", is_flag=True, help="Print the attempts as JSON.")
@DEBUG
def command(target: str, as_json: bool) -> int:
    """List the attempts of a pipeline, and say what happened.

    URL_OR_ID is the URL of a workflow, pipeline or job in CircleCI's web app, or an id.
    The token is read from CIRCLECI_CLI_TOKEN, CIRCLE_TOKEN or ~/.circleci/cli.yml.
    """
    _, attempts, workflow = open_pipeline(target)
    if workflow:
        attempts = choose_workflow(attempts, workflow)
    if not attempts:
        raise UserError("the pipeline has no workflow yet")
    names = dict.fromkeys(attempt.workflow for attempt in attempts)
    stories = [tell([a for a in attempts if a.workflow == name]) for name in names]
    if as_json:
        data = [{**asdict(attempt), "ran": attempt.ran} for attempt in attempts]
        click.echo(json.dumps({"attempts": data, "summary": stories}, indent=2))
        return 0
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    console.print(make_table(attempts))
    for story in stories:
        console.print(story, soft_wrap=True)
    return 0


def make_table(attempts: list[Attempt]) -> Table:
    """Make a table with one row for each attempt."""
    table = Table()
    for column in ("attempt", "workflow", "kind", "by", "ran", "carried over"):
        table.add_column(column, overflow="fold")
    table.add_column("status", no_wrap=True)
    for attempt in attempts:
        cells = (
            str(attempt.number or "partial"),
            attempt.workflow,
            attempt.kind,
            attempt.by or "-",
            ", ".join(attempt.ran) or "-",
            ", ".join(attempt.carried_over) or "-",
            attempt.status,
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table
