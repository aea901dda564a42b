"""The process that starts the steps, and that ends them if dte is killed."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dte.run.starter import start_helper
from tests.dte.run.test_traces import OWN, find_processes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_an_orphan_of_the_last_moment_is_killed(tmp_path: Path) -> None:
    """If dte is killed just after a step left a process without its environment,
    that process is still found.
    """
    code = f"""
import os, pathlib, signal
from dte.run.starter import start_helper
with start_helper(pathlib.Path("root").resolve(), keep=False) as starter:
    step = "env -i setsid sleep 307.{OWN} & exit"
    starter.start(["bash", "-c", step], env={{}}, cwd=pathlib.Path("/")).wait()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    run_until_killed(tmp_path, code)
    assert find_processes(f"sleep 307.{OWN}") == []


# Each process writes a byte, starts the next one in another session, and ends.
CHAIN = """
import os, time
end = time.monotonic() + 60
while time.monotonic() < end:
    with open("beats", "a") as file:
        file.write(".")
    time.sleep(0.005)
    if os.fork():
        os._exit(0)
    os.setsid()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
@pytest.mark.timeout(60)
def test_a_chain_of_processes_is_killed(tmp_path: Path) -> None:
    """Processes that start a successor and end, again and again, are killed too."""
    (tmp_path / "chain.py").write_text(CHAIN)
    code = f"""
import os, pathlib, signal, time
from dte.run.starter import start_helper
with start_helper(pathlib.Path("root").resolve(), keep=False) as starter:
    step = "env -i {sys.executable} chain.py & exit"
    starter.start(["bash", "-c", step], env={{}}, cwd=pathlib.Path.cwd()).wait()
    while not pathlib.Path("beats").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    run_until_killed(tmp_path, code)
    beats = (tmp_path / "beats").stat().st_size
    time.sleep(0.5)
    assert (tmp_path / "beats").stat().st_size == beats


def run_until_killed(folder: Path, code: str) -> None:
    """Run code that kills itself, and wait until its folder `root` is removed."""
    (folder / "root").mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, check=False)
    while (folder / "root").exists():
        time.sleep(0.05)


def test_a_step_s_pipe_may_have_any_number(tmp_path: Path) -> None:
    """A step ends also if dte has more than 1,024 files open."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, limits[1]), limits[1]))
    held = [os.dup(1) for _ in range(1024)]
    try:
        with start_helper(tmp_path, keep=True) as starter:
            process = starter.start(["false"], env={}, cwd=tmp_path)
            while process.poll() is None:
                time.sleep(0.01)
            process.stdout.close()
    finally:
        for number in held:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert process.wait() == 1
