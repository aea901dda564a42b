"""CircleCI's API v2 on loopback, which answers about the pipelines of a rehearsal."""

from dte.circleci_api.server import CircleCIApi

__all__ = ["CircleCIApi"]
