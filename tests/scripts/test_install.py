"""The install step runs the command in the parameter, or nothing."""

import pytest

from tests.scripts.nx_job import NxJob


def test_the_command_runs_in_the_checkout(nx_job: NxJob) -> None:
    """The command is split into words like a shell command, without expansion."""
    done = nx_job.run("install", DTE_INSTALL="npx 'a b' $HOME")
    assert done.returncode == 0
    assert nx_job.read_calls() == [["a b", "$HOME"]]
    assert nx_job.read_environment()["PWD"] == str(nx_job.checkout)


def test_nothing_is_installed_on_request(nx_job: NxJob) -> None:
    """With `package_manager: none` the step passes without a command."""
    done = nx_job.run("install", DTE_PACKAGE_MANAGER="none")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    assert "no packages are installed" in done.stderr


BERRY_LOCK = "# yarn\n\n__metadata:\n  version: 8\n"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"package-lock.json": "{}"}, "npm ci"),
        ({"npm-shrinkwrap.json": "{}"}, "npm ci"),
        ({"pnpm-lock.yaml": ""}, "pnpm install --frozen-lockfile"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "yarn install --frozen-lockfile"),
        ({"yarn.lock": BERRY_LOCK}, "yarn install --immutable"),
        ({"bun.lock": ""}, "bun install --frozen-lockfile"),
        ({"bun.lockb": ""}, "bun install --frozen-lockfile"),
        ({}, "npm ci"),
        (
            {"package.json": '{"packageManager": "pnpm@9.1.0+sha"}', "yarn.lock": ""},
            "pnpm install --frozen-lockfile",
        ),
        (
            {"package.json": '{"packageManager": "yarn@4.5.0"}'},
            "yarn install --immutable",
        ),
        (
            {"package.json": '{"packageManager": "yarn@1.22.22"}'},
            "yarn install --frozen-lockfile",
        ),
        (
            {"package.json": '{"packageManager": 3}', "bun.lock": ""},
            "bun install --frozen-lockfile",
        ),
        (
            {"package.json": '{"packageManager": "yarn@latest"}', "bun.lock": ""},
            "bun install --frozen-lockfile",
        ),
        ({"package.json": "[", "pnpm-lock.yaml": ""}, "pnpm install --frozen-lockfile"),
    ],
)
def test_the_lock_file_names_the_package_manager(
    nx_job: NxJob, files: dict[str, str], command: str
) -> None:
    """packageManager decides, then the lock file; without both it is npm."""
    write_managers(nx_job)
    for name, text in files.items():
        nx_job.write(name, text)
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert (done.returncode, done.stdout) == (0, command + "\n")


def test_corepack_runs_the_version_of_the_field(nx_job: NxJob) -> None:
    """If Corepack is there, it runs the version that packageManager names."""
    write_managers(nx_job, "corepack")
    nx_job.write("package.json", '{"packageManager": "yarn@4.5.0"}')
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "corepack yarn install --immutable\n"


@pytest.mark.parametrize("field", ["pnpm@latest", "pnpm@9", "pnpm@^9.0.0"])
def test_corepack_gets_no_field_that_it_refuses(nx_job: NxJob, field: str) -> None:
    """Corepack takes a full version only, so the image's own pnpm runs."""
    write_managers(nx_job, "corepack")
    nx_job.write("package.json", f'{{"packageManager": "{field}"}}')
    nx_job.write("pnpm-lock.yaml", "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "pnpm install --frozen-lockfile\n"


def test_corepack_brings_a_manager_that_the_image_lacks(nx_job: NxJob) -> None:
    """Without pnpm on PATH, Corepack provides it."""
    write_managers(nx_job, "corepack")
    (nx_job.bin / "pnpm").unlink()
    nx_job.write("pnpm-lock.yaml", "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "corepack pnpm install --frozen-lockfile\n"


def test_several_lock_files_are_warned_of(nx_job: NxJob) -> None:
    """Nx's own order decides, and the log names the files."""
    write_managers(nx_job)
    for name in ("package-lock.json", "yarn.lock"):
        nx_job.write(name, "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout.startswith("yarn ")
    assert "several lock files: yarn.lock, package-lock.json" in done.stderr


def test_an_unknown_manager_is_a_usage_error(nx_job: NxJob) -> None:
    """The message lists the values."""
    done = nx_job.run("install", DTE_PACKAGE_MANAGER="pip")
    assert done.returncode == 2
    assert "it takes auto, npm, pnpm, yarn, yarn-berry, bun, none" in done.stderr


def write_managers(nx_job: NxJob, *more: str) -> None:
    """Put package managers that print their call on the job's PATH."""
    for name in ("npm", "pnpm", "yarn", "bun", *more):
        command = nx_job.bin / name
        command.write_text(f'#!/bin/bash\necho "{name} $*"\n')
        command.chmod(0o755)


def test_an_idle_agent_installs_nothing(nx_job: NxJob) -> None:
    """An agent without tasks in a partial rerun installs no packages."""
    done = nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="idle")
    assert (done.returncode, nx_job.read_calls()) == (0, [])
    nx_job.run("install", DTE_INSTALL="npx ci", DTE_MODE="without_agents")
    assert nx_job.read_calls() == [["ci"]]


def test_a_missing_command_is_named(nx_job: NxJob) -> None:
    """The error names a package manager that the image lacks."""
    done = nx_job.run("install", DTE_INSTALL="no-such-manager install")
    assert done.returncode == 1
    assert "no-such-manager can't be started" in done.stderr
