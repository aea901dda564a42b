"""An Nx that is too old is refused, and the message names its version."""

from __future__ import annotations

import pytest

from tests.locked_versions import LOCK_FILES
from tests.scripts.nx_job import NxJob
from tests.scripts.test_cloud_refusals import STEPS

NEEDED = "dte needs Nx 17 or later"


@pytest.mark.parametrize("install", ["", "npm install", "none"])
@pytest.mark.parametrize("name", LOCK_FILES)
def test_the_first_step_with_a_checkout_refuses_it(
    nx_job: NxJob, name: str, install: str
) -> None:
    """Before the install, the version comes from the lock file."""
    nx_job.write(name, LOCK_FILES[name].format(version="16.10.0"))
    own = {"DTE_INSTALL": install}
    if install == "none":
        own = {"DTE_PACKAGE_MANAGER": "none"}
    done = nx_job.run("install", **own)
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert f"this workspace has Nx 16.10.0; {NEEDED}" in done.stderr


@pytest.mark.parametrize("version", ["17.0.0", "24.0.6"])
@pytest.mark.parametrize("name", LOCK_FILES)
def test_an_older_nx_of_another_package_does_not_count(
    nx_job: NxJob, name: str, version: str
) -> None:
    """Of several Nx versions in the lock file, the newest is the workspace's."""
    nx_job.write(name, LOCK_FILES[name].format(version=version))
    done = nx_job.run("install", DTE_INSTALL="npx installed")
    assert (done.returncode, nx_job.read_calls()) == (0, [["installed"]])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"nx@16"])
@pytest.mark.parametrize("name", LOCK_FILES)
def test_an_unknown_lock_file_is_no_obstacle(
    nx_job: NxJob, name: str, content: bytes
) -> None:
    """A lock file that dte can't read doesn't stop the install."""
    (nx_job.checkout / name).write_bytes(content)
    done = nx_job.run("install", DTE_INSTALL="npx installed")
    assert (done.returncode, nx_job.read_calls()) == (0, [["installed"]])


def test_the_lock_file_may_be_above_the_working_directory(nx_job: NxJob) -> None:
    """If the working directory is a subfolder, the lock file above it is read."""
    text = LOCK_FILES["package-lock.json"].format(version="16.10.0")
    nx_job.write("package-lock.json", text)
    nx_job.write("apps/package.json", "{}")
    done = nx_job.run(
        "install", DTE_WORKING_DIRECTORY="apps", DTE_INSTALL="npx installed"
    )
    assert done.returncode == 1
    assert "this workspace has Nx 16.10.0" in done.stderr


def test_the_version_of_a_plug_n_play_nx_is_known(nx_job: NxJob) -> None:
    """A Plug'n'Play workspace never has node_modules, so the lock file decides."""
    (nx_job.checkout / "node_modules" / ".bin" / "nx").unlink()
    nx_job.write(".pnp.cjs", "")
    lock = '"nx@npm:^16.1.0, nx@npm:16.1.0":\n  version: 16.1.0\n'
    nx_job.write("yarn.lock", f'"nxos@npm:1":\n  version: 1\n\n{lock}')
    done = nx_job.run("start_ci_run", DTE_TARGETS="build")
    assert done.returncode == 1
    assert "this workspace has Nx 16.1.0" in done.stderr


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("version", ["16.10.0", "16.0.0-beta.1"])
def test_an_nx_that_is_too_old_is_refused(
    nx_job: NxJob, version: str, step: str
) -> None:
    """`npx nx-cloud` needs Nx 17; the message names the version found."""
    nx_job.write("node_modules/nx/package.json", f'{{"version": "{version}"}}')
    done = nx_job.run(step, **STEPS[step])
    assert (done.returncode, nx_job.read_calls()) == (1, [])
    assert f"this workspace has Nx {version}; {NEEDED}" in done.stderr


@pytest.mark.parametrize("text", ["", "[]", '{"version": 3}', '{"version": "x"}'])
def test_an_unknown_nx_version_is_no_obstacle(nx_job: NxJob, text: str) -> None:
    """An unexpected package.json doesn't stop the agent."""
    nx_job.write("node_modules/nx/package.json", text)
    assert nx_job.run("start_agent").returncode == 0
