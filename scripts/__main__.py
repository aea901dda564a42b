"""The archive's entry: `python3 -I -S <archive> <program>`."""

import start_program  # noqa: F401
