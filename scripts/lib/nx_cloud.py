"""Find out whether this job is connected to Nx Cloud, by Nx's own rules.

Without a connection, `nx start-agent` and `nx start-ci-run` only warn and pass, and the
agents do nothing, so the scripts check the connection first. Source: `isNxCloudUsed`
and `loadEnvVars` in the nx package, 24.0.6.
"""

import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

from nx_json import find_root, read_nx_json
from settings import read

TOKENS = ("NX_CLOUD_AUTH_TOKEN", "NX_CLOUD_ACCESS_TOKEN")
_ENV_FILES = (".local.env", ".env.local", ".env")
# Nx reads this file only if nx.json connects the workspace (nrwl/nx#20424).
_CLOUD_FILE = "nx-cloud.env"
_RUNNERS = ("nx-cloud", "@nrwl/nx-cloud")


class Connection(NamedTuple):
    """How this job is connected. `problem` is empty if the job is connected."""

    root: Path
    token: str = ""
    workspace: str = ""
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return self.problem
        return " and ".join(text for text in (self.token, self.workspace) if text)


def check_connection(folder: Path) -> Connection:
    """Return how the workspace at or above `folder` is connected; raises `Refusal`."""
    found = find_root(folder)
    root = found or folder
    fields = read_nx_json(root) if found else {}
    if read("NX_NO_CLOUD") == "true":
        return Connection(root, problem="NX_NO_CLOUD is true")
    if fields.get("neverConnectToCloud"):
        return Connection(root, problem="nx.json sets neverConnectToCloud")
    runners = _find_runners(fields)
    token = _find_token(root, fields, runners)
    workspace = _find_workspace(fields, runners)
    if token or workspace:
        return Connection(root, token, workspace)
    return Connection(
        root, problem="no token is set, and nx.json has no Nx Cloud workspace"
    )


def _find_runners(fields: Dict[str, Any]) -> List[Dict[str, Any]]:
    options = fields.get("tasksRunnerOptions")
    values = options.values() if isinstance(options, dict) else []
    return [
        value
        for value in values
        if isinstance(value, dict) and value.get("runner") in _RUNNERS
    ]


def _find_token(
    root: Path, fields: Dict[str, Any], runners: List[Dict[str, Any]]
) -> str:
    for name in TOKENS:
        if read(name):
            return name
    connected = bool(
        fields.get("nxCloudAccessToken") or _find_workspace(fields, runners)
    )
    for file in (_CLOUD_FILE, *_ENV_FILES) if connected else _ENV_FILES:
        if _holds_token(root / file):
            return "a token in " + file
    settings = [runner.get("options") for runner in runners]
    if fields.get("nxCloudAccessToken") or any(
        isinstance(options, dict) and options.get("accessToken") for options in settings
    ):
        return "a token in nx.json"
    return ""


def _find_workspace(fields: Dict[str, Any], runners: List[Dict[str, Any]]) -> str:
    if fields.get("nxCloudId"):
        return "nxCloudId in nx.json"
    return "a tasks runner in nx.json" if runners else ""


def _holds_token(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    line = r"^\s*(?:export\s+)?(?:{})\s*[=:]\s*['\"]?[^\s'\"#]".format("|".join(TOKENS))
    return re.search(line, text, re.MULTILINE) is not None
