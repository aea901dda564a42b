"""Packing gives the same result as CircleCI's CLI."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from dte.errors import UserError
from dte.model import Where
from dte.pack import pack_orb
from tests.dte.compile.configs import compile_text, only_job
from tests.dte.pack.cli import pack_with_cli
from tests.dte.parse.test_scalars import TABLE

Files = Mapping[str, str]

ROOT = "version: 2.1\ndescription: An orb.\n"
COMMAND = "steps:\n  - run:\n      name: Run\n      command: << include(x.sh) >>\n"
EXAMPLE = """
description: How to use it.
usage:
  version: 2.1
  orbs: {me: a/b@1}
  workflows: {main: {jobs: [me/work]}}
result:
  version: 2.1
  jobs: {work: {machine: true, steps: [checkout]}}
  setup: false
"""

GOOD: dict[str, Files] = {
    "only the root file": {"@orb.yml": ROOT},
    "one of each": {
        "@orb.yml": ROOT
        + "display: {home_url: https://example.com}\norbs: {n: a/b@1}\n",
        "commands/do.yml": "steps: [checkout]\n",
        "jobs/work.yml": "executor: small\nsteps: [do]\n",
        "executors/small.yml": "docker: [{image: a}]\n",
        "examples/use.yml": EXAMPLE,
        "examples/empty.yml": "description: ''\nusage: {}\n",
    },
    "the CLI's other spelling": {"@orb.yml": ROOT, "commands/do.yaml": "steps: []\n"},
    "files that it ignores": {
        "@orb.yml": ROOT,
        "README.md": "no\n",
        "src/other.yml": "a: [\n",
        ".hidden.yml": "a: [\n",
        ".circleci/config.yml": "a: [\n",
        "commands/README.md": "no\n",
        "commands/.hidden.yml": "a: [\n",
        "commands/more/deep.yml": "a: [\n",
    },
    "another file at the root": {"@orb.yml": ROOT, "more.yml": "description: Later.\n"},
    "a root that has commands too": {
        "@orb.yml": ROOT + "commands:\n  one: {steps: [checkout]}\n",
        "commands/two.yml": "steps: []\n",
    },
    "one file for a folder": {
        "@orb.yml": ROOT,
        "commands/@commands.yml": "one: {steps: [checkout]}\ntwo: {steps: []}\n",
        "commands/three.yml": "steps: []\n",
    },
    "empty files and folders": {
        "@orb.yml": ROOT,
        "commands/empty.yml": "",
        "jobs/notes.txt": "",
    },
    "anchors and merges": {
        "@orb.yml": ROOT,
        "jobs/work.yml": "a: &a {x: 1}\nb: {<<: *a, y: 2}\n",
    },
    "an include with heredocs": {
        "@orb.yml": ROOT,
        "x.sh": "cat <<END\n<< parameters.x >> \\<< <<<\nEND\n",
        "commands/do.yml": COMMAND,
    },
    "includes from everywhere": {
        "orb/@orb.yml": ROOT,
        "scripts/x.py": "print(1)\n",
        "orb/commands/do.yml": "a: << include(../scripts/x.py) >>\n"
        "b: <<include(scripts/y.sh)>>\nc: [<<  include(/scripts/y.sh  >>]\n",
        "orb/scripts/y.sh": "echo y",
        "orb/jobs/work.yml": "description: << include(scripts/y.sh) >>\n",
        "orb/executors/small.yml": "shell: << include(scripts/y.sh) >>\n",
    },
    "an include that is a key": {
        "@orb.yml": ROOT,
        "x.sh": "name",
        "commands/do.yml": '"<< include(x.sh) >>": 1\n',
    },
    "no include outside of the three": {
        "@orb.yml": ROOT + "display: {home_url: << include(x.sh) >>}\n",
        "examples/use.yml": "description: << include(x.sh) >>\n",
    },
    "something like an include": {
        "@orb.yml": ROOT,
        "commands/do.yml": "a: << include >>\nb: include(x.sh)\nc: << includes(x) >>\n",
    },
}

BAD: dict[str, Files] = {
    "no root file": {"orb.yml": ROOT},
    "a list": {"@orb.yml": ROOT, "commands/do.yml": "- a\n"},
    "broken YAML": {"@orb.yml": ROOT, "commands/do.yml": "a: [\n"},
    "a key twice": {"@orb.yml": ROOT, "commands/do.yml": "a: 1\na: 2\n"},
    "an include that is not there": {"@orb.yml": ROOT, "commands/do.yml": COMMAND},
    "an include in a text": {
        "@orb.yml": ROOT,
        "x.sh": "x",
        "commands/do.yml": "a: x << include(x.sh) >>\n",
    },
    "commands that are a text and a folder": {
        "@orb.yml": ROOT + "commands: text\n",
        "commands/do.yml": "steps: []\n",
    },
    "two includes": {
        "@orb.yml": ROOT,
        "x.sh": "x",
        "commands/do.yml": "a: << include(x.sh) >><< include(x.sh) >>\n",
    },
}

DROPPED: dict[str, Files] = {
    "at the top": {"@orb.yml": ROOT + "parameters: {}\n"},
    "in an example": {
        "@orb.yml": ROOT,
        "examples/use.yml": "usage: {version: 2.1, executors: {}, workflows: {}}\n",
    },
}


def write(files: Files, folder: Path) -> Path:
    """Write an orb and return its folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder / "orb" if "orb/@orb.yml" in files else folder


