"""nx.json is read as Nx reads it, and decides whether Nx Cloud is connected."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scripts.nx_job import NxJob

from failures import Refusal  # isort: skip
from nx_cloud import check_connection  # isort: skip
from nx_json import find_root, parse_jsonc, read_nx_json, strip_comments  # isort: skip

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=5)
COMMENTS = st.sampled_from(["", " ", '// a, "b" }\n', "/* [1,\n // */", "/**/"])


@given(OBJECTS, st.data())
def test_comments_change_nothing(value: dict[str, Any], data: st.DataObject) -> None:
    """Comments and trailing commas do not change the parsed object."""
    words = re.findall(
        r'"(?:[^"\\]|\\.)*"|[^"\s\[\]{}:,]+|[\[\]{}:,]',
        json.dumps(value, ensure_ascii=data.draw(st.booleans())),
    )
    text = ""
    for word in words:
        trailing = word in ("]", "}") and not text.rstrip().endswith(("[", "{", ","))
        # A comma after a line comment would be part of the comment.
        comma = "," if trailing and data.draw(st.booleans()) else ""
        text += data.draw(COMMENTS) + comma + data.draw(COMMENTS) + word
    assert parse_jsonc(text + data.draw(COMMENTS)) == value


@given(st.text(alphabet='{}[]",:/*\\ \n1a') | st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text gives an object or a ValueError, and valid JSON keeps its value."""
    with contextlib.suppress(ValueError):
        parse_jsonc(text)
    try:
        value = json.loads(text)
    except ValueError:
        return
    assert json.loads(strip_comments(text)) == value


def test_a_long_file_is_read_quickly() -> None:
    """A hundred thousand unterminated strings or comments are refused quickly."""
    for text in ('{"a' * 100_000, "/*" * 100_000, "[" * 100_000, ',"' * 100_000):
        with pytest.raises((ValueError, RecursionError)):
            parse_jsonc(text)


@pytest.mark.parametrize(
    "name", ["./base.json", "./base", "preset/base.json", "preset/base"]
)
def test_the_extended_file_is_read_too(nx_job: NxJob, name: str) -> None:
    """The workspace's own fields take precedence over the file that it extends."""
    base = '{"nxCloudId": "base", "neverConnectToCloud": false, /* and */ }'
    nx_job.write("base.json", base)
    nx_job.write("node_modules/preset/base.json", base)
    nx_job.write("nx.json", json.dumps({"extends": name, "nxCloudId": "own"}))
    fields = read_nx_json(nx_job.checkout)
    assert (fields["nxCloudId"], fields["neverConnectToCloud"]) == ("own", False)


def test_the_extended_file_may_be_missing(nx_job: NxJob) -> None:
    """If a preset is missing, as before the install, only nx.json is read."""
    nx_job.write("nx.json", '{"extends": "nx/presets/npm.json", "nxCloudId": "own"}')
    assert read_nx_json(nx_job.checkout)["nxCloudId"] == "own"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": }', "\ufeff{"])
def test_a_broken_file_is_named(nx_job: NxJob, text: str) -> None:
    """If nx.json is invalid, the error names the file."""
    nx_job.write("nx.json", text)
    with pytest.raises(Refusal, match=r"nx\.json can't be read"):
        read_nx_json(nx_job.checkout)


def test_the_workspace_is_found_from_below(nx_job: NxJob, tmp_path: Path) -> None:
    """The workspace is the nearest folder, going up, that contains nx.json."""
    nx_job.write("packages/shop/package.json", "{}")
    assert find_root(nx_job.checkout / "packages" / "shop") == nx_job.checkout
    assert find_root(tmp_path) is None


CONNECTED = [
    ({"nxCloudAccessToken": "t"}, {}, "a token in nx.json"),
    ({"nxCloudId": "i"}, {}, "nxCloudId in nx.json"),
    ({"nxCloudId": "i"}, {"NX_CLOUD_AUTH_TOKEN": "t"}, "NX_CLOUD_AUTH_TOKEN and nx"),
    ({}, {"NX_CLOUD_ACCESS_TOKEN": "t"}, "NX_CLOUD_ACCESS_TOKEN"),
    ({}, {"NX_CLOUD_ACCESS_TOKEN": "t", "NX_NO_CLOUD": "false"}, "NX_CLOUD_ACCESS"),
    ({"tasksRunnerOptions": {"default": {"runner": "nx-cloud"}}}, {}, "tasks runner"),
    (
        {
            "tasksRunnerOptions": {
                "x": {"runner": "@nrwl/nx-cloud", "options": {"accessToken": "t"}}
            }
        },
        {},
        "a token in nx.json",
    ),
]
NOT_CONNECTED = [
    ({}, {}, "no token is set"),
    ({"nxCloudId": ""}, {}, "no token is set"),
    ({"tasksRunnerOptions": {"default": {"runner": "nx/tasks"}}}, {}, "no token"),
    ({"tasksRunnerOptions": ["nx-cloud"]}, {}, "no token is set"),
    ({"nxCloudId": "i", "neverConnectToCloud": True}, {}, "neverConnectToCloud"),
    ({}, {"NX_CLOUD_ACCESS_TOKEN": "t", "NX_NO_CLOUD": "true"}, "NX_NO_CLOUD"),
]


@pytest.mark.parametrize(("fields", "env", "says"), CONNECTED)
def test_connected(
    nx_job: NxJob,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, Any],
    env: dict[str, str],
    says: str,
) -> None:
    """Each kind of connection that Nx accepts is detected and named."""
    nx_job.write("nx.json", json.dumps(fields))
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    connection = check_connection(nx_job.checkout)
    assert not connection.problem
    assert says in str(connection)


