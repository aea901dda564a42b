"""`dte rerun`: rerun a workflow from its start."""

import os
import sys
from pathlib import Path

import click

from dte.circleci_client.access import find_access
from dte.circleci_client.address import parse_address
from dte.circleci_client.attempts import (
    Attempt,
    choose_workflow,
    find_pipeline,
    list_attempts,
)
from dte.circleci_client.client import Client
from dte.circleci_client.rerun import refuse_running, start_rerun, wait_for
from dte.circleci_client.story import tell
from dte.command_options import DEBUG
from dte.errors import UserError

PIPELINE = click.argument("target", metavar="URL_OR_ID")


@click.command()
@PIPELINE
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@click.option("--wait", is_flag=True, help="Wait until the new workflow has ended.")
@DEBUG
def command(target: str, yes: bool, wait: bool) -> int:
    """Rerun a workflow from its start, and print the URL of the new workflow.

    URL_OR_ID is the URL of a workflow, pipeline or job in CircleCI's web app, or an id.
    With --wait, the exit code is 0 if the new workflow passed, and 1 if it did not.
    """
    client, attempts, workflow = open_pipeline(target)
    chosen = choose_workflow(attempts, workflow)
    refuse_running(client, chosen)
    click.echo(tell(chosen), err=True)
    # A partial rerun may not have all the jobs, so the last full run is rerun.
    full = [attempt for attempt in chosen if attempt.number] or chosen
    if not yes:
        confirm(full[-1])
    with client.expect_shape():
        new = start_rerun(client, full[-1].id)
    click.echo(client.access.link(new))
    if not wait:
        return 0
    with client.expect_shape():
        status = wait_for(client, new, lambda line: click.echo(line, err=True))
    return 0 if status == "success" else 1


def confirm(attempt: Attempt) -> None:
    """Ask the user for confirmation.

    Raises `click.Abort` if the user declines, and `UserError` without a terminal.
    """
    if not has_terminal():
        raise UserError(
            "there is no terminal to ask for confirmation",
            suggestions=["add --yes to rerun without confirmation"],
        )
    question = f"Rerun all {len(attempt.jobs)} jobs of {attempt.workflow}?"
    click.confirm(question, abort=True, err=True)


def has_terminal() -> bool:
    """Return whether a user can answer a question at a terminal."""
    return sys.stdin.isatty()


def open_pipeline(target: str) -> tuple[Client, list[Attempt], str]:
    """Return the client, the attempts of the target's pipeline, and a workflow's id.

    The id is that of the workflow that `target` names, or "".
    """
    address = parse_address(target)
    client = Client(find_access(address.host, os.environ, Path.home()))
    with client.expect_shape():
        pipeline, workflow = find_pipeline(client, address)
        return client, list_attempts(client, pipeline), workflow
