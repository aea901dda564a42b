"""The options that several commands of `dte` share."""

from collections.abc import Callable
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
    help="Use the source of the orb NAME (namespace/orb) from a folder or packed file.",
)
_STUB_MISSING_ORBS = click.option(
    "--stub-missing-orbs",
    is_flag=True,
    help="Replace jobs of orbs given no --orb with a placeholder that prints its name.",
)
_VALUE = click.option(
    "--value",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a pipeline value, such as pipeline.event.name=pull_request.",
)
_EVENT = click.option(
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


def compile_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that decide how a config is compiled, and for which pipeline."""
    for option in (_EVENT, _VALUE, PARAMETER, _STUB_MISSING_ORBS, ORB):
        command = option(command)
    return command


def _remember_debug(context: click.Context, _option: object, value: bool) -> None:
    context.meta[DEBUG_KEY] = value


DEBUG = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_remember_debug,
    help="Show tracebacks.",
)
