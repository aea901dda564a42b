"""Every message of `set_shas`, with the fix that it names.

test_circleci.py has the messages about the API.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import Golden
from tests.scripts.jobs import Job
from tests.scripts.messages import MESSAGES
from tests.scripts.records import RunScript
from tests.scripts.repositories import Upstream
from tests.scripts.test_bounded_run import (
    make_hanging,
    start_timeouts_late,
    wait_for_end,
)
from tests.transcripts import BASE


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_names_its_fix(
    name: str, shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """Each problem has its message, its fix and its exit status."""
    message = MESSAGES[name]
    checkout = shop.clone(
        tmp_path / "project", message.head, *message.clone, branch=message.branch
    )
    job = Job(run_script, tmp_path, checkout)
    if message.passed is not None or message.reason:
        passed = message.passed and [shop.commits[one] for one in message.passed]
        job.record(list(passed) if passed is not None else None, reason=message.reason)
    message.arrange(job)
    done = job.set_shas(CIRCLE_BRANCH=message.branch, **message.env)
    assert done.returncode == message.status, done.stderr
    assert message.said in done.stderr
    assert message.fix in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
    assert job.bash_env.exists() == (message.status == 0)
    # If everything counts as affected, the warning names the parameter `when_no_base`.
    fell_back = "no base was found" in done.stderr and message.status == 0
    assert ("warning: using `when_no_base: " in done.stderr) == fell_back


def test_the_base_and_the_head_are_shown(
    tmp_path: Path, run_script: RunScript, golden: Golden
) -> None:
    """The log names both revisions, where the base passed, and how far they differ."""
    shop = Upstream.create(tmp_path / "upstream")
    for name, *parents, subject in (
        ("m3", "Add the cart"),
        ("m4", "m3", "Add a button"),
        ("m5", "m4", "Add a price"),
        ("m6", "m5", "Fix the cart"),
    ):
        shop.commit(name, *parents, subject=subject)
    shop.set_ref("refs/heads/main", "m6")
    checkout = shop.clone(tmp_path / "project", "m6", branch="main")
    job = Job(run_script, tmp_path, checkout)
    place = "pipeline 812, https://app.circleci.com/pipelines/workflows/…"
    job.record([shop.commits["m3"]], passed_in=[place])
    done = job.set_shas(CIRCLE_BRANCH="main")
    BASE.check(golden, done.stderr)


@pytest.mark.parametrize("user", ["me:secret@", "secret@", ""])
def test_the_password_of_a_remote_is_not_shown(user: str) -> None:
    """The user and the password are removed from an address in git's output."""
    from git import hide_passwords

    shown = hide_passwords(f"fatal: https://{user}example.com/a@b failed")
    assert "secret" not in shown
    assert "example.com/a@b failed" in shown


def test_git_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git process that hangs is killed with its children, and a message names it."""
    import git
    from failures import Refusal

    program = make_hanging(tmp_path / "git")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(git, "ASK_SECONDS", 0.5)
    children = start_timeouts_late(monkeypatch, git, program)
    with pytest.raises(Refusal, match=r"git log did not end within 0\.5 s") as refusal:
        git.ask_git(tmp_path, "log")
    assert "when the git host is available again" in str(refusal.value)
    wait_for_end(*children)
