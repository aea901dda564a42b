"""The folder with a package manager's downloads, which the orb's cache steps keep."""

import os
from pathlib import Path

from failures import say
from package_managers import BERRY, DOWNLOADS

FOLDER = "~/.cache/dte"


def keep_downloads(manager: str, workspace: Path) -> None:
    """Make `manager`, a key of INSTALLS, download into FOLDER, or say why it doesn't.

    A variable that is already set stays the same. Tried with npm 10.8, pnpm 9.15 to
    12.21, Yarn 1.22, 3.8 and 4.18, and Bun 1.4.
    """
    if manager == BERRY and (workspace / ".yarn" / "cache").is_dir():
        say("Yarn's cache is part of the checkout, so dte doesn't cache downloads.")
        return
    # npm ignores the letter case of its variables' names.
    given = {name.lower(): name for name in os.environ}
    own = [given[name.lower()] for name in DOWNLOADS[manager] if name.lower() in given]
    if own:
        say("notice: {} is set, so dte doesn't cache downloads.".format(own[0]))
        return
    folder = os.path.expanduser(FOLDER)
    for name, below in DOWNLOADS[manager].items():
        os.environ[name] = os.path.join(folder, below)
