"""What sets this repository up, checks it and publishes the orb.

Nothing in here is part of the orb or of the `dte` command.
"""
