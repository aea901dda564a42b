"""Asks CircleCI's API v2 about real pipelines, for `dte attempts` and `dte rerun`."""
