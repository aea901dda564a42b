"""The exit codes of `dte` that no `UserError` carries by default."""

INTERRUPTED = 130
DEFECT = 70
