"""Runs a planned workflow on this machine: jobs as processes, workspaces, caches."""
