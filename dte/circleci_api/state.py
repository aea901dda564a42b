"""The state of the stand-in for CircleCI's API: pipelines, and requests of jobs."""

from queue import SimpleQueue

from dte.circleci_api.continuations import Continuation
from dte.run.pipeline import PreparedWorkflow, RehearsedPipeline
from dte.run.results import RehearsedWorkflow


class ApiState:
    """The pipelines of a rehearsal, newest last.

    `requests` contains the reruns, and `continuations` the pipeline continuations, that
    jobs requested through the API; the session runs both. `faults` contains the names
    of the active faults.
    """

    def __init__(self) -> None:
        self.faults: frozenset[str] = frozenset()
        self.requests: SimpleQueue[tuple[RehearsedPipeline, PreparedWorkflow]] = (
            SimpleQueue()
        )
        self.continuations: SimpleQueue[Continuation] = SimpleQueue()
        self.pipelines: list[RehearsedPipeline] = []

    def show(self, pipeline: RehearsedPipeline) -> None:
        """Add a pipeline to those that the API serves."""
        self.pipelines.append(pipeline)

    def find_pipeline(self, pipeline_id: str) -> RehearsedPipeline | None:
        """Return the pipeline with this id, or None."""
        for pipeline in self.pipelines:
            if pipeline.identity.id == pipeline_id:
                return pipeline
        return None

    def find_workflow(
        self, workflow_id: str
    ) -> tuple[RehearsedPipeline, RehearsedWorkflow] | None:
        """Return the workflow with this id together with its pipeline, or None."""
        for pipeline in self.pipelines:
            for workflow in pipeline.workflows:
                if workflow.id == workflow_id:
                    return pipeline, workflow
        return None
