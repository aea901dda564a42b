"""The command `dte`: options in, report out. Errors of the user's end here.

Exit codes: 0 the workflow passed (or ended as `--expect` says), 1 it did not, 2 used
wrongly, 3 not rehearsable, 70 a defect of dte, 130 interrupted.
"""

import sys
import traceback
from collections.abc import Callable
from dataclasses import fields
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
import yaml
from rich.console import Console

from dte.compile import compile_config
from dte.errors import UserError
from dte.model import PipelineValues
from dte.order.faults import API_FAULTS, CLOUD_FAULTS
from dte.order.options import (
    parse_assumptions,
    parse_contexts,
    parse_pairs,
    parse_parameters,
)
from dte.order.order import Order
from dte.order.scenario import FORMS, parse_action, parse_expectations, plan_faults
from dte.plan.reruns import Assumptions
from dte.report.data import Report
from dte.report.live import LiveListener
from dte.report.table import print_tables
from dte.run.listener import Listener
from dte.session import Stopped, rehearse

INTERRUPTED = 130
DEFECT = 70
_WIDTH_WITHOUT_TERMINAL = 110

CONFIG = Path(".circleci", "config.yml")
_CONFIG = click.argument("config", type=click.Path(path_type=Path), required=False)
_ORB = click.option(
    "--orb",
    "orbs",
    multiple=True,
    metavar="NAME=PATH",
    help="Take the orb NAME (namespace/orb) from a folder or a packed file.",
)
_STUB = click.option(
    "--stub-missing-orbs",
    is_flag=True,
    help="Let a job that names itself stand in for those of orbs without --orb.",
)
_PARAMETER = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a pipeline parameter.",
)
_DEBUG = click.option("--debug", is_flag=True, help="Show tracebacks.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dte-orb")
def main() -> None:
    """Rehearse CircleCI workflows of Nx monorepos on this machine."""


@main.command()
@_CONFIG
@_ORB
@_STUB
@_PARAMETER
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=".",
    help="The git repository, or a folder, that the jobs check out.",
)
@click.option("--branch", default="", help="Default: the branch that is checked out.")
@click.option("--revision", default="", help="Default: what the branch points at.")
@click.option("--tag", default="", help="Rehearse the pipeline of a tag instead.")
@click.option("--workflow", default="", help="Needed where the config has several.")
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
    help="What happens next, in order: " + ", ".join(FORMS) + ".",
)
@click.option(
    "--expect", default="", metavar="STATUS,…", help="How each run is to end."
)
@click.option(
    "--assume",
    "assumptions",
    multiple=True,
    metavar="NAME=yes|no",
    help="Turn round what is told both ways about CircleCI: "
    + "; ".join(
        f"{item.name} ({item.metadata['says']})" for item in fields(Assumptions)
    )
    + ".",
)
@click.option(
    "--fail",
    multiple=True,
    metavar="JOB[:STEP]",
    help="Let a step fail instead of running; by default the job's first.",
)
@click.option(
    "--kill",
    multiple=True,
    metavar="JOB[:STEP]@SECONDS[:SIGNAL]",
    help="Signal a job's processes; KILL loses its machine, CANCEL cancels it.",
)
@click.option(
    "--fault",
    multiple=True,
    metavar="NAME[=NUMBER]",
    help="Let a service misbehave: " + ", ".join(CLOUD_FAULTS + API_FAULTS) + ".",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--verbose", is_flag=True, help="Print every line that a step prints.")
@click.option("--keep", is_flag=True, help="Keep the rehearsal's folder and name it.")
@_DEBUG
def rehearse_command(**options: Any) -> None:
    """Run CONFIG's workflow, then press Rerun on it as --then says.

    CONFIG is the project's .circleci/config.yml where none is named.
    """
    guard(lambda: _rehearse(options), debug=options["debug"])


rehearse_command.name = "rehearse"


@main.command("compile")
@_CONFIG
@_ORB
@_PARAMETER
@click.option("--branch", default="main", help="The pipeline's branch.")
@_DEBUG
def compile_command(**options: Any) -> None:
    """Print CONFIG as CircleCI would process it."""
    guard(lambda: _compile(options), debug=options["debug"])


def guard(work: Callable[[], int], *, debug: bool) -> None:
    """Do `work` and leave with its exit code; what a user can mend is told as such."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without UTF-8 must not end a rehearsal.
            stream.reconfigure(errors="replace")
    try:
        code = work()
    except UserError as error:
        if debug:
            traceback.print_exc()
        _print_error(error)
        code = error.exit_code
    except Exception as error:
        if debug:
            traceback.print_exc()
        _print_error(describe_defect(error))
        code = DEFECT
    sys.exit(code)


def describe_defect(error: Exception) -> UserError:
    """What is said of an error that nobody foresaw."""
    return UserError(
        f"a defect of dte: {type(error).__name__}: {error}",
        suggestions=["report it with what --debug shows"],
    )


def _print_error(error: UserError) -> None:
    lines = [f"error: {error.message}"]
    if error.suggestions:
        lines += ["Suggestions:", *(f"  - {text}" for text in error.suggestions)]
    if error.reference:
        lines.append(f"Reference: {error.reference}")
    click.echo("\n".join(lines), err=True)


def _rehearse(options: dict[str, Any]) -> int:
    actions = tuple(parse_action(text) for text in options["actions"])
    expected = parse_expectations(options["expect"])
    order = Order(
        config=options["config"] or options["project"] / CONFIG,
        project=options["project"],
        orbs={name: Path(path) for name, path in parse_pairs("--orb", options["orbs"])},
        branch=options["branch"],
        revision=options["revision"],
        tag=options["tag"],
        workflow=options["workflow"],
        variables=dict(parse_pairs("--set", options["variables"])),
        contexts=parse_contexts(options["contexts"]),
        parameters=parse_parameters(options["parameters"]),
        actions=actions,
        assumptions=parse_assumptions(options["assumptions"]),
        faults=plan_faults(options["fail"], options["kill"], options["fault"]),
        stub_missing_orbs=options["stub_missing_orbs"],
        keep=options["keep"],
    )
    console = make_console()
    listener = (
        Listener()
        if options["as_json"]
        else LiveListener(console, verbose=options["verbose"])
    )
    try:
        report = rehearse(order, listener)
    except Stopped as stopped:
        _show(stopped.report, console, as_json=options["as_json"])
        raise
    _show(report, console, as_json=options["as_json"])
    return judge(report, expected)


def _show(report: Report, console: Console, *, as_json: bool) -> None:
    if as_json:
        click.echo(report.as_json())
    else:
        print_tables(report, console)


def make_console() -> Console:
    """A console as wide as the terminal, or wide enough for the tables without one."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console


def judge(report: Report, expected: tuple[str, ...]) -> int:
    """The exit code that the report earns."""
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


def _compile(options: dict[str, Any]) -> int:
    compiled = compile_config(
        options["config"] or CONFIG,
        orbs={name: Path(path) for name, path in parse_pairs("--orb", options["orbs"])},
        pipeline=PipelineValues(
            branch=options["branch"],
            parameters=parse_parameters(options["parameters"]),
        ),
    )
    click.echo(yaml.safe_dump(compiled.document, sort_keys=False), nl=False)
    return 0
