"""The sources of the token, and the host that receives it."""

from pathlib import Path

import pytest

from dte.circleci_client.access import find_access
from dte.errors import UserError

SERVER = "https://circleci.example.com"


def write_settings(home: Path, text: str) -> None:
    """Write the settings file of CircleCI's CLI."""
    (home / ".circleci").mkdir()
    (home / ".circleci" / "cli.yml").write_text(text)


def test_the_environment_takes_precedence_over_the_cli(tmp_path: Path) -> None:
    """The token is from CIRCLECI_CLI_TOKEN, else from CIRCLE_TOKEN, else the CLI's."""
    assert find_access("", {}, tmp_path).token == ""
    write_settings(tmp_path, "host: https://circleci.com\ntoken: of-the-file\n")
    assert find_access("", {}, tmp_path).token == "of-the-file"
    access = find_access("", {"CIRCLE_TOKEN": "ci"}, tmp_path)
    assert (access.token, access.source) == ("ci", "CIRCLE_TOKEN")
    both = {"CIRCLE_TOKEN": "ci", "CIRCLECI_CLI_TOKEN": "cli"}
    assert find_access("", both, tmp_path).token == "cli"
    assert "cli" not in repr(
        find_access("", {"CIRCLE_TOKEN": "cli"}, tmp_path)
    ).replace("circleci", "")


@pytest.mark.parametrize(
    "host", ["", "https://app.circleci.com", "https://circleci.com"]
)
def test_the_cloud_is_the_default(host: str, tmp_path: Path) -> None:
    """Without a host, or with the web app's host, the API is circleci.com's."""
    access = find_access(host, {}, tmp_path)
    assert access.api == "https://circleci.com/api/v2"
    assert access.link("x") == "https://app.circleci.com/pipelines/workflows/x"


def test_a_server_is_used_when_it_is_configured(tmp_path: Path) -> None:
    """CIRCLECI_CLI_HOST or the CLI's config sets the CircleCI Server host."""
    for settings in ({"CIRCLECI_CLI_HOST": f"{SERVER}/"}, {}):
        access = find_access("", settings, tmp_path)
        assert access.api == f"{SERVER}/api/v2"
        assert access.link("x") == f"{SERVER}/pipelines/workflows/x"
        if settings:
            write_settings(tmp_path, f"host: {SERVER}\n")


@pytest.mark.parametrize(
    "host",
    [SERVER, "http://app.circleci.com:81", "https://circleci.com.evil.example"],
)
def test_another_host_gets_no_token(host: str, tmp_path: Path) -> None:
    """A URL with an unconfigured host is an error that names CIRCLECI_CLI_HOST."""
    with pytest.raises(UserError, match="doesn't get the token") as error:
        find_access(host, {"CIRCLE_TOKEN": "t"}, tmp_path)
    assert error.value.suggestions[0].endswith(f"CIRCLECI_CLI_HOST={host}")


@pytest.mark.parametrize("text", ["token: [s3cret\n", "\ttoken: s3cret"])
def test_a_broken_file_is_an_error_without_the_token(text: str, tmp_path: Path) -> None:
    """The error names the settings file and does not quote its text."""
    write_settings(tmp_path, text)
    with pytest.raises(UserError, match=r"cli\.yml can't be read") as error:
        find_access("", {}, tmp_path)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("text", ["", "- a\n", "token: 1\n"])
def test_a_file_without_a_token_has_none(text: str, tmp_path: Path) -> None:
    """A settings file that is empty, or has other content, gives no token."""
    write_settings(tmp_path, text)
    assert find_access("", {}, tmp_path).token == ""
