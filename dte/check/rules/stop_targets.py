"""`--stop-agents-after` leaves out a target that a later command of main runs.

Nx Cloud stops idle agents after main has requested the last of these targets. A later
command doesn't find agents, and fails or waits an hour. A command requests all its
targets together. Source: Nx docs, "nx-cloud CLI", --stop-agents-after; "CI
Configuration", stop-after; nrwl/nx-examples@5214350, which fixes a deployment that did
not run.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding
from dte.check.targets import list_batches, stop_targets

CODE = "dte-check-stop-targets"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the commands that run when the agents may already have stopped."""
    for flow in facts.workflows:
        for job in (*flow.mains, *flow.hosted):
            listed = stop_targets(job, facts.repository)
            batches = list(list_batches(job))
            last = [i for i, (targets, _) in enumerate(batches) if targets & listed]
            for targets, where in batches[max(last) + 1 :] if last else ():
                missing = ", ".join(sorted(targets - listed))
                if not missing:
                    continue
                yield finding(
                    CODE,
                    where,
                    f"{missing} may run without agents, because the agents stop after "
                    f"{', '.join(sorted(listed))}",
                    f"add {missing} to the stop targets",
                )
