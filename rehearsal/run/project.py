"""The project that is rehearsed: a bare git repository that every checkout clones."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rehearsal.errors import UserError

_IDENTITY = ("-c", "user.name=dte", "-c", "user.email=dte@example.invalid")


@dataclass(frozen=True)
class Project:
    """Where the pipeline's revision comes from; `note` says what was taken along."""

    url: str
    branch: str
    tag: str
    revision: str
    note: str = ""


def run_git(*words: str, cwd: Path) -> str:
    """git's stdout without its last newline; raises `UserError` with its stderr."""
    env = {
        name: text for name, text in os.environ.items() if not name.startswith("GIT_")
    }
    result = subprocess.run(
        ["git", *words],
        cwd=cwd,
        env={**env, "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    if result.returncode:
        raise UserError(
            f"git {words[0]} failed in {cwd}: {result.stderr.strip()}",
            suggestions=["name a git repository or a folder with --project"],
        )
    return result.stdout.removesuffix("\n")


def take_project(source: Path, origin: Path) -> Project:
    """Copy what is committed in `source` into the bare repository `origin`.

    Gives the project at the branch that is checked out. A folder that is not the top
    of a git repository becomes one commit of what it holds, on `main`.
    """
    if not source.is_dir():
        raise UserError(
            f"there is no folder {source}", suggestions=["name it with --project"]
        )
    if not (source / ".git").exists():
        return _snapshot(source, origin)
    run_git("clone", "--quiet", "--mirror", str(source), str(origin), cwd=source)
    _serve_partial_clones(origin)
    dirty = run_git("status", "--porcelain", cwd=source)
    return Project(
        origin.as_uri(),
        branch=run_git("rev-parse", "--abbrev-ref", "HEAD", cwd=source),
        tag="",
        revision=run_git("rev-parse", "HEAD", cwd=source),
        note="changes that are not committed are not rehearsed" if dirty else "",
    )


def choose_branch(
    project: Project, origin: Path, branch: str, revision: str
) -> Project:
    """The project at `branch`, which the origin then has at `revision`, if given.

    Raises `UserError` for a branch or a revision that the repository doesn't have.
    """
    if branch == "HEAD":
        raise UserError(
            "no branch is checked out", suggestions=["name it with --branch"]
        )
    full = f"refs/heads/{branch}"
    found = _resolve(origin, revision or full)
    run_git("update-ref", full, found, cwd=origin)
    return replace(project, branch=branch, tag="", revision=found)


def choose_tag(project: Project, origin: Path, tag: str) -> Project:
    """The project at `tag`; raises `UserError` where there is no such tag."""
    revision = _resolve(origin, f"refs/tags/{tag}")
    return replace(project, branch="", tag=tag, revision=revision)


def _resolve(origin: Path, name: str) -> str:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    try:
        return run_git(*words, f"{name}^{{commit}}", cwd=origin)
    except UserError as error:
        raise UserError(
            f"the project has no {name}",
            suggestions=["commit it, or name another with --branch or --tag"],
        ) from error


def _snapshot(source: Path, origin: Path) -> Project:
    tree = origin.with_name("snapshot")
    shutil.copytree(
        source,
        tree,
        symlinks=True,
        ignore=shutil.ignore_patterns("node_modules", ".nx"),
    )
    run_git("init", "--quiet", cwd=tree)
    run_git("symbolic-ref", "HEAD", "refs/heads/main", cwd=tree)
    run_git("add", "--all", cwd=tree)
    run_git(*_IDENTITY, "commit", "--quiet", "-m", "Snapshot", cwd=tree)
    run_git("clone", "--quiet", "--mirror", str(tree), str(origin), cwd=tree)
    _serve_partial_clones(origin)
    revision = run_git("rev-parse", "HEAD", cwd=tree)
    return Project(origin.as_uri(), "main", "", revision, f"{source} as one commit")


def _serve_partial_clones(origin: Path) -> None:
    """CircleCI's default checkout is blobless, which the serving side must allow."""
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        run_git("config", setting, "true", cwd=origin)


def checkout_script(project: Project, method: str) -> Sequence[Sequence[str]]:
    """The git commands of a `checkout` step, run in the folder that it fills.

    Source: CircleCI docs, Configuration reference, `checkout`: `blobless` by default.
    """
    filters = ["--filter=blob:none"] if method == "blobless" else []
    clone = ["git", "clone", "--quiet", "--no-checkout", *filters, project.url, "."]
    if project.tag:
        head = ["update-ref", "--no-deref", "HEAD", project.revision]
        return [clone, ["git", *head], ["git", "reset", "--quiet", "--hard"]]
    # `git checkout -B` would refuse a branch whose name begins with a dash.
    branch = f"refs/heads/{project.branch}"
    return [
        clone,
        ["git", "update-ref", branch, project.revision],
        ["git", "symbolic-ref", "HEAD", branch],
        ["git", "reset", "--quiet", "--hard"],
    ]
