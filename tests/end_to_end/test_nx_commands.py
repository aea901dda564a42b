"""The orb runs the same Nx commands as Nx's recipe, in the same order."""

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.configs import config_of_orb
from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.fake_tools import install_fakes, read_calls
from tests.git import git, make_repository

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ORBS = {"your-namespace/dte": ROOT / "orb"}
HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "two words\ntouch pwned",
    "--upload-pack=touch pwned",
]


def make_config(
    attempt: dict[str, Any], agent: dict[str, Any], main: dict[str, Any]
) -> str:
    """Return the README's workflow with one agent and these parameters."""
    jobs: list[Any] = [
        {"dte/attempt": attempt},
        {"dte/agent": {"ordinal": 1, "requires": ["dte/attempt"], **agent}},
        {"dte/main": {"requires": ["dte/attempt"], **main}},
    ]
    return config_of_orb(jobs)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of fake npm and npx commands, which only record their arguments."""
    log = install_fakes(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return log


def rehearse_jobs(folder: Path, **parameters: dict[str, Any]) -> Rehearsed:
    """Rehearse the workflow with parameters of attempt, agent and main."""
    jobs = {name: parameters.get(name, {}) for name in ("attempt", "agent", "main")}
    return rehearse_text(folder, make_config(**jobs), orbs=ORBS)


def find_calls(log: Path, *words: str) -> list[list[str]]:
    """Return the recorded calls that start with `words`."""
    return [call for call in read_calls(log) if call[: len(words)] == list(words)]


def test_main_runs_the_recipe_s_commands_in_its_order(
    tmp_path: Path, log: Path
) -> None:
    """Main starts the run, records the format check and runs the affected tasks."""
    done = rehearse_jobs(tmp_path)
    base = next(line for line in done.lines("dte/main") if line.startswith("NX_BASE="))
    head = next(line for line in done.lines("dte/main") if line.startswith("NX_HEAD="))
    calls = [call[1:] for call in find_calls(log, "npx")]
    calls.remove(["nx-cloud", "start-agent"])
    assert calls == [
        [
            "nx-cloud",
            "start-ci-run",
            "--distribute-on=manual",
            "--stop-agents-after=lint,test,build,e2e-ci",
        ],
        ["nx-cloud", "record", "--", "nx", "format:check"],
        [
            "nx",
            "affected",
            "--base=" + base.removeprefix("NX_BASE="),
            "--head=" + head.removeprefix("NX_HEAD="),
            "--targets=lint,test,build,e2e-ci",
            "--parallel=2",
            "--configuration=ci",
        ],
        ["nx-cloud", "stop-all-agents"],
    ]
    assert len(find_calls(log, "npm", "ci")) == 2


def test_the_migrated_config_runs_the_same_commands(tmp_path: Path, log: Path) -> None:
    """The two configs in docs/migrate.md run the same Nx commands in the same order."""
    page = (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8")
    by_hand, with_dte = re.findall(
        r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL
    )
    ran = []
    for number, config in enumerate((by_hand, with_dte)):
        log.write_text("")
        folder = tmp_path / str(number)
        folder.mkdir()
        rehearse_text(folder, config, orbs=ORBS, contexts={"circleci-api": {}})
        calls = [tuple(call[1:3]) for call in find_calls(log, "npx")]
        agents = [call for call in calls if call == ("nx-cloud", "start-agent")]
        ran.append((len(agents), [call for call in calls if call not in agents]))
    assert ran[0] == ran[1]
    assert ran[0] == (
        3,
        [
            ("nx-cloud", "start-ci-run"),
            ("nx-cloud", "record"),
            ("nx", "affected"),
            ("nx-cloud", "stop-all-agents"),
        ],
    )


def test_every_parameter_of_nx_orb_has_its_row() -> None:
    """docs/migrate.md maps each parameter of nrwl/nx-orb 1.7.0 to one of dte."""
    page = (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8")
    rows = page.split("| `nx/set-shas` |")[1].split("\n\n")[0]
    named = set(re.findall(r"^\| `([a-z-]+)", rows, re.MULTILINE))
    assert named == {
        "main-branch-name",
        "error-on-no-successful-workflow",
        "workflow-name",
        "allow-on-hold-workflow",
        "allow-not-run-workflow",
        "skip-branch-filter",
    }
    command = yaml.safe_load((ROOT / "orb" / "commands" / "set_shas.yml").read_text())
    ours = set(re.findall(r"`([a-z]+_[a-z_]+|workflow)[:`]", rows))
    assert ours
    assert ours <= command["parameters"].keys()


def test_the_recipe_s_own_stop_line(tmp_path: Path, log: Path) -> None:
    """`stop_agents_after: e2e-ci` results in the same option as in Nx's recipe."""
    rehearse_jobs(tmp_path, main={"stop_agents_after": "e2e-ci"})
    (call,) = find_calls(log, "npx", "nx-cloud", "start-ci-run")
    assert call[-1] == "--stop-agents-after=e2e-ci"


def test_the_parameters_of_main(tmp_path: Path, log: Path) -> None:
    """The values of main's parameters reach Nx as separate arguments."""
    done = rehearse_jobs(
        tmp_path,
        main={
            "targets": "lint, build",
            "parallel": 5,
            "configuration": "",
            "record": [{"run": {"name": "Mine", "command": "echo mine"}}],
            "nx_arguments": "--exclude 'a b' \"c\"",
            "install": "",
            "setup": [{"run": {"name": "Packages", "command": "npm my-install"}}],
        },
    )
    (call,) = find_calls(log, "npx", "nx", "affected")
    assert call[5:] == [
        *("--targets=lint,build", "--parallel=5"),
        *("--exclude", "a b", "c"),
    ]
    assert find_calls(log, "npm", "my-install") == [["npm", "my-install"]]
    assert "mine" in done.lines("dte/main")
    assert not find_calls(log, "npx", "nx-cloud", "record")


