"""The job graph of one workflow: which job requires which."""

from collections.abc import Mapping, Sequence

from dte.model import WorkflowJob


def find_upstream(jobs: Sequence[WorkflowJob]) -> Mapping[str, frozenset[str]]:
    """Return, for each job, the names of all jobs that it requires, even indirectly."""
    direct = {job.name: {need.job for need in job.requires} for job in jobs}
    upstream: dict[str, frozenset[str]] = {}

    def collect(name: str) -> frozenset[str]:
        if name not in upstream:
            found = set(direct[name])
            for other in direct[name]:
                found |= collect(other) if other in direct else set()
            upstream[name] = frozenset(found)
        return upstream[name]

    return {name: collect(name) for name in direct}


def find_downstream(
    jobs: Sequence[WorkflowJob], names: frozenset[str]
) -> frozenset[str]:
    """Return the names of all jobs that require one of `names`, even indirectly."""
    upstream = find_upstream(jobs)
    return frozenset(job.name for job in jobs if upstream[job.name] & names)
