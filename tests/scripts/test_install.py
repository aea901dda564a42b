"""The install step: its command, the package managers, and the download cache."""

import re

import pytest
from package_managers import COREPACK, DOWNLOADS, INSTALLS

from tests.scripts.nx_job import NxJob
from tests.scripts.test_nx import use_commands


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


_MANAGER = """#!/bin/bash
if [ "$1" = --version ]; then echo "$VERSION"; else echo "{name} $*"; fi
"""
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
    """packageManager takes precedence over the lock file; without both, npm is used."""
    write_managers(nx_job)
    for name, text in files.items():
        nx_job.write(name, text)
    named = re.search(r"@([\d.]+)", files.get("package.json", ""))
    version = named[1] if named else ""
    done = nx_job.run("install", PATH=str(nx_job.bin), VERSION=version)
    assert (done.returncode, done.stdout) == (0, command + "\n")


def test_corepack_runs_the_version_of_the_field(nx_job: NxJob) -> None:
    """If Corepack is installed, it runs the version that packageManager names."""
    write_managers(nx_job, "corepack")
    nx_job.write("package.json", '{"packageManager": "yarn@4.5.0"}')
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "corepack yarn install --immutable\n"


@pytest.mark.parametrize("field", ["pnpm@latest", "pnpm@9", "pnpm@^9.0.0"])
def test_corepack_gets_no_field_that_it_refuses(nx_job: NxJob, field: str) -> None:
    """Corepack refuses a version like `9` or `latest`, so the image's own pnpm runs."""
    write_managers(nx_job, "corepack")
    nx_job.write("package.json", f'{{"packageManager": "{field}"}}')
    nx_job.write("pnpm-lock.yaml", "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "pnpm install --frozen-lockfile\n"


def test_corepack_brings_a_manager_that_the_image_lacks(nx_job: NxJob) -> None:
    """If pnpm is not on PATH, Corepack provides pnpm."""
    write_managers(nx_job, "corepack")
    (nx_job.bin / "pnpm").unlink()
    nx_job.write("pnpm-lock.yaml", "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout == "corepack pnpm install --frozen-lockfile\n"


@pytest.mark.parametrize(
    ("field", "printed", "corepack"),
    [
        ("pnpm@9.15.9", "9.15.9", False),
        ("pnpm@9.15.9", "10.20.0", True),
        ("pnpm@9.15.9+sha512.0a", "9.15.9", False),
        ("yarn@4.5.0", "4.5.0", False),
        ("yarn@4.5.0", "", True),
        ("bun@1.3.2", "1.2.0", False),
        ("npm@10.9.0", "11.0.0", False),
    ],
)
def test_npx_runs_corepack_where_the_image_has_none(
    nx_job: NxJob, field: str, printed: str, corepack: bool
) -> None:
    """npx runs Corepack if the image lacks Corepack and this version of pnpm or Yarn.

    Yarn 1 prints no version in a workspace of a later Yarn.
    """
    write_managers(nx_job, "npx")
    nx_job.write("package.json", f'{{"packageManager": "{field}"}}')
    done = nx_job.run("install", PATH=str(nx_job.bin), VERSION=printed)
    name = field.partition("@")[0]
    start = f"npx --yes {COREPACK} {name} " if corepack else f"{name} "
    assert (done.returncode, done.stdout[: len(start)]) == (0, start)


def test_a_missing_manager_comes_from_npm(nx_job: NxJob) -> None:
    """Without pnpm and Corepack on PATH, npx runs Corepack, which provides pnpm."""
    nx_job.write("pnpm-lock.yaml", "")
    path = use_commands(nx_job, "npx")
    done = nx_job.run("install", PATH=path)
    install = f"{COREPACK} pnpm install --frozen-lockfile"
    assert (done.returncode, done.stdout) == (0, f"npx --yes {install}\n")


def test_a_missing_bun_is_named(nx_job: NxJob) -> None:
    """Corepack doesn't support Bun, so the error says where to install Bun."""
    nx_job.write("bun.lock", "")
    done = nx_job.run("install", PATH=use_commands(nx_job, "npx", "corepack"))
    assert done.returncode == 1
    assert "The package manager is bun, because bun.lock exists." in done.stderr
    assert "bun can't be started: No such file or directory" in done.stderr
    assert "install it in an earlier step, or in the executor's image" in done.stderr


def test_several_lock_files_are_warned_of(nx_job: NxJob) -> None:
    """Of several lock files, the first in Nx's order counts; the log names them all."""
    write_managers(nx_job)
    for name in ("package-lock.json", "yarn.lock"):
        nx_job.write(name, "")
    done = nx_job.run("install", PATH=str(nx_job.bin))
    assert done.stdout.startswith("yarn ")
    assert "several lock files: yarn.lock, package-lock.json" in done.stderr


def test_an_unknown_manager_is_a_usage_error(nx_job: NxJob) -> None:
    """The message for an unknown package manager lists the valid values."""
    done = nx_job.run("install", DTE_PACKAGE_MANAGER="pip")
    assert done.returncode == 2
    assert "expected auto, npm, pnpm, yarn, yarn-berry, bun, none" in done.stderr


def write_managers(nx_job: NxJob, *more: str) -> None:
    """Put package managers on the job's PATH; each prints its call."""
    for name in ("npm", "pnpm", "yarn", "bun", *more):
        command = nx_job.bin / name
        command.write_text(_MANAGER.format(name=name))
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


KEPT = ("npm_config", "pnpm_config", "yarn_", "bun_install")


def read_folders(nx_job: NxJob, manager: str, **env: str) -> dict[str, str]:
    """Install with a cache; return the variables that set its folders for `manager`."""
    write_managers(nx_job)
    command = nx_job.bin / {"yarn-berry": "yarn"}.get(manager, manager)
    command.write_text("#!/bin/bash\nenv\n")
    env = {"PATH": f"{nx_job.bin}:/usr/bin:/bin", "HOME": "/a-home", **env}
    done = nx_job.run("install", DTE_CACHE="true", DTE_PACKAGE_MANAGER=manager, **env)
    assert done.returncode == 0, done.stderr
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {name: text for name, _, text in pairs if name.lower().startswith(KEPT)}


FOLDERS = {
    "npm": {"npm_config_cache": "npm"},
    "pnpm": {"npm_config_store_dir": "pnpm", "pnpm_config_store_dir": "pnpm"},
    "yarn": {"YARN_CACHE_FOLDER": "yarn"},
    "yarn-berry": {
        "YARN_GLOBAL_FOLDER": "yarn-berry",
        "YARN_CACHE_FOLDER": "yarn-berry/cache",
    },
    "bun": {"BUN_INSTALL_CACHE_DIR": "bun"},
}


def test_each_package_manager_has_its_folders() -> None:
    """Each package manager in package_managers.py has an entry in DOWNLOADS."""
    assert FOLDERS.keys() == INSTALLS.keys() == DOWNLOADS.keys()


@pytest.mark.parametrize(("manager", "folders"), FOLDERS.items())
def test_downloads_go_where_the_cache_steps_look(
    nx_job: NxJob, manager: str, folders: dict[str, str]
) -> None:
    """With `cache: true`, each package manager downloads into ~/.cache/dte."""
    assert read_folders(nx_job, manager) == {
        name: f"/a-home/.cache/dte/{below}" for name, below in folders.items()
    }


def test_a_cache_folder_of_the_user_stays(nx_job: NxJob) -> None:
    """A user's own variable for the cache folder is kept, in upper or lower case."""
    own = {"NPM_CONFIG_CACHE": "/mine"}
    assert read_folders(nx_job, "npm", **own) == own
    assert (
        "NPM_CONFIG_CACHE is set"
        in nx_job.run(
            "install",
            DTE_CACHE="1",
            DTE_INSTALL="true",
            DTE_PACKAGE_MANAGER="npm",
            **own,
        ).stderr
    )


def test_a_cache_in_the_checkout_is_not_kept_twice(nx_job: NxJob) -> None:
    """A `.yarn/cache` in the repository is used, and CircleCI's cache gets nothing."""
    nx_job.write(".yarn/cache/ms.zip", "")
    assert read_folders(nx_job, "yarn-berry") == {}


def test_the_users_install_command_uses_the_cache(nx_job: NxJob) -> None:
    """The user's own command uses the detected package manager's download folder."""
    nx_job.write("pnpm-lock.yaml", "")
    env = {"DTE_CACHE": "true", "DTE_INSTALL": "env", "HOME": "/a-home"}
    done = nx_job.run("install", **env)
    assert "npm_config_store_dir=/a-home/.cache/dte/pnpm\n" in done.stdout


def test_without_cache_no_folder_is_set(nx_job: NxJob) -> None:
    """With `cache: false` the package manager uses its default cache folder."""
    nx_job.write("pnpm-lock.yaml", "")
    done = nx_job.run("install", DTE_CACHE="false", DTE_INSTALL="env")
    assert ".cache/dte" not in done.stdout
