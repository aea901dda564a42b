"""`dte compile`: print a config as CircleCI would process it."""

from collections.abc import Sequence
from pathlib import Path

import click

from dte.bundled_orb import add_bundled_orb
from dte.command_options import CONFIG_ARGUMENT, DEBUG, ORB, PARAMETER
from dte.compile import compile_config
from dte.compile.printed import print_document
from dte.model import PipelineValues
from dte.order.options import parse_orbs, parse_parameters
from dte.order.project_root import CONFIG


@click.command()
@CONFIG_ARGUMENT
@ORB
@PARAMETER
@click.option("--branch", default="main", help="The pipeline's branch.")
@DEBUG
def command(
    config: Path | None, orbs: Sequence[str], parameters: Sequence[str], branch: str
) -> int:
    """Print CONFIG as CircleCI would process it."""
    path = config or CONFIG
    compiled = compile_config(
        path,
        orbs=add_bundled_orb(parse_orbs(orbs), path),
        pipeline=PipelineValues(branch=branch, parameters=parse_parameters(parameters)),
    )
    click.echo(print_document(compiled.document), nl=False)
    return 0
