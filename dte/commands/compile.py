"""`dte compile`: print a config as CircleCI would process it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dte.bundled_orb import add_bundled_orb
from dte.command_options import CONFIG_ARGUMENT, DEBUG, compile_options
from dte.compile import compile_config
from dte.compile.printed import print_document
from dte.errors import UserError, link_to
from dte.model import CompiledConfig, Note, PipelineValues, Where
from dte.order.event import read_values
from dte.order.options import parse_orbs, parse_parameters
from dte.order.project_root import CONFIG
from dte.words import count_of


@click.command()
@CONFIG_ARGUMENT
@compile_options
@click.option("--branch", default="main", help="The pipeline's branch.")
@click.option("--tag", default="", help="The pipeline's tag, instead of a branch.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the config and the messages as JSON."
)
@click.option("--verbose", is_flag=True, help="Print messages about orbs too.")
@DEBUG
def command(
    config: Path | None,
    orbs: Sequence[str],
    stub_missing_orbs: bool,
    parameters: Sequence[str],
    values: Sequence[str],
    event: Path | None,
    branch: str,
    tag: str,
    as_json: bool,
    verbose: bool,
) -> int:
    """Print CONFIG as CircleCI would process it.

    Warnings and notes go to stderr. The printed config has version 2.1, and compiling
    it again gives the same config.
    """
    path = config or CONFIG
    try:
        compiled = compile_config(
            path,
            orbs=add_bundled_orb(parse_orbs(orbs), path),
            pipeline=PipelineValues(
                branch="" if tag else branch,
                tag=tag,
                parameters=parse_parameters(parameters),
                values=read_values(values, event),
            ),
            stub_missing_orbs=stub_missing_orbs,
        )
    except UserError as error:
        if not as_json:
            raise
        messages = [_describe_error(one) for one in (error, *error.others)]
        click.echo(json.dumps(_answer(None, messages), indent=2))
        return error.exit_code
    if as_json:
        messages = [_describe(note) for note in compiled.notes]
        click.echo(json.dumps(_answer(compiled, messages), indent=2))
        return 0
    click.echo(print_document(compiled.document), nl=False)
    print_notes([note for note in compiled.notes if verbose or not note.in_orb])
    hidden = sum(note.in_orb for note in compiled.notes)
    if hidden and not verbose:
        said = count_of(hidden, "message")
        click.echo(f"note: --verbose prints {said} about the source of orbs", err=True)
    return 0


def print_notes(notes: Sequence[Note]) -> None:
    """Print warnings and notes to stderr, and then one link for each code."""
    for note in notes:
        lines = [f"{note.severity}[dte-{note.code}]: {note.where}: {note.text}"]
        lines += [f"  - {text}" for text in note.suggestions]
        click.echo("\n".join(lines), err=True)
    for code in dict.fromkeys(note.code for note in notes):
        click.echo(f"Reference: {link_to(code)}", err=True)


def _answer(
    compiled: CompiledConfig | None, messages: list[dict[str, Any]]
) -> dict[str, Any]:
    document = compiled.document if compiled else None
    return {"config": document, "messages": messages}


def _describe(note: Note) -> dict[str, Any]:
    return {
        "severity": note.severity,
        "code": f"dte-{note.code}",
        "message": note.text,
        **_place(note.where),
        "reference": link_to(note.code),
        "suggestions": list(note.suggestions),
    }


def _describe_error(error: UserError) -> dict[str, Any]:
    message = error.message
    if error.where:
        message = message.removeprefix(f"{error.where}: ")
    return {
        "severity": "error",
        "code": f"dte-{error.code or 'usage'}",
        "message": message,
        **_place(error.where),
        "reference": link_to(error.code or "usage"),
        "calls": list(error.calls),
        "suggestions": list(error.suggestions),
    }


def _place(where: Where | None) -> dict[str, Any]:
    if where is None:
        return {"file": None, "line": None, "column": None}
    return {"file": where.file, "line": where.line, "column": where.column}
