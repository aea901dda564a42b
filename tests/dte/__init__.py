"""Tests of the command `dte`."""
