"""Entry point of dte's archive: `python3 -I -S <archive> <program>`."""

import begin  # noqa: F401
