"""Repeats the surveys of docs/check.md and docs/init.md.

Run by hand: `python -m benchmarks.survey_adoption FOLDER` looks for clones of the
repositories in FOLDER, under the name `owner/name` or `owner+name`. It prints each
config whose result is not the listed one, and the counts.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.survey import find_clone
from dte.check.config import check_config
from dte.errors import UserError
from dte.init.find import find_facts
from dte.init.plan import plan_change
from dte.model import PipelineValues

DOCS = Path(__file__).parents[1] / "docs"
ROW = re.compile(
    r"^\| (?P<repository>[\w.-]+/[\w.-]+)@(?P<commit>\w+):(?P<path>\S+)"
    r"(?P<old> \*)? \| (?:(?P<count>\d+) \| )?(?P<verdict>[^|]+?) \|",
    re.MULTILINE,
)
COMMENT = re.compile(r"(?m)(?:^|[ \t])#[^\r\n]*")
AS_LISTED = "as listed"
ORB = "acme/dte@1.0.0"


def unpack(clone: Path, commit: str, folder: Path) -> None:
    """Write a commit's files into a folder, with an empty `.git`."""
    folder.mkdir()
    index = {**os.environ, "GIT_INDEX_FILE": str(folder.with_suffix(".index"))}
    for words in (
        ("read-tree", commit),
        ("checkout-index", "--all", "--quiet"),
    ):
        command = ["git", "-C", str(clone), f"--work-tree={folder}", *words]
        subprocess.run(command, env=index, capture_output=True, check=False)
    (folder / ".git").mkdir()


def list_codes(config: Path) -> list[str]:
    """Return the codes of the findings in a config, without their common prefix."""
    findings = check_config(config, orbs={}, pipeline=PipelineValues()).findings
    return sorted({one.code.removeprefix("dte-check-") for one in findings})


def survey_check(folder: Path, place: Path) -> Iterator[str]:
    """Yield AS_LISTED, or what differs, for each config in docs/check.md."""
    text = (DOCS / "check.md").read_text(encoding="utf-8")
    for number, row in enumerate(ROW.finditer(text)):
        unpack(
            find_clone(folder, row["repository"]), row["commit"], place / f"{number}"
        )
        config = place / f"{number}" / row["path"]
        if not config.exists():
            yield f"missing: {row[0]}"
            continue
        codes = list_codes(config)
        listed = re.findall(r"[a-z]+-[a-z-]+", row["verdict"].partition("(")[0])
        yield AS_LISTED if codes == sorted(listed) else f"{row[0]}: now {codes}"


def survey_init(folder: Path, place: Path) -> Iterator[str]:
    """Yield what is wrong with the change of each config of docs/init.md."""
    text = (DOCS / "init.md").read_text(encoding="utf-8")
    for number, row in enumerate(ROW.finditer(text), 100):
        root = place / f"{number}"
        unpack(find_clone(folder, row["repository"]), row["commit"], root)
        config = root / row["path"]
        if not config.exists():
            yield f"missing: {row[0]}"
            continue
        if row["old"]:
            raise_nx(root)
        with contextlib.chdir(root):
            problems = list(find_problems(root, config, row["verdict"])) or [AS_LISTED]
        yield from (
            f"{row[0]}: {words}" if words != AS_LISTED else words for words in problems
        )


def raise_nx(root: Path) -> None:
    """Set Nx 17 in a workspace's copy, because `dte init` refuses older versions."""
    for name in ("package-lock.json", "yarn.lock", "pnpm-lock.yaml"):
        (root / name).write_text("{}") if (root / name).exists() else None
    path = root / "package.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["devDependencies"] = {**package.get("devDependencies", {}), "nx": "17.0.0"}
    path.write_text(json.dumps(package))


def find_problems(root: Path, config: Path, verdict: str) -> Iterator[str]:
    """Change a config as `dte init` does, and yield what is wrong or not as listed."""
    before = config.read_text(encoding="utf-8")
    codes = list_codes(config)
    relative = config.relative_to(root)
    try:
        change = plan_change(find_facts(root), ORB, relative)
    except UserError as error:
        if not verdict.startswith("refuses"):
            yield f"refused: {error.message}"
        return
    if change.is_needed == verdict.startswith(("refuses", "changes nothing")):
        yield f"changed: {change.is_needed}"
    if not change.is_needed:
        return
    change.write()
    if COMMENT.findall(before) != COMMENT.findall(config.read_text(encoding="utf-8")):
        yield "comments differ"
    if plan_change(find_facts(root), ORB, relative).is_needed:
        yield "a second run changes it again"
    if new := set(list_codes(config)) - set(codes):
        yield f"new findings: {sorted(new)}"


def main(folder: Path) -> None:
    """Print what differs from the two pages, and how often each result was seen."""
    for survey in (survey_check, survey_init):
        with tempfile.TemporaryDirectory() as place:
            results = list(survey(folder, Path(place)))
        others = [result for result in results if result != AS_LISTED]
        good = len(results) - len(others)
        print("\n".join([*others, f"{survey.__name__}: {good} as listed"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
