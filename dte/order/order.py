"""What the user wants to rehearse, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dte.order.faults import FaultPlan
from dte.order.scenario import Action
from dte.plan.reruns import Assumptions


@dataclass(frozen=True)
class Order:
    """What the user wants to rehearse; an empty `branch` is the one checked out."""

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
    actions: Sequence[Action] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    faults: FaultPlan = field(default_factory=FaultPlan)
    stub_missing_orbs: bool = False
    keep: bool = False
