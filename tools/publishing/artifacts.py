"""Checks what `make release-check` has built in `dist/`: wheel, sdist, packed orb."""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from tools.publishing.identity import read_identity

NAME = "dte_orb"


def find_artifact_problems(root: Path, version: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the files in `dist/`, and the fix of each."""
    dist = root / "dist"
    wheel = f"{NAME}-{version}-py3-none-any.whl"
    expected = {wheel, f"{NAME}-{version}.tar.gz", "orb.yml"}
    found = {path.name for path in dist.glob("*")}
    for name in sorted(expected - found):
        yield f"dist/ has no {name}", f"make release-check VERSION={version}"
    for name in sorted(found - expected):
        yield f"dist/ has {name}, which isn't part of this release", f"rm dist/{name}"
    if wheel in found and (said := try_wheel(dist / wheel, root, version)):
        yield f"the wheel does not work by itself: {said}", "make package, and try it"


def try_wheel(wheel: Path, root: Path, version: str) -> str:
    """Return the last line of output if the unpacked wheel fails, or an empty string.

    The wheel must print its version, and compile a config that imports its orb.
    """
    config = {
        "version": 2.1,
        "orbs": {"dte": f"{read_identity(root).namespace}/dte@{version}"},
        "workflows": {"build": {"jobs": ["dte/attempt"]}},
    }
    with tempfile.TemporaryDirectory() as place:
        site = Path(place, "site")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
        (Path(place) / "config.yml").write_text(yaml.safe_dump(config))
        for words in (["--version"], ["compile", "config.yml"]):
            done = subprocess.run(
                [sys.executable, "-m", "dte", *words],
                cwd=place,
                env={**os.environ, "PYTHONPATH": str(site)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                return (done.stderr.strip().splitlines() or ["no message"])[-1]
            if words == ["--version"] and version not in done.stdout:
                return f"it prints the version {done.stdout.strip()}"
    return ""
