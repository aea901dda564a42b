"""`python -m dte` is the command `dte`."""

from dte.cli import main

main()
