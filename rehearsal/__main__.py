"""`python -m rehearsal` is the command `dte`."""

from rehearsal.cli import main

main()
