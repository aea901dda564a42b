"""A stand-in for CircleCI's API v2 that serves the pipelines of a rehearsal."""

from dte.circleci_api.server import CircleCIApi

__all__ = ["CircleCIApi"]
