"""Run the dte program that the first argument names, for example `start_agent`.

This file must run on any Python 3, so that it can refuse versions before 3.8.
"""

import gc
import sys

if sys.version_info < (3, 8):  # noqa: UP036
    sys.exit("error: dte needs Python 3.8 or later, and python3 is " + sys.version)

# A program imports all its modules now: another job may replace the archive.
gc.disable()  # Makes the imports faster.
program = __import__(sys.argv[1])
gc.freeze()
gc.enable()

from failures import run  # noqa: E402

run(program.main)
