"""Runs what CI runs, one line for each check, and says at the end what failed."""