@pytest.mark.cli
@pytest.mark.parametrize("name", GOOD)
def test_packs_like_the_cli(name: str, tmp_path: Path) -> None:
    """An orb's folder becomes the document that the CLI prints."""
    orb = write(GOOD[name], tmp_path / "source")
    expected = pack_with_cli(orb, tmp_path)
    assert expected is not None
    assert pack_orb(orb) == expected


@pytest.mark.cli
@pytest.mark.parametrize("name", BAD)
def test_refuses_like_the_cli(name: str, tmp_path: Path) -> None:
    """dte refuses an orb that the CLI refuses."""
    orb = write(BAD[name], tmp_path / "source")
    assert pack_with_cli(orb, tmp_path) is None
    with pytest.raises(UserError):
        pack_orb(orb)


@pytest.mark.cli
@pytest.mark.parametrize("name", DROPPED)
def test_refuses_what_the_cli_would_drop(name: str, tmp_path: Path) -> None:
    """A key that the CLI silently drops is an error here."""
    orb = write(DROPPED[name], tmp_path / "source")
    assert pack_with_cli(orb, tmp_path) is not None
    with pytest.raises(UserError, match="unknown key"):
        pack_orb(orb)


@pytest.mark.cli
def test_scalars_mean_what_the_cli_makes_of_them(tmp_path: Path) -> None:
    """dte gives scalars such as `yes`, `017` and `1.0` the same value as the CLI."""
    spellings = [text for text, _, _ in TABLE if text and "2020" not in text]
    lines = "".join(f"  - {text}\n" for text in spellings if text != "9" * 5000)
    orb = write({"@orb.yml": ROOT, "commands/do.yml": f"a:\n{lines}"}, tmp_path / "orb")
    expected = pack_with_cli(orb, tmp_path)
    ours = pack_orb(orb)
    assert [repr(value) for value in ours["commands"]["do"]["a"]] == [
        repr(value) for value in expected["commands"]["do"]["a"]
    ]


CONTENTS = [
    "",
    "one line",
    "echo 1\n\n\n",
    "#!/bin/bash\n\tif [ 1 ]; then\r\n  :\nfi",
    "cat <<END\n${x} $(y) `z` {{ w }} << parameters.x >>\nEND\n",
    r"a \<< b \\<< c <<< d" + "\n",
    "  leading and trailing  \n ",
    "true",
    "007",
    "é \u2028 \U0001f600 \ufeff \x07 \x7f",
    "'\"#: - {}[]&*!|>%@`\n" * 3,
    "x" * 5000,
]


@pytest.mark.cli
def test_a_script_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """A step receives a script unchanged, whether the CLI or dte packed it."""
    files = {"@orb.yml": ROOT}
    for number, content in enumerate(CONTENTS):
        files[f"s/{number}"] = content
        files[f"commands/c{number}.yml"] = (
            f"steps:\n  - run:\n      command: 'true'\n      environment:\n"
            f"        SCRIPT: << include(s/{number}) >>\n"
        )
    orb = write(files, tmp_path / "source")
    packed = tmp_path / "packed.yml"
    packed.write_text(yaml.safe_dump(pack_with_cli(orb, tmp_path)), encoding="utf-8")
    steps = "".join(f"      - o/c{number}\n" for number in range(len(CONTENTS)))
    config = (
        "version: 2.1\norbs: {o: a/b@1}\njobs:\n  build:\n    machine: true\n"
        f"    steps:\n{steps}"
    )
    for source in (orb, packed):
        job = only_job(compile_text(config, tmp_path, orbs={"a/b": source}))
        carried = [step.arguments["environment"]["SCRIPT"] for step in job.steps]
        assert carried == CONTENTS


def test_values_know_the_file_they_come_from(tmp_path: Path) -> None:
    """Each part of a packed orb keeps its position in its source file."""
    orb = write(GOOD["an include with heredocs"], tmp_path / "source")
    packed = pack_orb(orb)
    file = str(orb / "commands" / "do.yml")
    assert packed["commands"].where_is("do") == Where(file, 1)
    run = packed["commands"]["do"]["steps"][0]["run"]
    assert run.where_is("command") == Where(file, 4)


def test_a_script_that_is_not_text(tmp_path: Path) -> None:
    """Including a file that is not UTF-8 is an error at the include's position."""
    orb = write({"@orb.yml": ROOT, "commands/do.yml": COMMAND}, tmp_path / "source")
    (orb / "x.sh").write_bytes(b"\xff")
    with pytest.raises(UserError, match=r"do.yml:4: can't include .*not UTF-8"):
        pack_orb(orb)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The error for a missing folder names it."""
    with pytest.raises(UserError, match="no such folder"):
        pack_orb(tmp_path / "missing")
