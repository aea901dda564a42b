"""The compiled config as text, as `dte compile` prints it."""

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as a literal block, as CircleCI's CLI does."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def print_document(document: Any) -> str:
    """The compiled config as YAML."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1_000_000)
