"""Decides which jobs of a workflow run, which are carried over, and why."""
