"""The first lines that the guard prints when it refuses a partial rerun."""

TWO_LINES = (
    "You reran only failed jobs, but CI requires rerunning all jobs.",
    "Rerun all jobs in the pipeline to prevent this error.",
)
REFUSAL = "\n".join(TWO_LINES)
