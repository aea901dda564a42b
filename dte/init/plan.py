"""Plans the change of `dte init`: a new config, or an existing config plus the orb."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dte.bundled_orb import add_bundled_orb
from dte.compile import compile_config
from dte.errors import UserError
from dte.init.change import Change, refuse_links
from dte.init.edit.change_config import change_text
from dte.init.facts import Facts
from dte.init.new_config import write_config
from dte.model import PipelineValues
from dte.order.project_root import CONFIG
from dte.parse import LocatedMap, parse_yaml, read_text

GUIDE = "https://github.com/your-namespace/dte/blob/main/docs/migrate.md"


def plan_change(facts: Facts, reference: str, config: Path | None = None) -> Change:
    """Plan the change that makes `config` use the orb `reference`.

    Raises `UserError` if the config is a link, is outside the repository, isn't YAML,
    or can't use the orb.
    """
    path = facts.repository / CONFIG
    if config is not None:
        path = Path.cwd() / config
        path = path.parent.resolve() / path.name
    if not path.is_relative_to(facts.repository):
        raise UserError(f"{path} is outside of the repository {facts.repository}")
    refuse_links(path, facts.repository)
    if not path.exists():
        return Change(path, None, write_config(facts, reference))
    text = read_text(path)
    _refuse_unusable(path, parse_yaml(text, str(path)))
    changed = change_text(text, facts, reference)
    _require_as_good(path, text, changed.text)
    name = path.relative_to(facts.repository).as_posix()
    notes = [f"{name}:{line}: {todo}" for line, todo in changed.notes]
    guide = [f"for the manual steps, see {GUIDE}"] if notes else []
    return Change(path, text, changed.text, (*notes, *guide))


def _refuse_unusable(path: Path, document: object) -> None:
    """Raise `UserError` for a config to which dte init can't add the orb's jobs."""
    if not isinstance(document, LocatedMap):
        raise UserError(
            f"{path}: is not a CircleCI config, because it doesn't contain a mapping"
        )
    version = document.get("version")
    if str(version) != "2.1":
        raise UserError(
            f"{path}: version is {version}, but only version 2.1 supports orbs",
            suggestions=["change the line to `version: 2.1`, and write `<<` as `\\<<`"],
        )
    if document.get("setup") is True:
        raise UserError(
            f"{path}: is a setup config, so another config contains the jobs",
            suggestions=[
                "name that config, for example: dte init .circleci/continue.yml"
            ],
        )


def _require_as_good(path: Path, before: str, after: str) -> None:
    """Raise `UserError` if the change breaks a config that compiled before."""
    error = _find_error(after) if before != after else None
    if error is not None and _find_error(before) is None:
        raise UserError(
            f"{path}: dte init can't change this config, because with the orb it "
            f"doesn't compile: {error.message}",
            suggestions=[f"change it by hand, see {GUIDE}"],
        )


def _find_error(text: str) -> UserError | None:
    """Return why a config doesn't compile, or None; doesn't check other orbs' jobs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yml")
        path.write_bytes(text.encode())
        try:
            compile_config(
                path,
                orbs=add_bundled_orb({}, path),
                pipeline=PipelineValues(),
                stub_missing_orbs=True,
            )
        except UserError as error:
            error.message = error.message.replace(folder + "/", "")
            return error
    return None
