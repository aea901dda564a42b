"""What the guard prints first when it refuses a partial rerun, for all tests."""

TWO_LINES = (
    "You reran only failed jobs, but CI requires rerunning all jobs.",
    "Rerun all jobs in the pipeline to prevent this error.",
)
REFUSAL = "\n".join(TWO_LINES)
