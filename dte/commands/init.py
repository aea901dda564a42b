"""`dte init`: write or change the CircleCI config of an Nx workspace."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from dte.bundled_orb import DISTRIBUTION
from dte.command_options import DEBUG
from dte.errors import UserError
from dte.init.change import Change
from dte.init.facts import Facts
from dte.init.find import find_facts
from dte.init.plan import plan_change

_DEFAULT_ORB = "your-namespace/dte"
_REFERENCE = re.compile(r"[\w.-]+/dte@[\w.:-]+")


@click.command()
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option(
    "--write", is_flag=True, help="Write the config. Without it, only show the change."
)
@click.option(
    "--orb",
    "reference",
    metavar="NAMESPACE/dte@VERSION",
    default="",
    help="Import this orb.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@DEBUG
def command(config: Path | None, write: bool, reference: str, as_json: bool) -> int:
    """Show a CircleCI config that runs this Nx workspace on your own agents.

    Detects the package manager, Node, Nx, the targets and the main branch of the
    workspace that contains the current folder. Changes CONFIG if it exists, and keeps
    its comments. CONFIG is .circleci/config.yml of the repository by default. Writes
    nothing without --write.
    """
    facts = find_facts(Path.cwd())
    change = plan_change(facts, _choose_reference(reference), config)
    if write and change.is_needed:
        change.write()
    if as_json:
        click.echo(json.dumps(describe(facts, change, written=write), indent=2))
        return 0
    click.echo("\n".join(list_facts(facts)), err=True)
    click.echo(change.diff(facts.repository), nl=False)
    click.echo("\n".join(list_next_steps(facts, change, written=write)), err=True)
    return 0


def list_facts(facts: Facts) -> list[str]:
    """Return one line for each fact that dte found about the workspace."""
    rows: dict[str, object] = {
        "workspace": facts.folder,
        "package manager": facts.package_manager,
        "Node": (facts.node.value and facts.node) or "not specified",
        "Nx": facts.nx,
        "targets": f"{', '.join(facts.targets)} (from {facts.targets_source})",
        "main branch": facts.main_branch,
    }
    if facts.distribute_on.source:
        rows["distribute-on"] = facts.distribute_on
    return [f"{name + ':':17}{value}" for name, value in rows.items()]


def list_next_steps(facts: Facts, change: Change, *, written: bool) -> list[str]:
    """Return lines that say what was done, and what to do next."""
    name = change.path.relative_to(facts.repository)
    notes = [f"note: {text}" for text in (*facts.notes, *change.notes)]
    if not change.is_needed:
        return [*notes, f"nothing to change in {name}"]
    if not written:
        return [*notes, f"nothing was written; to change {name}, add --write"]
    return [
        *notes,
        f"wrote {name}; next:",
        "  1. set NX_CLOUD_ACCESS_TOKEN in the project's environment variables",
        "  2. create the context circleci-api with CIRCLE_TOKEN, a personal API token;",
        "     in a public project, remove the context from the config instead",
        "  3. commit, and try it locally: dte rehearse",
    ]


def describe(facts: Facts, change: Change, *, written: bool) -> dict[str, Any]:
    """Return the facts and the change for `--json`."""
    found = ("package_manager", "node", "nx", "main_branch", "distribute_on")
    return {
        "repository": str(facts.repository),
        "workspace": facts.folder,
        **{name: getattr(facts, name)._asdict() for name in found},
        "targets": {"value": list(facts.targets), "source": facts.targets_source},
        "config": change.path.relative_to(facts.repository).as_posix(),
        "changed": change.is_needed,
        "written": written and change.is_needed,
        "diff": change.diff(facts.repository),
        "notes": [*facts.notes, *change.notes],
    }


def _choose_reference(given: str) -> str:
    if not given:
        return f"{_DEFAULT_ORB}@{metadata.version(DISTRIBUTION)}"
    if not _REFERENCE.fullmatch(given):
        raise UserError(
            f"--orb {given!r} is not an orb with a version",
            suggestions=["write it like --orb acme/dte@1.0.0"],
        )
    return given
