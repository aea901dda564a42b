"""The wheel and the sdist: what they contain, and that the wheel works by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.docs.pages import list_commands
from tests.git import make_repository
from tests.tooling.repository import ROOT, name_of, repository_files

pytestmark = pytest.mark.slow

FOLDERS = ("dte/", "orb/", "scripts/")
FILES = ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", ".gitignore")
NX = '{"devDependencies": {"nx": "24.0.6"}}'
UVX = ROOT / ".venv" / "bin" / "uvx"
NOBODY = 65534
# Root may write all files; without these capabilities, root is like any other user.
WITHOUT_RIGHTS = (
    ("/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")
    if os.getuid() == 0
    else ()
)
CONFIG = """\
version: 2.1
orbs: {dte: acme/dte@1.0.0}
workflows: {build: {jobs: [dte/attempt]}}
"""


def build(folder: Path, source: Path = ROOT, **environment: str) -> tuple[Path, Path]:
    """Build the wheel and the sdist of `source` into `folder`."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder],
        cwd=source,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist of this checkout."""
    return build(tmp_path_factory.mktemp("built"))


def tracked(*starts: str) -> set[str]:
    """Return the repository's file names that start with one of the prefixes."""
    names = {name_of(path) for path in repository_files()}
    return {name for name in names if name.startswith(starts)}


def test_the_wheel_contains_the_tool_the_orb_and_the_scripts(
    built: tuple[Path, Path],
) -> None:
    """The wheel has all tracked files of dte/, orb/ and scripts/, and no other file."""
    names = set(zipfile.ZipFile(built[0]).namelist())
    metadata = {name for name in names if ".dist-info/" in name}
    bundled = {f"dte/bundled/{name}" for name in tracked("orb/", "scripts/")}
    assert names - metadata == tracked("dte/") | bundled
    assert "dte/py.typed" in names


def test_the_sdist_contains_what_the_wheel_is_built_from(
    built: tuple[Path, Path],
) -> None:
    """The sdist has dte/, orb/, scripts/ and some documents, but no tests or tools."""
    with tarfile.open(built[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()} - {"PKG-INFO"}
    assert names == tracked(*FOLDERS) | set(FILES)


def test_both_build_the_same_bytes_everywhere(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    """A build in another folder and time zone, with other file times, has the same
    bytes, and the sdist builds the same wheel as the checkout."""
    copy = tmp_path / "copy"
    for path in repository_files():
        target = copy / name_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    again = build(tmp_path / "again", copy, TZ="Asia/Tokyo", LC_ALL="C")
    assert [path.read_bytes() for path in again] == [p.read_bytes() for p in built]
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "-xf", built[1], "-C", unpacked], check=True)
    (source,) = unpacked.iterdir()
    wheel, _ = build(tmp_path / "of-sdist", source)
    assert wheel.read_bytes() == built[0].read_bytes()


