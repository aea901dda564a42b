"""Read the address of CircleCI's API and the token from the job's environment."""

import re

from failures import UsageError
from settings import read

_ADDRESS = re.compile(
    r"https?://(?P<host>(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?)(?:/[!-~]*)?"
)
_API_HOSTS = {"app.circleci.com": "circleci.com"}


def read_api_url() -> str:
    """Return the address of API v2, without a slash at its end; raises `UsageError`.

    Only the host of CIRCLE_BUILD_URL is used, because its path depends on the kind of
    project ("Project values and variables" in CircleCI's docs).
    """
    url = read("DTE_API_URL")
    if url and not _ADDRESS.fullmatch(url):
        raise UsageError(
            "DTE_API_URL is not a plain http or https address",
            suggestions=["use the form https://circleci.example.com/api/v2"],
        )
    if url:
        return url.rstrip("/")
    found = _ADDRESS.fullmatch(read("CIRCLE_BUILD_URL"))
    host = found.group("host") if found else "circleci.com"
    return "https://{}/api/v2".format(_API_HOSTS.get(host, host))


def read_token() -> str:
    """Return the CircleCI API token or ""; raises `UsageError` if it is malformed."""
    name = "CIRCLE_TOKEN" if read("CIRCLE_TOKEN") else "CIRCLE_API_TOKEN"
    token = read(name).strip()
    if not re.fullmatch(r"[!-~]*", token) or set(token) & set('"\\'):
        raise UsageError(
            "{} contains characters that are invalid in a CircleCI token".format(name),
            suggestions=["copy the token again, without spaces and quotes"],
        )
    return token
