"""The rehearsed project: a bare git repository that every checkout clones."""

import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dte.errors import UserError
from dte.run.borrow import Clone, borrow, is_dirty, locate_clone
from dte.run.git import run_git


@dataclass(frozen=True)
class Project:
    """The repository and revision of a pipeline; `note` says what is not rehearsed."""

    url: str
    branch: str
    tag: str
    revision: str
    note: str = ""


def take_project(source: Path, origin: Path) -> Project:
    """Make the bare repository `origin` with all commits of `source`.

    Returns the project at the branch that is checked out. A folder that is not the root
    of a git repository becomes one commit of its files, on `main`.
    """
    if not source.is_dir():
        raise UserError(
            f"there is no folder {source}",
            suggestions=["pass an existing folder as --project"],
        )
    source = source.resolve()
    try:
        if not (source / ".git").exists():
            return _take_snapshot(source, origin)
        clone = locate_clone(source)
        _refuse_shallow(clone, source)
        borrow(clone, origin)
    except OSError as error:
        raise UserError(f"{source} can't be copied: {error}") from error
    revision = _find_head(source, origin)
    branch = run_git("rev-parse", "--abbrev-ref", "HEAD", cwd=origin)
    _take_remote_branches(origin, but=branch)
    _serve_partial_clones(origin)
    dirty = is_dirty(clone, source, origin)
    return Project(
        origin.as_uri(),
        branch=branch,
        tag="",
        revision=revision,
        note="uncommitted changes are not rehearsed" if dirty else "",
    )


def _take_remote_branches(origin: Path, *, but: str) -> None:
    """Set the branches of `origin` to the remote branches that the clone knows.

    A user's clone often has no main branch, or an old one. The rehearsed branch `but`
    does not change. A branch that contains its remote branch does not change either.
    """
    own = _list_refs(origin, "refs/heads/", 2)
    for name, revision in _list_refs(origin, "refs/remotes/origin/", 3).items():
        if name in ("HEAD", but) or own.get(name) == revision:
            continue
        missing = f"refs/heads/{name}..{revision}"
        if name in own and run_git("rev-list", "--count", missing, cwd=origin) == "0":
            continue
        # git can't have both branches `a` and `a/b`; the user's own branch stays.
        with suppress(UserError):
            run_git("update-ref", f"refs/heads/{name}", revision, cwd=origin)


def _list_refs(origin: Path, under: str, strip: int) -> dict[str, str]:
    form = f"--format=%(objectname) %(refname:lstrip={strip})"
    lines = run_git("for-each-ref", form, under, cwd=origin).splitlines()
    return {name: revision for revision, _, name in (x.partition(" ") for x in lines)}


def choose_revision(
    project: Project, origin: Path, *, branch: str, revision: str, tag: str
) -> Project:
    """Return the project at `tag`, or else at `branch` or the current branch.

    If `revision` is given, moves the branch to this revision.
    """
    if tag:
        return choose_tag(project, origin, tag)
    return choose_branch(project, origin, branch or project.branch, revision)


def choose_branch(
    project: Project, origin: Path, branch: str, revision: str
) -> Project:
    """Return the project at `branch`; moves the branch to `revision` if that is given.

    Raises `UserError` for a branch or a revision that the repository doesn't have.
    """
    if branch == "HEAD":
        raise UserError(
            "no branch is checked out", suggestions=["choose one with --branch"]
        )
    full = f"refs/heads/{branch}"
    found = resolve_commit(origin, revision or full)
    run_git("update-ref", full, found, cwd=origin)
    return replace(project, branch=branch, tag="", revision=found)


def choose_tag(project: Project, origin: Path, tag: str) -> Project:
    """Return the project at `tag`; raises `UserError` if there is no such tag."""
    revision = resolve_commit(origin, f"refs/tags/{tag}")
    return replace(project, branch="", tag=tag, revision=revision)