@pytest.mark.parametrize(("fields", "env", "says"), NOT_CONNECTED)
def test_not_connected(
    nx_job: NxJob,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, Any],
    env: dict[str, str],
    says: str,
) -> None:
    """Each reason why Nx is not connected is detected and named."""
    nx_job.write("nx.json", json.dumps(fields))
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert says in check_connection(nx_job.checkout).problem


@pytest.mark.parametrize("file", [".env", ".local.env", ".env.local"])
def test_a_token_in_a_file(nx_job: NxJob, file: str) -> None:
    """A non-empty token in a file that Nx loads connects the workspace."""
    nx_job.write(file, "NX_CLOUD_ACCESS_TOKEN=\n#NX_CLOUD_ACCESS_TOKEN=t\n")
    assert check_connection(nx_job.checkout).problem
    nx_job.write(file, "A=1\nexport NX_CLOUD_ACCESS_TOKEN='t'\n")
    assert str(check_connection(nx_job.checkout)) == f"a token in {file}"


def test_a_token_in_nx_cloud_env(nx_job: NxJob) -> None:
    """Nx reads nx-cloud.env only if nx.json connects the workspace."""
    nx_job.write("nx-cloud.env", "NX_CLOUD_ACCESS_TOKEN=t\n")
    assert check_connection(nx_job.checkout).problem
    nx_job.write("nx.json", '{"nxCloudId": "i"}')
    assert check_connection(nx_job.checkout).token == "a token in nx-cloud.env"


@given(OBJECTS)
def test_no_object_breaks_the_decision(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]
) -> None:
    """Whatever Nx Cloud's keys in nx.json contain, dte decides if Nx is connected."""
    folder = tmp_path_factory.mktemp("ws")
    names = ["nxCloudId", "tasksRunnerOptions", "extends", "neverConnectToCloud"]
    renamed = dict(zip(names, fields.values(), strict=False))
    (folder / "nx.json").write_text(json.dumps(renamed))
    assert str(check_connection(folder))


def test_an_id_is_not_a_token(nx_job: NxJob) -> None:
    """A workspace id without a token causes a warning, or a run without agents."""
    nx_job.write("nx.json", '{"nxCloudId": "i"}')
    done = nx_job.run("start_ci_run", DTE_TARGETS="build", NX_CLOUD_ACCESS_TOKEN="")
    assert done.returncode == 0
    assert "warning: no token is set; Nx Cloud may refuse this job" in done.stderr
    done = nx_job.run(
        "start_ci_run",
        DTE_TARGETS="build",
        NX_CLOUD_ACCESS_TOKEN="",
        DTE_WHEN_NOT_CONNECTED="run_without_agents",
    )
    assert "notice: no token is set, so this job runs without agents." in done.stderr
    assert len(nx_job.read_calls()) == 1
