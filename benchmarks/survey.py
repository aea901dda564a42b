"""Compiles the configs, documented examples and orbs of docs/real-configs.md.

Run by hand: `python -m benchmarks.survey FOLDER` looks for clones of the repositories
in FOLDER, under the name `owner/name` or `owner+name`.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dte.compile import compile_config
from dte.compile.orbs import load_orb
from dte.compile.printed import print_document
from dte.errors import UserError
from dte.model import PipelineValues

LIST = (Path(__file__).parents[1] / "docs" / "real-configs.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([\w.-]+/[\w.-]+)@(\w+):(\S+) \| (\w+)", LIST, re.MULTILINE)
NOT_COMPLETE = re.findall(r"^\| ([\w, -]+) \| ([\d;, ]+) \| \D", LIST, re.MULTILINE)
BLOCK = re.compile(r"(?ms)^(?:----|```y\w*ml)\n(.*?)^(?:----|```)$")
COMPLETE = (r"^version:", r"^(jobs|orbs):", r"^workflows:")
VALUES = {"boolean": True, "integer": 1, "steps": ["checkout"], "executor": "e"}
HEAD = "version: 2.1\norbs: {o: {}}\nexecutors: {e: {machine: true}}\n"
Found = Iterator[tuple[str, str, str]]


def git(folder: Path, *words: str) -> bytes:
    """Return the output of a git command, or "" if it fails."""
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, check=False).stdout


def find_clone(folder: Path, repository: str) -> Path:
    """Return the clone of `owner/name` in `folder`, or `folder` if there is none."""
    flat = repository.replace("/", "+")
    places = (folder / name for name in (repository, flat, f"{flat}/repo"))
    return next((path for path in places if git(path, "rev-parse", "HEAD")), folder)


def judge(text: str, file: Path, orbs: Mapping[str, Path]) -> str:
    """Return `compiles`, `refused: …`, or `changes: …` if the output isn't stable."""
    file.write_text(text.replace("{xcodeversion}", "16.4.0"), encoding="utf-8")
    options: dict[str, Any] = {"pipeline": PipelineValues(), "stub_missing_orbs": True}
    try:
        first = compile_config(file, orbs=orbs, **options).document
        file.write_text(print_document(first), encoding="utf-8")
        again = compile_config(file, orbs={}, **options).document
    except UserError as error:
        return f"refused: {error.message.removeprefix(str(file))}"
    return "compiles" if first == again else "changes: when it is compiled again"


def survey_configs(folder: Path, file: Path) -> Found:
    """Yield each config of the list, its listed verdict and its current verdict."""
    for repository, commit, path, listed in ROWS:
        text = git(find_clone(folder, repository), "show", f"{commit}:{path}").decode()
        now = judge(text, file, {}) if text else "missing"
        yield f"{repository}@{commit}:{path}", listed, now


def survey_docs(folder: Path, file: Path) -> Found:
    """Yield each example of CircleCI's docs with its listed and its current verdict.

    An example has a version, jobs or orbs, and workflows. The list on the page
    names the examples that are not complete.
    """
    listed = {
        (page, line)
        for pages, lines in NOT_COMPLETE
        for page, own in zip(pages.split(", "), lines.split("; "), strict=True)
        for line in own.split(", ")
    }
    for repository, commit in re.findall(r"(\S+/circleci-docs)@(\w+) with", LIST):
        clone = find_clone(folder, repository)
        pages = git(clone, "ls-tree", "-r", "--name-only", commit, "docs").decode()
        for page in re.findall(r"\S+\.adoc", pages):
            source = git(clone, "show", f"{commit}:{page}").decode()
            for block in BLOCK.finditer(source):
                if all(re.search(form, block[1], re.MULTILINE) for form in COMPLETE):
                    line = source.count("\n", 0, block.start())
                    stated = (Path(page).stem, str(line)) in listed
                    verdict = "refused" if stated else "compiles"
                    yield f"{page}:{line}", verdict, judge(block[1], file, {})


def survey_orbs(folder: Path, file: Path) -> Found:
    """Yield each job and command of the orbs among the listed repositories."""
    for repository, commit in sorted({row[:2] for row in ROWS}):
        clone, packed = find_clone(folder, repository), file.with_name("src.tar")
        if git(clone, "show", f"{commit}:src/@orb.yml"):
            packed.write_bytes(git(clone, "archive", commit))
            place = file.with_name(commit)
            place.mkdir(exist_ok=True)
            # Python 3.11.2 of Debian 12 has no extraction filters.
            subprocess.run(["tar", "-xf", packed, "-C", place], check=True)
            for name, text in _configs_of(load_orb(place)):
                now = judge(text, file, {"o": place})
                yield f"{repository}@{commit} {name}", "compiles", now


def _configs_of(orb: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section in ("jobs", "commands"):
        for name, body in (orb.get(section) or {}).items():
            given = {
                key: VALUES.get(about["type"], about.get("enum", ["A"])[0])
                for key, about in (body.get("parameters") or {}).items()
                if "default" not in about
            }
            # One config with the defaults, and one for each value of an enum.
            choices = [
                {key: value}
                for key, about in (body.get("parameters") or {}).items()
                for value in about.get("enum", [])
            ]
            for choice in ({}, *choices):
                call = json.dumps({f"o/{name}": {**given, **choice}})
                step, job = ("checkout", call) if section == "jobs" else (call, "own")
                jobs = f"jobs: {{own: {{machine: true, steps: [{step}]}}}}\n"
                title = " ".join((name, *map(str, choice.values())))
                yield title, f"{HEAD}{jobs}workflows: {{w: {{jobs: [{job}]}}}}\n"


def main(folder: Path) -> None:
    """Print the counts of each survey, and each verdict that is not the listed one."""
    with tempfile.TemporaryDirectory() as place:
        for survey in (survey_configs, survey_docs, survey_orbs):
            counts: Counter[str] = Counter()
            for name, listed, now in survey(folder, Path(place) / "config.yml"):
                counts[now.partition(":")[0]] += 1
                if not now.startswith((listed, "missing")):
                    print(f"{name}: {now}")
            print(f"{survey.__name__}: {dict(counts)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
