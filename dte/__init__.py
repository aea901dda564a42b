"""Compiles CircleCI configs, rehearses workflows locally, and asks CircleCI's API."""
