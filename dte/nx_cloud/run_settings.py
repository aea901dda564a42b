"""The settings of a CI pipeline execution, as main's commands send them."""

from __future__ import annotations

from dataclasses import dataclass

from dte.nx_cloud.rules import Rule


@dataclass(frozen=True)
class RunSettings:
    """The settings that `start-ci-run` or `.nx/ci-config.yaml` gives to a run.

    The defaults are Nx's own (Nx docs: "CI Configuration File").
    """

    stop_after: frozenset[str] = frozenset()
    """The targets, or `target:configuration`, after which the agents end."""
    heartbeat: bool = True
    """If False, only `complete-ci-run` or an error ends the agents of a lost main."""
    fail_after: int = 1
    """The agents end after a command if this many tasks of the run failed; 0: never."""
    rules: tuple[Rule, ...] = ()


DEFAULT_SETTINGS = RunSettings()
