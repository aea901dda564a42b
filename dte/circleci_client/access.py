"""Finds the API's address and the token, and decides which hosts get the token.

The token comes from the environment, or from the settings file of CircleCI's CLI. dte
sends the token only to circleci.com or to the configured host, because the host in a
URL that somebody sends you must not receive it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from dte.errors import UserError

CLOUD = "https://circleci.com"
CLOUD_HOSTS = ("circleci.com", "app.circleci.com", "www.circleci.com")
TOKENS = ("CIRCLECI_CLI_TOKEN", "CIRCLE_TOKEN")
HOST = "CIRCLECI_CLI_HOST"
API_URL = "DTE_API_URL"


@dataclass(frozen=True)
class Access:
    """The API's address, the token (may be empty), and where the token was found."""

    api: str
    token: str = field(repr=False)
    source: str = ""

    @property
    def web(self) -> str:
        """The address of this host's web app."""
        host = self.api.removesuffix("/api/v2")
        return "https://app.circleci.com" if host == CLOUD else host

    def link(self, workflow: str) -> str:
        """Return the address of a workflow in the web app."""
        return f"{self.web}/pipelines/workflows/{workflow}"


def find_access(host: str, environment: Mapping[str, str], home: Path) -> Access:
    """Return the access to the API of `host`; empty means the configured host.

    `DTE_API_URL` replaces the address of the API. Raises `UserError` for every host
    except CircleCI's cloud and the configured host.
    """
    settings = read_cli_settings(home / ".circleci" / "cli.yml")
    token, source = find_token(environment, settings)
    if api := environment.get(API_URL):
        return Access(api.rstrip("/"), token, source)
    configured = environment.get(HOST) or settings.get("host", "")
    own = configured.rstrip("/") or CLOUD
    if host and urlsplit(host).netloc in CLOUD_HOSTS:
        host = CLOUD
    if host and host not in (CLOUD, own):
        raise UserError(
            f"{host} is not a configured host, so it doesn't get the token",
            suggestions=[f"for your CircleCI Server, set {HOST}={host}"],
        )
    return Access(f"{host or own}/api/v2", token, source)


def find_token(
    environment: Mapping[str, str], settings: Mapping[str, str]
) -> tuple[str, str]:
    """Return the token, and where it was found; both are empty if no token exists."""
    for name in TOKENS:
        if environment.get(name):
            return environment[name], name
    if settings.get("token"):
        return settings["token"], "~/.circleci/cli.yml"
    return "", ""


def read_cli_settings(path: Path) -> dict[str, str]:
    """Return the `host` and the `token` in the settings file of CircleCI's CLI.

    The result has only the keys that the file sets; without a file, it is empty.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        # The parser's message would quote the line with the token.
        raise UserError(
            f"{path} can't be read as YAML",
            suggestions=["run: circleci setup", f"or set {TOKENS[0]}"],
        ) from None
    if not isinstance(document, dict):
        return {}
    return {
        name: value
        for name in ("host", "token")
        if isinstance(value := document.get(name), str)
    }
