"""The run's id is set to a value that stays the same in a rerun.

On CircleCI, the run's id is by default the workflow's id, which is new in each rerun.
If the run's id is the commit, the branch, the pipeline's id or a fixed string, a rerun
joins the run that has ended, and Nx Cloud doesn't accept more tasks for that run ("CI
Execution Failed"). CircleCI doesn't expand variables in `environment:`, so
`$CIRCLE_WORKFLOW_ID` is a fixed string there. Source: Nx docs, "Environment variables",
NX_CI_EXECUTION_ID; CircleCI docs, "Set an environment variable".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding
from dte.check.variables import Variable, variables_of

CODE = "dte-check-run-id"
_NAMES = ("NX_CI_EXECUTION_ID", "NX_RUN_GROUP")
_KEPT = re.compile(
    r"CIRCLE_(SHA1|BRANCH|TAG|PIPELINE_ID|PIPELINE_NUMBER|WORKFLOW_WORKSPACE_ID"
    r"|PR_NUMBER|PULL_REQUEST|PROJECT_REPONAME|PROJECT_USERNAME|JOB)"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Find each setting of a run's id that stays the same in a rerun."""
    for flow in facts.workflows:
        for job in (*flow.taking_part, *flow.hosted):
            for variable in variables_of(job, *_NAMES):
                if is_kept(variable):
                    yield finding(
                        CODE,
                        variable.where,
                        f"{variable.name} of {job.title} is {describe(variable)}, "
                        "also in a rerun, so the rerun joins a run that has ended",
                        f"remove {variable.name}; Nx Cloud then uses the workflow's id",
                        "or set NX_CI_EXECUTION_ENV to distinguish several mains",
                    )


def describe(variable: Variable) -> str:
    """Return the value for a message, with a note if CircleCI doesn't expand it."""
    expands = variable.in_shell or "$" not in variable.value
    text = "" if expands else " (not expanded in environment:)"
    return f"{variable.value}{text}"


def is_kept(variable: Variable) -> bool:
    """Return whether the variable has the same value in a rerun."""
    if variable.is_literal:
        return bool(variable.value)
    if "`" in variable.value or "$(" in variable.value:
        return False
    return all(
        _KEPT.fullmatch(name) for name in re.findall(r"\$\{?(\w+)", variable.value)
    )
