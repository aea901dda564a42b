"""The exit codes of `dte` for an interruption and for a defect of dte."""

INTERRUPTED = 130
DEFECT = 70