def test_the_install_runs_in_the_working_directory(tmp_path: Path, log: Path) -> None:
    """With `working_directory` install and Nx run in that folder of the checkout."""
    (tmp_path / "project" / "apps here").mkdir(parents=True)
    (tmp_path / "project" / "apps here" / "nx.json").write_text("{}")
    setup = [{"run": {"name": "Look", "command": "ls"}}]
    record = [{"run": {"name": "Where", "command": 'ls "$DTE_NX_ROOT/node_modules"'}}]
    done = rehearse_jobs(
        tmp_path,
        agent={"working_directory": "apps here"},
        main={"working_directory": "apps here", "setup": setup, "record": record},
    )
    assert set(done.statuses().values()) == {"success"}


def test_the_working_directory_may_start_with_the_home_folder(
    tmp_path: Path, log: Path
) -> None:
    """If `working_directory` is `~/…`, the format check also runs in that folder."""
    (tmp_path / "project" / "apps").mkdir(parents=True)
    (tmp_path / "project" / "apps" / "nx.json").write_text("{}")
    there = {"working_directory": "~/project/apps"}
    done = rehearse_jobs(tmp_path, agent=there, main=there)
    assert set(done.statuses().values()) == {"success"}, done.lines("dte/main")
    assert find_calls(log, "npx", "nx-cloud", "record")


def test_an_open_quote_is_an_error(tmp_path: Path, log: Path) -> None:
    """An open quote in nx_arguments fails main with a message that shows the text."""
    done = rehearse_jobs(tmp_path, main={"nx_arguments": "--exclude 'a"})
    assert done.step("dte/main", "Run the affected tasks").exit_code == 2
    assert any("can't be split into words" in line for line in done.lines("dte/main"))


def test_a_failing_main_stops_the_agents(tmp_path: Path, log: Path) -> None:
    """If a step after the checkout fails, main's last step stops the agents."""
    record = [{"run": {"name": "Breaks", "command": "exit 1"}}]
    rehearse_jobs(tmp_path, main={"record": record})
    of_main = [call[1:] for call in find_calls(log, "npx") if "start-agent" not in call]
    assert of_main[-1] == ["nx-cloud", "stop-all-agents"]


def test_a_passing_main_stops_the_agents_once(tmp_path: Path, log: Path) -> None:
    """Main stops the agents after a success, in case nothing was affected."""
    rehearse_jobs(tmp_path)
    assert len(find_calls(log, "npx", "nx-cloud", "stop-all-agents")) == 1


@pytest.mark.parametrize("value", HOSTILE)
def test_no_parameter_is_run_as_code(tmp_path: Path, log: Path, value: str) -> None:
    """Values with shell code pass through every job unchanged."""
    quoted = shlex.quote(value)
    done = rehearse_jobs(
        tmp_path,
        attempt={"workflow": value, "accept_statuses": value},
        agent={"install": f"npm ci {quoted}"},
        main={
            "install": f"npm ci {quoted}",
            "targets": value,
            "stop_agents_after": value,
            "configuration": value,
            "nx_arguments": quoted,
        },
    )
    assert done.statuses()["dte/agent"] == "success"
    assert [call[-1] for call in find_calls(log, "npm", "ci")] == [value, value]
    (started,) = find_calls(log, "npx", "nx-cloud", "start-ci-run")
    targets = ",".join(value.split())
    assert started[-1] == f"--stop-agents-after={targets}"
    (affected,) = find_calls(log, "npx", "nx", "affected")
    assert affected[5:] == [
        f"--targets={targets}",
        "--parallel=2",
        f"--configuration={value}",
        value,
    ]
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("value", HOSTILE)
def test_no_branch_parameter_is_run_as_code(
    tmp_path: Path, log: Path, value: str
) -> None:
    """Branch names and remotes with shell code are refused, not run."""
    names = ("main_branch", "base_branch", "remote")
    done = rehearse_jobs(
        tmp_path,
        attempt={"main_branch": value},
        main={**dict.fromkeys(names, value), "when_no_base": "error"},
    )
    assert done.job("dte/main").failed_step == "Set NX_BASE and NX_HEAD"
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    "branch",
    ["a$(touch${IFS}pwned)", "a`touch${IFS}pwned`", "a'\"b", "--upload-pack=x", "ü/ö"],
)
def test_no_branch_name_is_run_as_code(tmp_path: Path, log: Path, branch: str) -> None:
    """A branch name with shell code or a git option passes through every job."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "file").touch()
    git(make_repository(project), "update-ref", f"refs/heads/{branch}", "HEAD")
    done = rehearse_text(tmp_path, make_config({}, {}, {}), orbs=ORBS, branch=branch)
    assert set(done.statuses().values()) == {"success"}, done.heard.lines
    assert not list(tmp_path.rglob("pwned"))


def test_no_tag_is_run_as_code(tmp_path: Path, log: Path) -> None:
    """A tag name with shell code passes through every job."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "file").touch()
    tag = "v1$(touch${IFS}pwned)`touch${IFS}pwned`"
    git(make_repository(project), "tag", tag)
    every: dict[str, Any] = {"filters": {"tags": {"only": "/.*/"}}}
    config = make_config(every, every, every)
    done = rehearse_text(tmp_path, config, orbs=ORBS, tag=tag)
    assert set(done.statuses().values()) == {"success"}, done.heard.lines
    assert not list(tmp_path.rglob("pwned"))
