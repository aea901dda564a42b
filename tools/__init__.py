"""Sets this repository up, checks it, and prepares a release of the orb.

Nothing in here is part of the orb or of the `dte` command.
"""
