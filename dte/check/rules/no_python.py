"""A job with dte's steps runs in an image without Python.

dte's steps are Python 3.8 programs. `cimg/node` and `cimg/base` have python3; the slim
and alpine variants of `node`, and plain `debian`, `ubuntu` and `alpine`, don't. Source:
cimg-base, Dockerfile.template; the official images' Dockerfiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-no-python"
_OFFICIAL = re.compile(
    r"(?:(?:docker\.io/|public\.ecr\.aws/docker/)?library/)?"
    r"(?P<name>[a-z]+)(?::(?P<tag>[\w.-]+))?(?:@.*)?"
)
_BARE = ("alpine", "busybox", "debian", "ubuntu")


def find(facts: Facts) -> Iterator[Finding]:
    """Find the jobs whose image can't run dte's steps."""
    for flow in facts.workflows:
        for job in flow.jobs:
            if needs_python(job) and lacks_python(job.image):
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} runs dte in the image {job.image}, which doesn't "
                    "contain python3",
                    "use an image that contains it, such as cimg/node",
                    "or install it in pre-steps: apt-get install python3, or apk add "
                    "python3",
                )


def needs_python(job: CheckedJob) -> bool:
    """Return whether a dte step runs before any step that mentions python3."""
    for step in job.steps:
        if step.is_of_dte:
            return True
        if "python3" in step.text:
            return False
    return False


def lacks_python(image: str) -> bool:
    """Return whether the image is an official Docker image without Python."""
    found = _OFFICIAL.fullmatch(image)
    if not found:
        return False
    variant = re.search(r"slim|alpine", found["tag"] or "")
    return found["name"] in _BARE or (found["name"] == "node" and bool(variant))
