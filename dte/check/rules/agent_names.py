"""Two agents of a run have the same name.

Nx Cloud identifies an agent by NX_AGENT_NAME, which has to be unique. Without this
variable, Nx Cloud uses the name of CircleCI's job, which all copies of a job with
`parallelism` share. If two such agents share a folder, the second one fails: "Duplicate
Agent ID Detected". Source: Nx docs, "Environment variables", NX_AGENT_NAME; nx-cloud
19.0.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.variables import execution_of, setting_of, variables_of

CODE = "dte-check-agent-names"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the agents whose name another agent, or a copy of the job, also has."""
    for flow in facts.workflows:
        seen: dict[tuple[str, str], CheckedJob] = {}
        for job in flow.agents:
            name, fix = name_of(job)
            first = seen.setdefault((name, execution_of(job)), job)
            rival = first is not job and flow.run_together(first, job)
            if name and (rival or name.endswith("*")):
                rivals = "its copies" if first is job else first.title
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} and {rivals} have the same agent name, "
                    f"{name.rstrip('*')}",
                    fix,
                )


def name_of(job: CheckedJob) -> tuple[str, str]:
    """Return the agent's name (empty if unknown), and a fix that makes it unique.

    A name that all copies of a job share ends with `*`.
    """
    copies = "*" if job.call.job and job.call.job.parallelism > 1 else ""
    ordinal = setting_of(job, "start_agent", "DTE_ORDINAL")
    if ordinal is not None:
        pool = setting_of(job, "start_agent", "DTE_LAUNCH_TEMPLATE") or "agent"
        parts = f"{pool}-{ordinal}" + ("-0" if copies else "")
        return parts, "give each agent its own ordinal or launch_template"
    fix = (
        'give each agent its own NX_AGENT_NAME, for example "agent-$CIRCLE_NODE_INDEX"'
    )
    variable = next(variables_of(job, "NX_AGENT_NAME"), None)
    if variable is None:
        return (f"{job.name}{copies}", fix) if copies else ("", fix)
    if not variable.is_literal or not variable.value:
        return "", fix
    return f"{variable.value}{copies}", fix
