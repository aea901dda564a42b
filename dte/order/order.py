"""The data that describes what the user wants to rehearse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dte.order.faults import FaultPlan
from dte.order.scenario import Action
from dte.plan.reruns import Assumptions


@dataclass(frozen=True)
class Order:
    """What the user wants to rehearse; an empty `branch` means the current one.

    `parameters` are pipeline parameters, `values` pipeline values by their full names.
    `logs` is an existing folder for log files. `time_limit` is in seconds. `jobs` are
    glob patterns of the jobs to run, by default all; `with_needs` adds the jobs that
    they require. `max_jobs` limits how many jobs run at once, and `size_limit` how many
    bytes a step stores. `defaults` has a line for each value that comes from a file of
    defaults.
    """

    config: Path
    project: Path
    orbs: Mapping[str, Path]
    branch: str = ""
    revision: str = ""
    tag: str = ""
    workflow: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    faults: FaultPlan = field(default_factory=FaultPlan)
    stub_missing_orbs: bool = False
    keep: bool = False
    logs: Path | None = None
    time_limit: float | None = None
    jobs: Sequence[str] = ()
    with_needs: bool = True
    max_jobs: int | None = None
    size_limit: int | None = None
    defaults: Sequence[str] = ()

    def with_logs(self, folder: Path) -> "Order":
        """Return the same order, with log files in `folder`."""
        return replace(self, logs=folder)
