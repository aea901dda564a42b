"""The faults that are injected into rehearsals with real Nx, as data.

`docs/faults.md` has a row for each, and `test_faults.py` rehearses them.
"""

from tests.end_to_end.faults.agents_fail import AGENTS_FAIL
from tests.end_to_end.faults.circleci_fails import CIRCLECI_FAILS
from tests.end_to_end.faults.main_fails import MAIN_FAILS
from tests.end_to_end.faults.nx_cloud_fails import NX_CLOUD_FAILS
from tests.end_to_end.faults.partial_reruns import PARTIAL_RERUNS
from tests.end_to_end.faults.row import Fault

__all__ = ["FAULTS", "Fault"]
FAULTS = PARTIAL_RERUNS + MAIN_FAILS + AGENTS_FAIL + NX_CLOUD_FAILS + CIRCLECI_FAILS
