"""The archive's entry point: `python3 -I -S <archive> <program>`."""

import begin  # noqa: F401
