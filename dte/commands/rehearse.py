"""`dte rehearse`: run a workflow on this machine, then press Rerun on it."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from dte.command_options import (
    CONFIG,
    CONFIG_ARGUMENT,
    DEBUG,
    ORB,
    PARAMETER,
    STUB_MISSING_ORBS,
)
from dte.needed_commands import refuse_missing_commands
from dte.order.faults import API_FAULTS, CLOUD_FAULTS
from dte.order.options import (
    parse_assumptions,
    parse_contexts,
    parse_orbs,
    parse_pairs,
    parse_parameters,
)
from dte.order.order import Order
from dte.order.scenario import FORMS, parse_action, parse_expectations, plan_faults
from dte.plan.reruns import Assumptions
from dte.report.data import Report
from dte.report.live import LiveListener
from dte.report.table import print_tables
from dte.report.verdict import judge
from dte.run.listener import Listener
from dte.session import Stopped, rehearse

_WIDTH_WITHOUT_TERMINAL = 110


@click.command()
@CONFIG_ARGUMENT
@ORB
@STUB_MISSING_ORBS
@PARAMETER
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=".",
    help="The git repository, or a folder, that the jobs check out.",
)
@click.option("--branch", default="", help="Default: the branch that is checked out.")
@click.option("--revision", default="", help="Default: the tip of the branch.")
@click.option("--tag", default="", help="Rehearse the pipeline of a tag instead.")
@click.option("--workflow", default="", help="Required if the config has several.")
@click.option(
    "--set",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a project variable before the first run.",
)
@click.option(
    "--context",
    "contexts",
    multiple=True,
    metavar="CONTEXT:NAME=VALUE",
    help="Set a variable of a context.",
)
@click.option(
    "--then",
    "actions",
    multiple=True,
    metavar="ACTION",
    help="Do this next, in order: " + ", ".join(FORMS) + ".",
)
@click.option(
    "--expect",
    default="",
    metavar="STATUS,…",
    help="The status that each run must have.",
)
@click.option(
    "--assume",
    "assumptions",
    multiple=True,
    metavar="NAME=yes|no",
    help="Flip an assumption where CircleCI's documentation is ambiguous: "
    + "; ".join(
        f"{item.name} ({item.metadata['says']})" for item in fields(Assumptions)
    )
    + ".",
)
@click.option(
    "--fail",
    multiple=True,
    metavar="JOB[:STEP]",
    help="Make a step fail instead of running it (default: the job's first step).",
)
@click.option(
    "--kill",
    multiple=True,
    metavar="JOB[:STEP]@SECONDS[:SIGNAL]",
    help="Send a signal to a job; KILL loses its machine, CANCEL cancels it.",
)
@click.option(
    "--fault",
    multiple=True,
    metavar="NAME[=NUMBER]",
    help="Break a service: " + ", ".join(CLOUD_FAULTS + API_FAULTS) + ".",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--verbose", is_flag=True, help="Print every line of every step.")
@click.option("--keep", is_flag=True, help="Keep the rehearsal's folder and print it.")
@DEBUG
def command(**options: Any) -> int:
    """Run CONFIG's workflow, then press Rerun on it as --then says.

    CONFIG defaults to the project's .circleci/config.yml.
    """
    refuse_missing_commands()
    order = read_order(options)
    expected = parse_expectations(options["expect"])
    console = make_console()
    as_json = options["as_json"]
    verbose = options["verbose"]
    listener = Listener() if as_json else LiveListener(console, verbose=verbose)
    try:
        report = rehearse(order, listener)
    except Stopped as stopped:
        show(stopped.report, console, as_json=as_json)
        raise
    show(report, console, as_json=as_json)
    return judge(report, expected)


def read_order(options: dict[str, Any]) -> Order:
    """The order that the options make up; raises `UserError`."""
    return Order(
        config=options["config"] or options["project"] / CONFIG,
        project=options["project"],
        orbs=parse_orbs(options["orbs"]),
        branch=options["branch"],
        revision=options["revision"],
        tag=options["tag"],
        workflow=options["workflow"],
        variables=dict(parse_pairs("--set", options["variables"])),
        contexts=parse_contexts(options["contexts"]),
        parameters=parse_parameters(options["parameters"]),
        actions=tuple(parse_action(text) for text in options["actions"]),
        assumptions=parse_assumptions(options["assumptions"]),
        faults=plan_faults(options["fail"], options["kill"], options["fault"]),
        stub_missing_orbs=options["stub_missing_orbs"],
        keep=options["keep"],
    )


def show(report: Report, console: Console, *, as_json: bool) -> None:
    """Print the report, as tables or as JSON."""
    if as_json:
        click.echo(report.as_json())
    else:
        print_tables(report, console)


def make_console() -> Console:
    """A console as wide as the terminal, or a wide one if there is no terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console
