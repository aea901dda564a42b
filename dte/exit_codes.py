"""The exit codes of `dte` that differ from the default of `UserError`."""

INTERRUPTED = 130
DEFECT = 70
