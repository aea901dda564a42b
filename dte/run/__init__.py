"""Runs a planned workflow on this machine: processes, workspaces, caches."""