@pytest.fixture
def installed(built: tuple[Path, Path], tmp_path: Path) -> Path:
    """A read-only folder with the wheel's files, next to a folder with a config."""
    site = tmp_path / "site-packages"
    with zipfile.ZipFile(built[0]) as wheel:
        wheel.extractall(site)
    for path in [site, *site.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    config = tmp_path / "work" / ".circleci" / "config.yml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    return site


def run_installed(
    site: Path, *words: str, path: str = "", prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run `dte` of the wheel in a folder outside of the checkout."""
    work = site.parent / "work"
    return subprocess.run(
        [*prefix, sys.executable, "-m", "dte", *words],
        cwd=work,
        env={"PYTHONPATH": str(site), "PATH": path, "HOME": str(work)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_brings_the_orb(installed: Path) -> None:
    """`dte compile` works without a checkout of dte and without `--orb`."""
    done = run_installed(installed, "compile")
    assert done.returncode == 0, done.stderr
    assert "Record the attempt" in done.stdout


def test_the_wheel_rehearses_in_any_folder(installed: Path) -> None:
    """`dte rehearse` of the wheel runs the attempt job, and a rerun from the start."""
    then = ("--then", "rerun-from-start", "--expect", "success,success")
    done = run_installed(installed, "rehearse", *then, path=os.environ["PATH"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This is attempt 2" in done.stdout


def test_pip_installs_the_clone(tmp_path: Path) -> None:
    """`pip install PATH` builds and installs the clone at PATH, as the pages say."""
    shown = {words[-1] for _, words in list_commands() if words[0] == "pip"}
    assert shown == {".", "../dte"}
    clone = tmp_path / "dte"
    for name in tracked(*FOLDERS, *FILES):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    quietly = ("--quiet", "--disable-pip-version-check", "--no-deps")
    for folder, path in ((clone, "."), (clone / "orb", "../../dte")):
        subprocess.run(
            [python, "-m", "pip", "install", *quietly, "--force-reinstall", path],
            cwd=folder,
            check=True,
        )
    (script,) = (tmp_path / "env").glob("bin/dte")
    assert "dte.cli" in script.read_text()


def test_uvx_runs_the_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    """`uvx` installs the wheel with its dependencies, and dte works in a repository."""
    files = {"nx.json": "{}", "package.json": NX, "package-lock.json": "{}"}
    files["project.json"] = '{"name": "shop", "targets": {"test": {"command": "true"}}}'
    files[".circleci/config.yml"] = CONFIG
    shop = tmp_path / "shop"
    (shop / ".circleci").mkdir(parents=True)
    for name, text in files.items():
        (shop / name).write_text(text)
    make_repository(shop)
    for words, said in (
        (("--version",), "1.0.0"),
        (("check",), "no finding"),
        (("rehearse", "--expect", "success"), "as expected: success"),
        (("init", "new.yml"), "nothing was written; to change new.yml, add --write"),
    ):
        done = subprocess.run(
            [UVX, "--python", sys.executable, "--from", built[0], "dte", *words],
            cwd=shop,
            env={**os.environ, "UV_CACHE_DIR": str(tmp_path / "uv")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout + done.stderr


@pytest.fixture
def foreign(installed: Path) -> Path:
    """`installed`, where another user owns the project and home folder (read-only)."""
    work = installed.parent / "work"
    files = {"nx.json": "{}", "package.json": NX, "package-lock.json": "{}"}
    for name, text in files.items():
        (work / name).write_text(text)
    (work / ".git").mkdir()
    for path in (installed, work, *installed.rglob("*"), *work.rglob("*")):
        if os.getuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.chmod(0o555 if path.is_dir() else 0o444)
    return installed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--version",), 0, "1.0.0"),
        (("compile",), 0, "Record the attempt"),
        (("check",), 0, "no finding"),
        (("init",), 0, "nothing to change"),
        (
            ("init", "new.yml", "--write"),
            2,
            "new.yml can't be written: Permission denied",
        ),
        (("rehearse", "--list"), 2, "is not a git repository"),
        (("attempts", "x"), 2, "'x' is neither a URL nor an id"),
    ],
)
def test_nothing_is_writable(
    words: tuple[str, ...], code: int, said: str, foreign: Path
) -> None:
    """Without a writable package, project or home folder, each command gives its result
    or a clear error."""
    done = run_installed(
        foreign, *words, path=os.environ["PATH"], prefix=WITHOUT_RIGHTS
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("compile",), 0, "Record the attempt"),
        (("check",), 0, "no finding"),
        (("init",), 2, "no Nx workspace"),
        (("rerun", "x"), 2, "'x' is neither a URL nor an id"),
    ],
)
def test_what_needs_no_command_works_without_any(
    words: tuple[str, ...], code: int, said: str, installed: Path
) -> None:
    """Commands other than `dte rehearse` work without git and node."""
    done = run_installed(installed, *words, path=str(installed / "no-commands"))
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


def test_a_machine_without_git_and_node_gets_a_clear_error(installed: Path) -> None:
    """Without any command on PATH, a rehearsal ends with an error, not a traceback."""
    done = run_installed(installed, "rehearse", path=str(installed / "no-commands"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("error: ")
    assert "the command git is not on PATH" in done.stderr
    assert "install git" in done.stderr
    assert "Traceback" not in done.stderr
