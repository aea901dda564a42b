"""`python -m dte` runs the command `dte`."""

from dte.cli import main

main()
