"""Tell Nx Cloud that a run with `explicit_completion` has ended.

Otherwise, such a run stays open until Nx Cloud abandons it.
"""

from bash_env import never_started, read_mode
from bounded_run import run_bounded
from failures import Refusal, say
from nx import call_nx_cloud, enter_checkout, find_nx
from run_names import export_names


def main() -> None:
    """Run `nx-cloud complete-ci-run`; raises `Refusal` if three tries fail."""
    checkout = enter_checkout()
    if read_mode() or never_started() or find_nx(checkout) is None:
        say("No run was completed: this job started none.")
        return
    export_names()
    if not run_bounded([call_nx_cloud("complete-ci-run")] * 3):
        raise Refusal(
            "the run could not be completed, so Nx Cloud may show it as running",
            suggestions=["complete the run on its page in Nx Cloud"],
            code="not-completed",
        )
