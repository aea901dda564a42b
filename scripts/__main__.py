"""The archive's entry: `python3 -I -S <archive> <program>`."""

import begin  # noqa: F401
