"""Turns the compiled config into the text that `dte compile` prints."""

from typing import Any

import yaml

# libyaml's dumper is ten times faster, but PyYAML may lack it.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]
    """Writes a string of several lines as a literal block, as CircleCI's CLI does."""


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def print_document(document: Any) -> str:
    """Return the compiled config as YAML."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1_000_000)
    return text
