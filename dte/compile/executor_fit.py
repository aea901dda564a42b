"""Warns of a resource class or a step that doesn't fit the executor of a job.

The resource classes are those in the "Configuration reference", `resource_class`, and
in the JSON schema of August 2026. CircleCI Server may have other classes, and the class
of a self-hosted runner is `namespace/name`. Source for the steps: "Configuration
reference", `setup_remote_docker` and `install_signing_bundle`.
"""

from __future__ import annotations

from dte.compile.executors import STUB_IMAGE
from dte.compile.notes import Notes
from dte.model import Job, Where
from dte.parse import nearest
from dte.parse.expect import shorten

_DOCKER = """
    small medium medium+ large xlarge 2xlarge 2xlarge+
    small.gen2 medium.gen2 medium+.gen2 large.gen2 xlarge.gen2 2xlarge.gen2
    2xlarge+.gen2
    arm.medium arm.large arm.xlarge arm.2xlarge
    arm.medium.gen2 arm.large.gen2 arm.xlarge.gen2 arm.2xlarge.gen2
"""
_MACHINE = """
    medium large xlarge 2xlarge 2xlarge+
    medium.gen2 large.gen2 xlarge.gen2 2xlarge.gen2 2xlarge+.gen2
    medium.gen3 large.gen3 xlarge.gen3 2xlarge.gen3 2xlarge+.gen3
    arm.medium arm.large arm.xlarge arm.2xlarge
    arm.medium.gen2 arm.large.gen2 arm.xlarge.gen2 arm.2xlarge.gen2
    gpu.nvidia.small gpu.nvidia.small.gen2 gpu.nvidia.small.multi gpu.nvidia.medium
    gpu.nvidia.medium.multi gpu.nvidia.large windows.gpu.nvidia.medium
    windows.medium windows.large windows.xlarge windows.2xlarge
    windows.medium.gen2 windows.large.gen2 windows.xlarge.gen2 windows.2xlarge.gen2
    windows.2xlarge+.gen2
"""
CLASSES = {
    "docker": tuple(_DOCKER.split()),
    "machine": tuple(_MACHINE.split()),
    "macos": ("m4pro.medium", "m4pro.large"),
}


def warn_of_misfits(job: Job, where: Where, notes: Notes) -> None:
    """Warn of a resource class or a step that doesn't fit the executor of a job.

    ``where`` is the position of the resource class. An executor of a stubbed orb is
    unknown, so nothing is checked.
    """
    title = f'job "{job.name}"'
    kind, settings = next(item for item in job.executor.items() if item[0] in CLASSES)
    if kind == "docker" and str(settings[0]["image"]).startswith(STUB_IMAGE):
        return
    inner = settings if isinstance(settings, dict) else {}
    for name in {job.executor.get("resource_class"), inner.get("resource_class")}:
        if name and "/" not in name and name not in CLASSES[kind]:
            text = f"CircleCI documents no resource class {shorten(name)} for {kind}"
            near = nearest(name, CLASSES[kind])
            notes.warn("resource-class", where, f"{title}: {text}", near)
    for step in job.steps:
        if step.kind == "setup_remote_docker" and kind == "machine":
            text = "setup_remote_docker does not work on a machine"
            advice = ("Remove the step: a machine runs Docker itself.",)
            notes.warn("step", step.where, f"{title}: {text}", advice)
        if step.kind == "install_signing_bundle" and not inner.get("code_signing"):
            text = f"install_signing_bundle needs code_signing: under {kind}"
            advice = ("Write macos: {xcode: 16.4.0, code_signing: [my-bundle]}",)
            notes.warn("step", step.where, f"{title}: {text}", advice)