def resolve_commit(origin: Path, name: str) -> str:
    """Return the commit that `name` refers to; raises `UserError` if there is none."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    try:
        return run_git(*words, f"{name}^{{commit}}", cwd=origin)
    except UserError as error:
        raise UserError(
            f"the project has no {name}",
            suggestions=["commit it, or choose another with --branch or --tag"],
        ) from error


def _refuse_shallow(clone: Clone, source: Path) -> None:
    if (clone.common / "shallow").exists():
        raise UserError(
            f"the repository {source} is a shallow clone",
            suggestions=["run `git fetch --unshallow` in it"],
        )


def _find_head(source: Path, origin: Path) -> str:
    """Return the checked-out commit; raises `UserError` if there are no commits."""
    try:
        return run_git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", cwd=origin)
    except UserError as error:
        raise UserError(
            f"the repository {source} has no commits",
            suggestions=["commit what the jobs need"],
        ) from error


def _take_snapshot(source: Path, origin: Path) -> Project:
    tree = origin.with_name("snapshot")
    shutil.copytree(
        source, tree, symlinks=True, ignore=_list_unwanted, copy_function=_copy_file
    )
    if not any(tree.iterdir()):
        raise UserError(f"the folder {source} is empty")
    run_git("init", "--quiet", cwd=tree)
    run_git("symbolic-ref", "HEAD", "refs/heads/main", cwd=tree)
    run_git("add", "--all", cwd=tree)
    run_git("commit", "--quiet", "--allow-empty", "-m", "Snapshot", cwd=tree)
    run_git("clone", "--quiet", "--mirror", str(tree), str(origin), cwd=tree)
    _serve_partial_clones(origin)
    return Project(
        origin.as_uri(),
        branch="main",
        tag="",
        revision=run_git("rev-parse", "HEAD", cwd=tree),
        note=f"{source} is rehearsed as one commit, without history",
    )


def _list_unwanted(folder: str, names: list[str]) -> set[str]:
    """Return the names of the entries in `folder` that are not copied.

    These are folders that tools can recreate, `.git` of nested clones, and pipes,
    sockets and devices, which git doesn't store.
    """
    made_by_nx = {"cache", "workspace-data"} if Path(folder).name == ".nx" else set()
    unwanted = ({"node_modules", ".git"} | made_by_nx) & set(names)
    return unwanted | {name for name in names if _is_special(Path(folder) / name)}


def _is_special(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def _copy_file(source: str, target: str) -> None:
    # Copies in pieces, because a single call for a large file can't be interrupted.
    with Path(source).open("rb") as reader, Path(target).open("wb") as writer:
        shutil.copyfileobj(reader, writer)
    shutil.copymode(source, target)


def _serve_partial_clones(origin: Path) -> None:
    """Allow blobless clones, which are CircleCI's default checkout."""
    with (origin / "config").open("a") as config:
        config.write(
            "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n"
        )


def checkout_script(
    project: Project, method: str, *, cloned: bool
) -> Sequence[Sequence[str]]:
    """Return the git commands of a `checkout` step, run in its target folder.

    If `cloned`, the folder is already a clone, and the commands only fetch. Source:
    CircleCI docs, Configuration reference, `checkout`: `blobless` by default.
    """
    filters = ["--filter=blob:none"] if method == "blobless" else []
    clone = ["git", "clone", "--quiet", "--no-checkout", *filters, project.url, "."]
    first = ["git", "fetch", "--quiet", "--force", "origin"] if cloned else clone
    reset = ["git", "reset", "--quiet", "--hard"]
    if project.tag:
        detach = ["git", "update-ref", "--no-deref", "HEAD", project.revision]
        return [first, detach, reset]
    # `git checkout -B` would refuse a branch whose name begins with a dash.
    branch = f"refs/heads/{project.branch}"
    return [
        first,
        ["git", "update-ref", branch, project.revision],
        ["git", "symbolic-ref", "HEAD", branch],
        reset,
    ]
