"""Workspaces: layers of files that jobs persist for downstream jobs.

Source: CircleCI docs, "Using workspaces to share data between jobs": additive layers,
seen by downstream jobs only, inherited by reruns; two concurrent jobs that persist the
same file make attaching fail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from dte.run.copying import Copier
from dte.run.results import StepFailure


@dataclass(frozen=True)
class Layer:
    """What one job persisted in one workflow; `files` are relative to `folder`."""

    workflow_id: str
    job: str
    folder: Path
    files: frozenset[str]


class Workspaces:
    """All layers of a rehearsal, by the workspace's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._layers: dict[str, list[Layer]] = {}
        self._lock = Lock()
        self._count = 0

    def persist(
        self,
        workspace_id: str,
        workflow_id: str,
        job: str,
        root: Path,
        paths: Sequence[str],
        copier: Copier,
    ) -> int:
        """Persist the files below `root` that match `paths`; returns the file count."""
        sources = [found for path in paths for found in _match(root, path, copier)]
        with self._lock:
            self._count += 1
            folder = self._folder / str(self._count)
        for source in sources:
            copier.collect(source, folder / source.relative_to(root))
        files = frozenset(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_symlink() or not path.is_dir()
        )
        with self._lock:
            self._layers.setdefault(workspace_id, []).append(
                Layer(workflow_id, job, folder, files)
            )
        return len(files)

    def attach(
        self,
        workspace_id: str,
        upstream: Mapping[str, frozenset[str]],
        at: Path,
        copier: Copier,
    ) -> int:
        """Copy the layers of the jobs in `upstream` into `at`; returns their number.

        `upstream` maps each upstream job to its own upstream jobs. Raises `StepFailure`
        if two concurrent jobs persisted the same file.
        """
        with self._lock:
            layers = [
                layer
                for layer in self._layers.get(workspace_id, [])
                if layer.job in upstream
            ]
        _refuse_clash(layers, upstream)
        at.mkdir(parents=True, exist_ok=True)
        for layer in layers:
            for file in sorted(layer.files):
                copier.lay_out(layer.folder / file, at / file)
        return len(layers)

    def expire(self, workspace_id: str) -> None:
        """Drop a workspace's layers, as CircleCI does after at most 15 days."""
        with self._lock:
            self._layers.pop(workspace_id, None)


def _match(root: Path, pattern: str, copier: Copier) -> list[Path]:
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise StepFailure(f"{pattern} is not below the workspace's root {root}")
    if pattern in (".", "./"):
        return [root] if root.is_dir() else []
    try:
        found = sorted(copier.watch(root.glob(pattern)))
    except (ValueError, NotImplementedError) as error:
        raise StepFailure(f"the path {pattern!r} can't be read: {error}") from error
    if not found:
        raise StepFailure(f"the path {pattern} matches nothing in {root}")
    return found


def _refuse_clash(
    layers: Sequence[Layer], upstream: Mapping[str, frozenset[str]]
) -> None:
    owners: dict[tuple[str, str], str] = {}
    for layer in layers:
        for file in layer.files:
            other = owners.setdefault((layer.workflow_id, file), layer.job)
            ordered = (
                other == layer.job
                or other in upstream[layer.job]
                or layer.job in upstream[other]
            )
            if not ordered:
                raise StepFailure(
                    f"the concurrent upstream jobs {other} and {layer.job} "
                    f"persisted the same file {file}"
                )
            owners[(layer.workflow_id, file)] = layer.job
