"""The pipelines of the stand-in for CircleCI's API, and what jobs asked it for."""

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
        """Serve this pipeline too."""
        self.pipelines.append(pipeline)

    def find_pipeline(self, pipeline_id: str) -> RehearsedPipeline | None:
        """Return the pipeline with this id."""
        for pipeline in self.pipelines:
            if pipeline.identity.id == pipeline_id:
                return pipeline
        return None

    def find_workflow(
        self, workflow_id: str
    ) -> tuple[RehearsedPipeline, RehearsedWorkflow] | None:
        """Return the workflow with this id, after its pipeline."""
        for pipeline in self.pipelines:
            for workflow in pipeline.workflows:
                if workflow.id == workflow_id:
                    return pipeline, workflow
        return None
