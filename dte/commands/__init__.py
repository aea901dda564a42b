"""The commands of `dte`: one module each, found by name; each has a `command`.

A command returns its exit code, and raises `UserError` for an error that the user can
fix.
"""
