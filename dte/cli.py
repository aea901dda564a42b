"""The command `dte`: finds its commands, reports errors, and sets the exit code.

Exit codes: 0 success (the last workflow passed, or all ended as `--expect` says), 1
failure, 2 usage error, 3 not rehearsable, 70 a defect of dte, 130 interrupted.
"""

import pkgutil
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper

import click

from dte import commands
from dte.command_options import DEBUG_KEY
from dte.errors import MAX_ERRORS, UserError
from dte.exit_codes import DEFECT, INTERRUPTED


class Commands(click.Group):
    """The commands in `dte/commands/`; the module `x` defines the command `x`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, or None if it does not exist."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"dte.commands.{cmd_name}").command
        command.name = cmd_name
        return command

    def invoke(self, ctx: click.Context) -> None:
        """Run the command, report its error, and exit with its exit code."""
        ctx.exit(guard(lambda: int(super(Commands, self).invoke(ctx) or 0), ctx.meta))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dte-orb")
def main() -> None:
    """Rehearse CircleCI workflows of Nx monorepos locally."""


def guard(work: Callable[[], int], settings: dict[str, object]) -> int:
    """Run `work` and return its exit code; print its errors to stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A character that the terminal can't show must not end a rehearsal.
            stream.reconfigure(errors="replace")
    try:
        return work()
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if settings.get(DEBUG_KEY):
            traceback.print_exc()
        shown = error if isinstance(error, UserError) else describe_defect(error)
        _print_error(shown)
        return shown.exit_code


def describe_defect(error: Exception) -> UserError:
    """Return the error that reports an unexpected exception as a defect of dte."""
    return UserError(
        f"a defect of dte: {type(error).__name__}: {error}",
        suggestions=["report it with the output of --debug"],
        exit_code=DEFECT,
    )


def _print_error(error: UserError) -> None:
    for one in (error, *error.others):
        click.echo("\n".join(_describe(one)), err=True)
    if error.others:
        count = 1 + len(error.others)
        more = f"the first {count} errors" if count == MAX_ERRORS else f"{count} errors"
        click.echo(f"Found: {more}", err=True)


def _describe(error: UserError) -> list[str]:
    kind = f"error[dte-{error.code}]" if error.code else "error"
    lines = [f"{kind}: {error.message}"]
    if error.calls:
        lines += ["Called from:", *(f"  - {text}" for text in error.calls)]
    if error.suggestions:
        lines += ["Suggestions:", *(f"  - {text}" for text in error.suggestions)]
    return [*lines, f"Reference: {error.reference}"]
