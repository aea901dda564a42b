"""Measures the processor time and memory that it takes to compile hostile configs.

Run by `make bench`. Each config is compiled in a process of its own, whose figures
include the start of Python and its imports.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hostile_configs import ALL

# Compiles the given file, and prints the seconds of processor time, the largest size in
# memory and the error. Linux needs VmHWM: a process inherits ru_maxrss from its parent
# (getrusage(2) and setmax_mm_hiwater_rss in fs/exec.c). A process that does not end is
# stopped after 20 seconds of processor time.
_COMPILE = """
import re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from dte.compile import compile_config
from dte.errors import UserError
from dte.model import PipelineValues

message = ""
try:
    compile_config(Path(sys.argv[1]), orbs={}, pipeline=PipelineValues())
except UserError as error:
    message = error.message
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss // 1024
if sys.platform != "darwin":
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(used.ru_utime + used.ru_stime, peak // 1024, message)
"""


@dataclass(frozen=True)
class Compiled:
    """Seconds of processor time, megabytes of memory, and the error if there is one."""

    seconds: float
    megabytes: int
    error: str


def compile_alone(path: Path) -> Compiled:
    """Compile a config in a process of its own."""
    command = [sys.executable, "-c", _COMPILE, str(path)]
    # Coverage is off, because it would slow down some configs more than others.
    plain = {name: text for name, text in os.environ.items() if name[:3] != "COV"}
    done = subprocess.run(
        command, env=plain, capture_output=True, text=True, check=True
    )
    seconds, megabytes, error = done.stdout.rstrip("\n").split(" ", 2)
    return Compiled(float(seconds), int(megabytes), error)


def main() -> None:
    """Print the figures of each hostile config."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "config.yml"
        for write in ALL:
            path.write_text(write(), encoding="utf-8")
            done = compile_alone(path)
            reason = re.sub(r"^.*?: ", "", done.error)[:40] or "compiles"
            print(
                f"{write.__name__}: {done.seconds:.2f} s of processor time, "
                f"{done.megabytes} MB: {reason}"
            )


if __name__ == "__main__":
    main()
