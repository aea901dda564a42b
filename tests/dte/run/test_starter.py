"""The process that starts the steps, and that ends them if dte is killed."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psutil
import pytest

from dte.run.processes import end_marked
from dte.run.starter import MARK, Starter, start_helper
from tests.dte.run.test_traces import OWN, find_processes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_an_orphan_of_the_last_moment_is_killed(tmp_path: Path) -> None:
    """If a step leaves a process without its environment, and dte is killed at once,
    that process is still found and killed.
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
    """A chain of processes, each of which starts the next one and ends, is killed."""
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
    run_code(folder, code)
    while (folder / "root").exists():
        time.sleep(0.05)


def run_code(folder: Path, code: str) -> int:
    """Create `root` in a folder, run code in the folder, and return the exit code."""
    (folder / "root").mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=env, check=False).returncode


def test_a_step_s_pipe_may_have_any_number(tmp_path: Path) -> None:
    """dte notices the end of a step even if dte has more than 1,024 files open."""
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


def start_daemon(starter: Starter, folder: Path, value: str) -> psutil.Process:
    """Start a step that leaves a process in its own session; return that process."""
    step = "setsid bash -c 'sleep 300 & echo $!; wait' & read -r"
    process = starter.start(["bash", "-c", step], env={MARK: value}, cwd=folder)
    with process.stdout:
        sleeping = psutil.Process(int(process.stdout.readline()))
    process.wait()
    return sleeping


@pytest.mark.timeout(60)
@pytest.mark.parametrize("helper_lives", [True, False])
def test_a_job_s_processes_are_found(tmp_path: Path, helper_lives: bool) -> None:
    """The end of a job kills only its own daemons, even if the helper was killed."""
    one, other = f"{tmp_path}/1/", f"{tmp_path}/2/"
    with start_helper(tmp_path, keep=True) as starter:
        [helper] = psutil.Process().children()
        mine, theirs = (start_daemon(starter, tmp_path, each) for each in (one, other))
        assert mine.pid in starter.find(one)
        assert theirs.pid not in starter.find(one)
        if not helper_lives:
            helper.kill()
        end_marked(one, starter)
        assert not mine.is_running()
        assert theirs.is_running()
        end_marked(other, starter)
        assert not theirs.is_running()


@pytest.mark.timeout(60)
def test_a_signal_does_not_cut_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a step ends while the helper reads a request, the helper reads all of it."""
    root = tmp_path / "root"
    root.mkdir()
    with start_helper(root, keep=False) as starter:
        ended = [
            starter.start(["sleep", "300"], env={}, cwd=tmp_path) for _ in range(2)
        ]
        running = iter(ended)

        def pause() -> None:
            time.sleep(0.2)
            os.kill(next(running).pid, signal.SIGKILL)
            time.sleep(0.2)

        def send_header(
            helper: socket.socket, data: list[bytes], fds: list[int]
        ) -> None:
            send_fds(helper, [data[0][:2]], fds)
            pause()
            helper.send(data[0][2:])

        def send_request(helper: socket.socket, data: bytes) -> None:
            helper.send(data[:9])
            pause()
            helper.send(data[9:])

        send_fds = socket.send_fds
        with monkeypatch.context() as patch:
            patch.setattr(socket, "send_fds", send_header)
            patch.setattr(socket.socket, "sendall", send_request)
            process = starter.start(["echo", "whole"], env={}, cwd=tmp_path)
        assert process.stdout.read() == b"whole\n"
        assert process.wait() == 0
        assert [one.wait() for one in ended] == [-signal.SIGKILL] * 2
        assert root.exists()
        for one in (process, *ended):
            one.stdout.close()


@pytest.mark.timeout(60)
def test_threads_may_start_steps_with_large_environments(tmp_path: Path) -> None:
    """Each request arrives whole, even if it is larger than the socket's buffer."""

    def start(number: int) -> tuple[bytes, int]:
        env = {f"V{index}": str(number) * 100_000 for index in range(8)}
        words = ["bash", "-c", "echo ${V7:0:1} ${#V7}"]
        process = starter.start(words, env=env, cwd=tmp_path)
        with process.stdout:
            return process.stdout.read(), process.wait()

    with start_helper(tmp_path, keep=True) as starter, ThreadPoolExecutor(8) as pool:
        told = list(pool.map(start, [*range(8)] * 4))
    assert told == [(f"{number} 100000\n".encode(), 0) for number in range(8)] * 4


# Only the start of a request is sent, as if Ctrl-C had raised an exception meanwhile.
CUT = """
import os, pathlib, signal, socket, time
from dte.run.starter import start_helper
def cut(helper, data):
    helper.send(data[:4])
    time.sleep(0.3)
    socket.socket.sendall = whole
    raise KeyboardInterrupt
whole = socket.socket.sendall
here = pathlib.Path.cwd()
with start_helper(here / "root", keep=False) as starter:
    running = starter.start(["sleep", "300"], env={}, cwd=here)
    socket.socket.sendall = cut
    try:
        starter.start(["true"], env={}, cwd=here)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.timeout(60)
def test_dte_ends_after_a_request_that_was_cut_short(tmp_path: Path) -> None:
    """If an exception cut a request short, the helper doesn't wait for the rest."""
    assert run_code(tmp_path, CUT) == 0


@pytest.mark.timeout(60)
def test_a_request_that_was_cut_short_is_the_last_one(tmp_path: Path) -> None:
    """After a request that was cut short, no step starts; running steps continue."""
    code = f"""{CUT}
    try:
        starter.start(["true"], env={{}}, cwd=here)
    except OSError:
        os.kill(running.pid, signal.SIGTERM)
        raise SystemExit(running.wait() != -signal.SIGTERM)
    raise SystemExit("a step started")
"""
    assert run_code(tmp_path, code) == 0


@pytest.mark.timeout(60)
def test_the_end_waits_for_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the rehearsal ends while a thread sends a request, all of it is still sent."""
    half, ending = Event(), Event()

    def send(helper: socket.socket, data: bytes) -> None:
        if data == bytes(4):
            helper.send(data)
            ending.set()
        else:
            helper.send(data[:4])
            half.set()
            ending.wait(0.5)
            helper.send(data[4:])

    monkeypatch.setattr(socket.socket, "sendall", send)
    with ThreadPoolExecutor(1) as pool:
        with start_helper(tmp_path, keep=True) as starter:
            asked = pool.submit(starter.start, ["true"], env={}, cwd=tmp_path)
            half.wait()
        process = asked.result()
        process.stdout.close()
        process.wait()
