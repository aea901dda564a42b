"""The set-up's command line; `tools/bootstrap.sh` runs it for every make target."""

import sys
from collections.abc import Sequence

from tools.bootstrap import golang, node, virtualenv
from tools.bootstrap.places import Places
from tools.bootstrap.stamp import locked
from tools.failures import ToolError, exit_with

STAGES = {
    "python": virtualenv.ensure_environment,
    "node": node.ensure_node,
    "circleci": golang.ensure_circleci,
}
ALWAYS = ("python", "node")


def set_up(wanted: Sequence[str], places: Places) -> None:
    """Bring `wanted` and what is always needed up to date, in the order of `STAGES`."""
    unknown = [name for name in wanted if name not in STAGES]
    if unknown:
        raise ToolError(
            f"there is nothing called {unknown[0]!r} to set up.",
            suggestions=[f"Known names: {', '.join(STAGES)}"],
        )
    with locked(places.cache / "bootstrap.lock"):
        for name, ensure in STAGES.items():
            if name in wanted or name in ALWAYS:
                ensure(places)


if __name__ == "__main__":
    sys.exit(exit_with(lambda: set_up(sys.argv[1:], Places.of_this_repository())))
