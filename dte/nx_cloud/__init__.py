"""The stand-in for Nx Cloud that a rehearsal's jobs connect to.

The stand-in runs while a rehearsal runs. The real `nx` and `nx-cloud` commands download
a small client (the folder `client`) from the stand-in. Through this client, they hand
tasks to agents.
"""

from dte.nx_cloud.executions import TaskExecution, read_run_report
from dte.nx_cloud.faults import Faults
from dte.nx_cloud.server import NxCloud

__all__ = ["Faults", "NxCloud", "TaskExecution", "read_run_report"]
