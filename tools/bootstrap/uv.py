"""Runs uv with the index, certificates and proxy that pip is configured with.

uv does not read pip's settings. A machine behind a mirror often configures pip only, so
this module passes pip's settings to uv, except those whose uv variable the user set.
"""

import ast
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bootstrap.run import run_quietly
from tools.places import CACHE, ENVIRONMENT, ROOT

VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
}
PRECEDENCE = ("global", "install", ":env:")
SETTING = re.compile(r"^(?P<section>[\w:]+)\.(?P<name>[\w-]+)=(?P<value>'.*'|\".*\")$")


def uv(*words: str | Path, failure: str) -> str:
    """Run the virtual environment's uv and return its output."""
    scripts = ENVIRONMENT / "bin"
    settings = run_quietly(
        [scripts / "python", "-E", "-s", "-m", "pip", "config", "list"],
        environment={"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        failure="pip could not list its settings.",
    )
    return run_quietly(
        [scripts / "uv", "--quiet", *words],
        environment={
            **translate(settings, os.environ),
            "UV_CACHE_DIR": str(CACHE / "uv"),
            "UV_PYTHON_DOWNLOADS": "never",
        },
        folder=ROOT,
        failure=failure,
    )


def translate(settings: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return uv's variables for the settings that `pip config list` printed."""
    found = [match for line in settings.splitlines() if (match := SETTING.match(line))]
    variables: dict[str, str] = {}
    for section in PRECEDENCE:
        for match in found:
            name = VARIABLES.get(match["name"], "")
            if match["section"] == section and name and not environment.get(name):
                value = " ".join(str(ast.literal_eval(match["value"])).split())
                variables[name] = value
    if links := variables.pop("UV_FIND_LINKS", ""):
        variables["UV_FIND_LINKS"] = ",".join(existing(links.split()))
    return {name: value for name, value in variables.items() if value}


def existing(links: Sequence[str]) -> list[str]:
    """Return `links` without missing folders, because uv would fail for those."""
    return [link for link in links if "://" in link or Path(link).exists()]
