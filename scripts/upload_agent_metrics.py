"""Send the agent's CPU and memory use to Nx Cloud (Nx 22.1 or later).

Runs at the end of every agent that had tasks, and never fails the job.
"""

from bash_env import read_mode
from bounded_run import run_bounded
from failures import say
from nx import call_nx_cloud, enter_checkout, find_nx


def main() -> None:
    """Run `nx-cloud upload-agent-metrics` once, if the job ran with agents."""
    if read_mode() or find_nx(enter_checkout()) is None:
        say("Nothing to do: this job did not take part in a run with agents.")
        return
    if not run_bounded([call_nx_cloud("upload-agent-metrics")]):
        say("warning: the upload failed. The result of the job does not change.")
