"""The stand-in's server: access, content, faults, and shutdown."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from dte.nx_cloud import Faults, NxCloud

TIMEOUT = 60


def get(cloud: NxCloud, path: str, token: str = "") -> requests.Response:
    """Request a path, by default with the stand-in's token."""
    headers = {"Authorization": f"Bearer {token or cloud.token}"}
    return requests.get(cloud.url + path, headers=headers, timeout=TIMEOUT)


def post(cloud: NxCloud, path: str, **message: Any) -> requests.Response:
    """Send a message as the stand-in's client does."""
    headers = {"Authorization": f"Bearer {cloud.token}"}
    return requests.post(
        cloud.url + path, json=message, headers=headers, timeout=TIMEOUT
    )


def put(cloud: NxCloud, key: str, content: bytes) -> int:
    """Store an archive as Nx does."""
    headers = {"Authorization": f"Bearer {cloud.token}"}
    url = f"{cloud.url}/v1/cache/{key}"
    return requests.put(url, data=content, headers=headers, timeout=TIMEOUT).status_code


def test_nx_is_pointed_at_the_stand_in_itself(cloud: NxCloud) -> None:
    """The client's address is on loopback, and leads to an archive."""
    verify = requests.get(f"{cloud.url}/nx-cloud/client/verify", timeout=TIMEOUT).json()
    assert verify["valid"] is False
    assert verify["url"].startswith(cloud.url)
    assert requests.get(verify["url"], timeout=TIMEOUT).content[:2] == b"\x1f\x8b"


def test_a_client_of_this_version_is_valid(cloud: NxCloud) -> None:
    """Nx downloads the client once, not at every verification."""
    url = f"{cloud.url}/nx-cloud/client/verify"
    version = requests.get(url, timeout=TIMEOUT).json()["version"]
    again = requests.get(url, params={"version": version}, timeout=TIMEOUT).json()
    assert again["valid"] is True


@pytest.mark.parametrize("path", ["/v1/cache/abc", "/nonsense"])
def test_a_wrong_token_is_refused(cloud: NxCloud, path: str) -> None:
    """Every request without the right token gets 401."""
    assert get(cloud, path, token="wrong").status_code == 401
    assert requests.get(cloud.url + path, timeout=TIMEOUT).status_code == 401
    assert get(cloud, path).status_code == 404


def test_outputs_are_kept_for_the_others(cloud: NxCloud) -> None:
    """An archive is stored once (200), then refused (409), and is read unchanged."""
    assert put(cloud, "abc", b"outputs") == 200
    assert put(cloud, "abc", b"other") == 409
    assert get(cloud, "/v1/cache/abc").content == b"outputs"


def test_a_message_that_makes_no_sense_is_refused(cloud: NxCloud) -> None:
    """A client's mistake is answered with 400 and the reason, not with a crash."""
    answer = post(cloud, "/agents/ask", run="w1", agent="stranger")
    assert (answer.status_code, answer.text) == (400, "no agent 'stranger' in run w1")
    assert post(cloud, "/commands/follow", run="w1", command=3).status_code == 400
    assert post(cloud, "/runs/start", stopAfter="lint").status_code == 400


def test_a_task_travels_from_main_to_an_agent_and_back(cloud: NxCloud) -> None:
    """Main's task reaches the agent with its arguments; the result reaches main."""
    post(cloud, "/runs/start", run="w1", stopAfter=["test"])
    task = {"id": "a:test", "hash": "h", "needs": [], "args": ["--fast"]}
    post(cloud, "/commands/add", run="w1", targets=["test"], tasks=[task])
    agent = {"run": "w1", "agent": "dte/agent-1"}
    post(cloud, "/agents/join", **agent)
    assert post(cloud, "/agents/ask", **agent).json() == {
        "task": {"id": "a:test", "hash": "h", "args": ["--fast"]},
        "end": "",
        "error": "",
    }
    result = {"task": "a:test", "cache": "miss", "exitCode": 3, "durationMs": 1500}
    post(cloud, "/agents/report", **agent, **result, startedMs=2000, output="no")
    follow = post(cloud, "/commands/follow", run="w1", command=0, seen=0).json()
    assert follow["done"] is True
    assert follow["results"][0]["output"] == "no"
    assert follow["results"][0]["state"] == "failed"
    [execution] = cloud.executions()
    assert (execution.agent, execution.exit_code) == ("dte/agent-1", 3)
    assert (execution.started, execution.seconds) == (2.0, 1.5)
    assert post(cloud, "/agents/ask", **agent).json()["end"]


