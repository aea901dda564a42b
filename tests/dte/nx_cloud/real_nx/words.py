"""The commands of main and of agents in Nx's recipe."""

from collections.abc import Callable

from ..real_job import RealJob

Jobs = Callable[[str], RealJob]
TARGETS = "lint,test,build,e2e-ci"
START = ("npx", "nx-cloud", "start-ci-run", "--distribute-on=manual")
AGENT = ("npx", "nx-cloud", "start-agent")
AFFECTED = ("npx", "nx", "run-many", "--parallel=2", "--configuration=ci")
