"""Writes configs and compiles them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dte.compile import compile_config
from dte.model import CompiledConfig, Job, PipelineValues


def compile_text(
    text: str,
    folder: Path,
    *,
    orbs: Mapping[str, Path] | None = None,
    pipeline: PipelineValues | None = None,
    stub_missing_orbs: bool = False,
) -> CompiledConfig:
    """Write `text` to a config.yml in `folder`, and return the compiled config."""
    path = folder / "config.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return compile_config(
        path,
        orbs=orbs or {},
        pipeline=pipeline or PipelineValues(),
        stub_missing_orbs=stub_missing_orbs,
    )


def only_job(config: CompiledConfig) -> Job:
    """Return the only job of a config that has one workflow with one job."""
    ((workflow_job,),) = [workflow.jobs for workflow in config.workflows]
    assert workflow_job.job is not None
    return workflow_job.job
