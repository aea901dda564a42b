"""The orb that comes with this package, for configs that import it from the registry.

The wheel contains `orb/` and `scripts/` in `dte/bundled/`; a checkout has them next to
`dte/`.
"""

import re
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path

from dte.parse import LocatedMap, read_yaml

NAME = "dte"
DISTRIBUTION = "dte-orb"
_REFERENCE = re.compile(r"[\w.-]+/(?P<name>[\w.-]+)@(?P<version>\d+(\.\d+){0,2})")


def add_bundled_orb(orbs: Mapping[str, Path], config: Path) -> dict[str, Path]:
    """Return `orbs` plus an entry for each of the config's imports of the bundled orb.

    An import refers to the bundled orb if it names the orb `dte` of any namespace, in
    this package's version, such as `acme/dte@1.0.0`, `acme/dte@1.0` or `acme/dte@1`.
    The entries of `orbs` take precedence.
    """
    document = read_yaml(config)
    imports = document.get("orbs") if isinstance(document, LocatedMap) else None
    if not isinstance(imports, LocatedMap):
        return dict(orbs)
    added = {
        reference: find_orb()
        for alias, reference in imports.items()
        if isinstance(reference, str)
        and is_bundled(reference)
        and orbs.keys().isdisjoint({alias, reference.partition("@")[0]})
    }
    return {**added, **orbs}


def is_bundled(reference: str) -> bool:
    """Return whether `namespace/name@version` names the orb of this package."""
    found = _REFERENCE.fullmatch(reference)
    if not found or found["name"] != NAME:
        return False
    return f"{metadata.version(DISTRIBUTION)}.".startswith(f"{found['version']}.")


def find_orb() -> Path:
    """Return the folder of the orb's source, in the package or next to it."""
    package = Path(str(resources.files("dte")))
    bundled = package / "bundled" / "orb"
    return bundled if bundled.is_dir() else package.parent / "orb"
