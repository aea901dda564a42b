"""`dte rehearse`: run a workflow locally, and optionally rerun it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dte.command_options import DEBUG, compile_options
from dte.listing import list_jobs
from dte.needed_commands import refuse_missing_commands
from dte.order.defaults import SPEED, read_defaults
from dte.order.env_file import read_env_file
from dte.order.event import read_values
from dte.order.options import (
    parse_assumptions,
    parse_contexts,
    parse_orbs,
    parse_parameters,
    parse_size,
    parse_time,
    parse_variables,
)
from dte.order.order import Order
from dte.order.project_root import find_project, split_words
from dte.order.scenario import parse_action, parse_expectations, plan_faults
from dte.rehearsal import rehearse
from dte.rehearse_help import HELP
from dte.report.listing import print_listing, print_plan
from dte.report.outcome import Outcome
from dte.report.verdict import judge
from dte.run.logs import default_parent, make_log_folder

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path)


class RehearseCommand(click.Command):
    """A command whose help is written by hand, in groups."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help."""
        return HELP.rstrip("\n")


@click.command(cls=RehearseCommand, short_help="Run a workflow locally, and rerun it.")
@click.argument("words", nargs=-1, metavar="[CONFIG] [JOB]...")
@compile_options
@click.option("--workflow", default="")
@click.option("--only", is_flag=True)
@click.option("--project", type=_FOLDER)
@click.option("--branch", default="")
@click.option("--revision", default="")
@click.option("--tag", default="")
@click.option("--set", "variables", multiple=True)
@click.option("--context", "contexts", multiple=True)
@click.option("--env-file", "env_files", multiple=True, type=_FILE)
@click.option("--context-file", "context_files", multiple=True)
@click.option("--then", "actions", multiple=True)
@click.option("--expect", default="")
@click.option("--fail", multiple=True)
@click.option("--kill", multiple=True)
@click.option("--fault", multiple=True)
@click.option("--assume", "assumptions", multiple=True)
@click.option("--time-limit", default="")
@click.option("--list", "list_only", is_flag=True)
@click.option("--plan", "plan_only", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--verbose", is_flag=True)
@click.option("--report", "report_file", type=_FILE)
@click.option("--timeline", "timeline_file", type=_FILE)
@click.option("--logs", type=_FOLDER)
@click.option("--keep", is_flag=True)
@click.option("--size-limit", default="10G")
@click.option("--jobs", "max_jobs", type=click.IntRange(min=1))
@DEBUG
def command(**options: Any) -> int:
    """Run a workflow locally, and rerun it."""
    refuse_missing_commands()
    order = read_order(options)
    expected = parse_expectations(options["expect"])
    as_json = options["as_json"]
    if options["list_only"] or options["plan_only"]:
        listing = list_jobs(order, plan=options["plan_only"])
        show = print_plan if options["plan_only"] else print_listing
        show(listing, as_json=as_json)
        return 0
    outcome = Outcome(
        expected,
        as_json=as_json,
        verbose=options["verbose"],
        report_file=options["report_file"],
        timeline_file=options["timeline_file"],
    )
    outcome.check_files()
    order = order.with_logs(make_log_folder(options["logs"] or default_parent()))
    report = rehearse(order, outcome.listener, outcome.show)
    return judge(report, expected)


def read_order(options: dict[str, Any]) -> Order:
    """Return the order that the options describe; raises `UserError`."""
    repository = options["project"] or find_project(Path.cwd())
    defaults = read_defaults(repository, os.environ)
    project = options["project"] or defaults.project or repository
    config, jobs = split_words(options["words"], project)
    variables = {SPEED: defaults.speed} if defaults.speed else {}
    for file in (*defaults.env_files, *options["env_files"]):
        variables |= read_env_file(file)
    files = [f"{context}={file}" for context, file in defaults.context_files]
    return Order(
        config=config,
        project=project,
        orbs={**defaults.orbs, **parse_orbs(options["orbs"])},
        branch=options["branch"],
        revision=options["revision"],
        tag=options["tag"],
        workflow=options["workflow"],
        variables=variables
        | parse_variables("--set", options["variables"], os.environ),
        contexts=parse_contexts(
            options["contexts"], [*files, *options["context_files"]], os.environ
        ),
        parameters=parse_parameters(options["parameters"]),
        values=read_values(options["values"], options["event"]),
        actions=tuple(parse_action(text) for text in options["actions"]),
        assumptions=parse_assumptions(options["assumptions"]),
        faults=plan_faults(options["fail"], options["kill"], options["fault"]),
        stub_missing_orbs=options["stub_missing_orbs"],
        keep=options["keep"],
        time_limit=parse_time("--time-limit", options["time_limit"]),
        jobs=jobs,
        with_needs=not options["only"],
        max_jobs=options["max_jobs"],
        size_limit=parse_size("--size-limit", options["size_limit"]),
        defaults=defaults.shown,
    )