def test_runs_of_different_workflows_are_apart(cloud: NxCloud) -> None:
    """Stopping the agents of one workflow doesn't stop those of another workflow."""
    for run in ("w1", "w2"):
        post(cloud, "/agents/join", run=run, agent="a")
    post(cloud, "/runs/complete", run="w1")
    assert post(cloud, "/agents/ask", run="w1", agent="a").json()["end"]
    assert not post(cloud, "/agents/ask", run="w2", agent="a").json()["end"]


@pytest.mark.parametrize(
    ("faults", "text"),
    [
        (Faults(reject_token=True), "does not accept this access token"),
        (Faults(over_limit=True), "organization has been disabled"),
    ],
)
def test_a_refused_token_is_a_fault(cloud: NxCloud, faults: Faults, text: str) -> None:
    """While the fault is set, the right token works only for Nx's cache."""
    cloud.set_faults(faults)
    refused = post(cloud, "/runs/complete", run="w1")
    assert refused.status_code == 401
    assert text in refused.text
    assert get(cloud, "/v1/cache/abc").status_code == 404
    assert get(cloud, "/v1/cache/abc", token="other").status_code == 401
    cloud.set_faults(Faults())
    assert post(cloud, "/runs/complete", run="w1").status_code == 200


def test_downloads_fail_as_often_as_told() -> None:
    """The client's download fails n times and then works."""
    with NxCloud(faults=Faults(fail_client_downloads=2)) as cloud:
        url = get(cloud, "/nx-cloud/client/verify").json()["url"]
        answers = [requests.get(url, timeout=TIMEOUT).status_code for _ in range(3)]
    assert answers == [503, 503, 200]


def test_downloads_break_off_as_often_as_told() -> None:
    """The client's download breaks off n times, and is then complete."""
    with NxCloud(faults=Faults(cut_client_downloads=1)) as cloud:
        url = get(cloud, "/nx-cloud/client/verify").json()["url"]
        cut, whole = (requests.get(url, timeout=TIMEOUT).content for _ in range(2))
    assert len(cut) < len(whole)
    assert whole.startswith(cut)


def test_an_unreachable_stand_in_closes_connections(cloud: NxCloud) -> None:
    """With `unreachable` the server closes connections without an answer."""
    cloud.set_faults(Faults(unreachable=True))
    with pytest.raises(requests.ConnectionError):
        get(cloud, "/v1/cache/abc")


def test_a_stand_in_can_become_unreachable_in_the_middle(cloud: NxCloud) -> None:
    """With `unreachable_after: n`, the server answers n requests, and then no more."""
    cloud.set_faults(Faults(unreachable_after=2))
    for _ in range(2):
        assert get(cloud, "/v1/cache/abc").status_code == 404
    with pytest.raises(requests.ConnectionError):
        get(cloud, "/v1/cache/abc")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """After the `with` block, the port is closed, and no server thread is left."""
    before = set(threading.enumerate())
    with NxCloud(folder=tmp_path) as cloud:
        put(cloud, "abc", b"outputs")
        assert (tmp_path / "abc").exists()
    with pytest.raises(requests.ConnectionError):
        get(cloud, "/v1/cache/abc")
    left = {thread for thread in threading.enumerate() if not thread.daemon}
    assert left <= before


def test_a_job_is_told_where_the_stand_in_is(cloud: NxCloud) -> None:
    """Nx, its client and its cache get the stand-in's address and token."""
    environment = cloud.job_environment()
    assert environment["NX_CLOUD_API"] == cloud.url
    assert environment["NX_SELF_HOSTED_REMOTE_CACHE_SERVER"] == cloud.url
    assert environment["NX_CLOUD_ACCESS_TOKEN"] == cloud.token
    assert environment["NO_PROXY"].endswith("127.0.0.1")
