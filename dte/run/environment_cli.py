"""The command `circleci` inside a rehearsed job: CircleCI's environment CLI.

Runs as a process of the job: `python -I environment_cli.py ARGUMENTS`. Source: CircleCI
docs, "CircleCI environment CLI usage guide". A rehearsal has no timing data of earlier
runs, so `--split-by=timings` splits by name.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|[{},]|.", re.DOTALL)
_WILD = re.compile(r"[*?\[{]")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def translate(pattern: str) -> "re.Pattern[str]":
    """Return the regular expression for a glob with `*`, `**`, `?`, `[…]` or `{a,b}`.

    An invalid pattern matches only a file with exactly this name.
    """
    text, depth = "", 0
    for token in _TOKEN.findall(pattern):
        if token in _MEANINGS:
            text += _MEANINGS[token]
        elif token == "{":
            text, depth = f"{text}(?:", depth + 1
        elif token == "}" and depth:
            text, depth = f"{text})", depth - 1
        elif token == "," and depth:
            text += "|"
        elif len(token) > 1:
            inner = token[1:-1].replace("\\", r"\\").replace("[", r"\[")
            text += f"[{'^' + inner[1:] if inner[:1] in '!^' and inner else inner}]"
        else:
            text += re.escape(token)
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def find_files(patterns: Sequence[str]) -> Iterator[str]:
    """Yield each file that matches at least one pattern, once and in sorted order."""
    found = set()
    for pattern in patterns:
        fixed = _WILD.split(pattern)[0].rpartition("/")
        start = fixed[0] + fixed[1]
        expression = translate(pattern)
        for folder, folders, names in os.walk(start or "."):
            folders.sort()
            inside = f"{folder.rstrip('/')}/"
            if not start:
                inside = inside.removeprefix("./")
            found |= {
                inside + name for name in names if expression.fullmatch(inside + name)
            }
    yield from sorted(found)


def split(names: Sequence[str], options: argparse.Namespace) -> list[str]:
    """Return the part of `names` for one node; every node gets a different part."""
    total = max(options.total, 1)
    if options.split_by == "timings":
        print("no timing data in a rehearsal: tests are split by name", file=sys.stderr)
    if options.split_by != "filesize":
        return sorted(names)[options.index :: total]
    sizes = {name: Path(name).stat().st_size for name in names if Path(name).is_file()}
    parts: list[list[str]] = [[] for _ in range(total)]
    weights = [0] * total
    for name in sorted(names, key=lambda name: (-sizes.get(name, 0), name)):
        lightest = weights.index(min(weights))
        parts[lightest].append(name)
        weights[lightest] += sizes.get(name, 0)
    return sorted(parts[options.index])


def substitute(text: str) -> str:
    """Return `text` with `$NAME`, `${NAME}` and `${NAME:-default}` expanded."""
    return _VARIABLE.sub(
        lambda found: os.environ.get(found[1] or found[2]) or found[3] or "", text
    )


def run_tests(names: Sequence[str], command: str) -> int:
    """Run the command with the names on its stdin; return its exit code."""
    if not names:
        print("no tests for this node")
        return 0
    text = "\n".join(names) + "\n"
    done = subprocess.run(
        ["/bin/bash", "-c", command], input=text, text=True, check=False
    )
    return done.returncode


def _read_names(file: "str | None") -> list[str]:
    text = Path(file).read_text() if file else sys.stdin.read()
    return text.split()


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="circleci", allow_abbrev=False)
    groups = parser.add_subparsers(dest="group", required=True)
    step = groups.add_parser("step", aliases=["task"]).add_subparsers(required=True)
    step.add_parser("halt").set_defaults(do="halt")
    env = groups.add_parser("env").add_subparsers(required=True)
    subst = env.add_parser("subst")
    subst.add_argument("text", nargs="?")
    subst.set_defaults(do="subst")
    tests = groups.add_parser("tests").add_subparsers(required=True)
    glob = tests.add_parser("glob")
    glob.add_argument("patterns", nargs="+")
    glob.set_defaults(do="glob")
    for name in ("split", "run"):
        parts = tests.add_parser(name)
        nodes = os.environ
        parts.add_argument(
            "--index", type=int, default=nodes.get("CIRCLE_NODE_INDEX", 0)
        )
        parts.add_argument(
            "--total", type=int, default=nodes.get("CIRCLE_NODE_TOTAL", 1)
        )
        parts.add_argument("--split-by", default="name")
        for ignored in ("timings-type", "time-default", "timings-file", "test-names"):
            parts.add_argument(f"--{ignored}")
        parts.add_argument("--show-counts", action="store_true")
        parts.add_argument("--verbose", action="store_true")
        if name == "run":
            parts.add_argument("--command", required=True)
        parts.add_argument("file", nargs="?")
        parts.set_defaults(do=name)
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    first, second = (*words, "", "")[:2]
    if first == "run":
        print(f"Not rehearsed: circleci run {second}", file=sys.stderr)
        return 0 if second == "release" else 1
    if first in ("version", "--version"):
        print("dte rehearse")
        return 0
    options = _make_parser().parse_args(words)
    if options.do == "halt":
        Path(os.environ["DTE_REHEARSAL_HALT"]).touch()
    elif options.do == "subst":
        text = sys.stdin.read() if options.text is None else f"{options.text}\n"
        sys.stdout.write(substitute(text))
    elif options.do == "glob":
        print("".join(f"{name}\n" for name in find_files(options.patterns)), end="")
    else:
        names = split(_read_names(options.file), options)
        if options.show_counts:
            print(f"{len(names)} tests on node {options.index}", file=sys.stderr)
        if options.do == "run":
            return run_tests(names, options.command)
        print("".join(f"{name}\n" for name in names), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
