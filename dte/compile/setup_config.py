"""Checks the rules that apply only to setup configs.

Source: "Config continuation constraints" in "Dynamic configuration overview", and
"Scheduling and dynamic configuration" in "Using workflows".
"""

from __future__ import annotations

from collections.abc import Sequence

from dte.compile.drafts import DraftWorkflow
from dte.compile.notes import Notes
from dte.compile.requirements import PASSES
from dte.parse import error_at


def check_setup(drafts: Sequence[DraftWorkflow], notes: Notes) -> None:
    """Raise UserError if two workflows run, and warn of schedules.

    A workflow in which every job has filters is not counted, because its filters may
    exclude all jobs.
    """
    certain = [draft for draft in drafts if draft.runs and _has_a_free_job(draft)]
    if len(certain) > 1:
        first, second = certain[:2]
        raise error_at(
            second.where,
            f'workflow "{second.name}" runs beside "{first.name}": only one workflow '
            "of a setup config may run in a pipeline",
            suggestions=("Add when: to the workflows so that only one of them runs.",),
            code="setup",
        )
    for draft in drafts:
        if not draft.runs:
            notes.warn(
                "schedule",
                draft.where,
                f'workflow "{draft.name}": CircleCI does not support schedules in '
                "setup configs",
                ("Create a schedule trigger in the project's settings.",),
            )


def _has_a_free_job(draft: DraftWorkflow) -> bool:
    return any(job.filters in ({}, PASSES) for job in draft.drafts)
