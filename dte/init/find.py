"""Finds the facts about a workspace that decide its config."""

from __future__ import annotations

from pathlib import Path

from dte.init.ci_config import find_distribution, note_on_distribution
from dte.init.facts import Facts
from dte.init.json_files import read_object
from dte.init.main_branch import find_main_branch
from dte.init.node_version import find_node, note_on_node
from dte.init.nx_version import find_nx
from dte.init.package_manager import find_package_manager, note_on_packages
from dte.init.places import find_repository, find_workspace
from dte.init.targets import choose_targets, note_on_targets


def find_facts(start: Path) -> Facts:
    """Return the facts about the workspace around `start`.

    Raises `UserError` if there is no Nx workspace or git repository, if Nx is too old,
    or if a file can't be read.
    """
    root = find_workspace(start)
    repository = find_repository(root)
    nx_json = read_object(root / "nx.json")
    package = read_object(root / "package.json")
    nx = find_nx(root, package)
    manager = find_package_manager(root, package)
    node = find_node(root, package)
    targets = choose_targets(root, nx_json)
    distribution = find_distribution(root)
    return Facts(
        repository=repository,
        folder=root.relative_to(repository).as_posix(),
        package_manager=manager,
        node=node,
        nx=nx,
        targets=targets.names,
        targets_source=targets.source,
        main_branch=find_main_branch(repository, nx_json),
        distribute_on=distribution,
        notes=(
            *note_on_packages(manager),
            *note_on_node(node),
            *note_on_targets(targets),
            *note_on_distribution(distribution),
        ),
    )
