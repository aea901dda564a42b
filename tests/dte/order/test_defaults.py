"""Files with defaults for options: the user's file, and the repository's file."""

import json
from pathlib import Path

import pytest

from dte.errors import UserError
from dte.order.defaults import REPOSITORY_FILE, read_defaults
from tests.configs import one_job
from tests.dte.commands import make_project, run_in


@pytest.fixture
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of the user's file of defaults, which doesn't exist yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "dte"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def test_the_repository_and_an_option_take_precedence(
    tmp_path: Path, user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option overrides the repository's file, which overrides the user's."""
    config = one_job("run: {name: A, command: 'echo $ONE $TWO $DTE_NX_CLOUD_SPEED'}")
    project = make_project(tmp_path / "project", config)
    user_file.write_text('speed = 2\nenv-files = ["user.env"]\n')
    (user_file.parent / "user.env").write_text("ONE=u1\nTWO=u2\n")
    (project / REPOSITORY_FILE).write_text('speed = 7\nenv-files = ["x.env"]\n')
    (project / "x.env").write_text("TWO=r2\n")
    done = run_in(project, monkeypatch, "rehearse", "--verbose")
    assert "u1 r2 7" in done.stdout
    done = run_in(project, monkeypatch, "rehearse", "--verbose", "--set", "TWO=o2")
    assert "u1 o2 7" in done.stdout


def test_orbs_contexts_and_the_project(
    tmp_path: Path, user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repository's file may set orbs, context files, and the project's folder."""
    root = tmp_path / "repository"
    config = one_job("acme/greet").replace(
        "jobs:\n", "orbs: {acme: acme/greetings@1}\njobs:\n", 1
    )
    config = config.replace("[build]", "[build: {context: ci}]")
    make_project(root / "shop", config)
    (root / ".git").mkdir()
    step = "run: {name: Greet, command: 'echo hello $WHO'}"
    (root / "orb.yml").write_text(f"commands: {{greet: {{steps: [{step}]}}}}\n")
    (root / "ci.env").write_text("WHO=me\n")
    (root / REPOSITORY_FILE).write_text(
        'project = "shop"\n[orbs]\n"acme/greetings" = "orb.yml"\n'
        '[context-files]\nci = "ci.env"\n'
    )
    done = run_in(root, monkeypatch, "rehearse", "--verbose")
    assert "hello me" in done.stdout


def test_the_list_shows_the_defaults(
    tmp_path: Path, user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--list` names each default and its file, also with --json."""
    project = make_project(tmp_path / "project", one_job("checkout"))
    (project / REPOSITORY_FILE).write_text("speed = 5\n")
    line = f"{project / REPOSITORY_FILE}: speed: 5"
    done = run_in(project, monkeypatch, "rehearse", "--list")
    assert f"default from {line}" in done.stdout
    done = run_in(project, monkeypatch, "rehearse", "--list", "--json")
    assert json.loads(done.stdout)["defaults"] == [line]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("orb = 1", "unknown key orb"),
        ("x", "can't be read"),
        ("speed = true", "speed is True, not a number above 0"),
        ("speed = -1", "speed is -1, not a number above 0"),
        ('env-files = "a"', "env-files must be a list of strings"),
        ("env-files = [1]", "env-files contains 1, which isn't a string"),
        ('orbs = "a"', "orbs must be a table of strings"),
        ('env-files = ["../x"]', "outside the repository"),
        ('env-files = ["~/.aws/credentials"]', "outside the repository"),
        ('env-files = ["link/passwd"]', "outside the repository"),
        ('project = "/"', "outside the repository"),
        ('[orbs]\na = "/etc"', "outside the repository"),
    ],
)
def test_a_bad_file_is_refused(
    tmp_path: Path, user_file: Path, text: str, says: str
) -> None:
    """Invalid TOML, keys or values, and paths outside the repository are refused."""
    (tmp_path / "link").symlink_to("/etc")
    (tmp_path / REPOSITORY_FILE).write_text(text)
    with pytest.raises(UserError, match=says):
        read_defaults(tmp_path, {"XDG_CONFIG_HOME": str(user_file.parents[1])})


def test_the_user_may_name_any_file(tmp_path: Path) -> None:
    """The user's file may name files outside of the repository."""
    (tmp_path / "dte").mkdir()
    (tmp_path / "dte" / "config.toml").write_text('[orbs]\na = "/etc"\n')
    found = read_defaults(tmp_path / "x", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert found.orbs == {"a": Path("/etc")}


@pytest.mark.parametrize(
    "step",
    [
        "store_artifacts: {path: large}",
        "persist_to_workspace: {root: ., paths: [large]}",
        "save_cache: {key: x, paths: [large]}",
    ],
)
def test_the_size_limit_is_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A step that stores more than `--size-limit` fails, and names the option."""
    make = "run: {name: Make, command: head -c 2000000 /dev/zero >large}"
    project = make_project(tmp_path / "project", one_job(make, step))
    done = run_in(project, monkeypatch, "rehearse", "--size-limit", "1M")
    assert done.exit_code == 1
    assert "more than 1,000,000 bytes: allow more with --size-limit" in done.stdout
    assert run_in(project, monkeypatch, "rehearse", "--size-limit", "2M").exit_code == 0
    wrong = run_in(project, monkeypatch, "rehearse", "--size-limit", "much")
    assert (wrong.exit_code, "not a size like" in wrong.stderr) == (2, True)
