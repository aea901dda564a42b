"""The options that several commands of `dte` share."""

from pathlib import Path

import click

DEBUG_KEY = "dte.debug"
CONFIG_ARGUMENT = click.argument(
    "config", type=click.Path(path_type=Path), required=False
)
ORB = click.option(
    "--orb",
    "orbs",
    multiple=True,
    metavar="NAME=PATH",
    help="Take the orb NAME (namespace/orb) from a folder or a packed file.",
)
STUB_MISSING_ORBS = click.option(
    "--stub-missing-orbs",
    is_flag=True,
    help="Replace jobs of orbs given no --orb with a placeholder that prints its name.",
)
VALUE = click.option(
    "--value",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a pipeline value, such as pipeline.event.name=pull_request.",
)
EVENT = click.option(
    "--event",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Set the values of pipeline.event from the JSON of a GitHub webhook.",
)
PARAMETER = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a pipeline parameter.",
)


def _remember_debug(context: click.Context, _option: object, value: bool) -> None:
    context.meta[DEBUG_KEY] = value


DEBUG = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_remember_debug,
    help="Show tracebacks.",
)
