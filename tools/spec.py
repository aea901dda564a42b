"""Prints each test's sentence, file by file: the specification (`make spec`)."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def list_sentences(source: str) -> Iterator[str]:
    """Give the first paragraph of each test's docstring, in the order of the file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = (ast.get_docstring(node) or "(no docstring)").split("\n\n")[0]
            yield " ".join(words.split())


def print_specification(tests: Path) -> None:
    """Print every test file below `tests` with its sentences."""
    for file in sorted(tests.rglob("test_*.py")):
        source = file.read_text(encoding="utf-8")
        title = (ast.get_docstring(ast.parse(source)) or file.stem).splitlines()[0]
        print(f"\n{file.relative_to(tests.parent)}: {title}")
        for sentence in list_sentences(source):
            print(f"  - {sentence}")


if __name__ == "__main__":
    print_specification(Path(sys.argv[1] if sys.argv[1:] else "tests"))
