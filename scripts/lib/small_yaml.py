"""Read the simple YAML of a short configuration file, and refuse all other YAML.

The standard library can't read YAML. The YAML that this module reads has the same
meaning for every parser: block mappings and lists, flow collections on one line, plain
and quoted strings on one line, and comments. It refuses everything else.
"""

import json
import re
from typing import Any, Dict, List, Match, NamedTuple, Optional, Tuple

# Plain strings contain neither `: ` (it starts a mapping) nor ` #` (a comment).
_WORD = r"[A-Za-z0-9_./*@+-]"
_KEY = r"[A-Za-z0-9_]{0}*(?: {0}+)*".format(_WORD)
_QUOTED = r"\"([^\"\\]*)\"|'([^']*)'"
_END = r" *(?:(?<= )#.*)?$"
_ENTRY = re.compile(r"(?:\"({0})\"|'({0})'|({0})):(?: +|$)".format(_KEY))
_FIRST = r"(?:[A-Za-z0-9_./(+]|-(?=\w))"
_MORE = r"(?:[^\s:#]|:(?=\S)|(?<=\S)#| +(?=[^\s#]))*"
_TEXT = re.compile(r"(?:{}|({}{})){}".format(_QUOTED, _FIRST, _MORE, _END))
_FLOW_TEXT = re.compile(r"{0}|([A-Za-z0-9_./]{1}*(?: +{1}+)*)".format(_QUOTED, _WORD))
_FLOW = re.compile(r"([\[{][^#]*[\]}])" + _END)
# A tab, and characters that some parsers skip or read as the end of a line.
_ODD = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


class NotSimple(ValueError):
    """A line with YAML that this module does not read, or with no YAML at all."""

    def __init__(self, number: int) -> None:
        super().__init__("line {}".format(number))
        self.number = number


class _Entry(NamedTuple):
    """A key, or a list item if `key` is None.

    If `value` is None, the next lines contain it.
    """

    number: int
    indent: int
    key: Optional[str]
    value: Any


def parse(text: str) -> Any:
    """Return the mapping or list in `text`, or None if it is empty; raises `NotSimple`.

    Each value is a string, a list or a mapping.
    """
    entries = [
        entry
        for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), 1)
        for entry in _read_row(number, row)
    ][::-1]
    if not entries:
        return None
    value = _read_block(entries, entries[-1].indent)
    if entries:
        raise NotSimple(entries[-1].number)
    return value


def _read_block(entries: List[_Entry], indent: int) -> Any:
    """Remove and return the list or mapping at the end of `entries`."""
    items: List[Any] = []
    fields: Dict[str, Any] = {}
    listed = entries[-1].key is None
    while entries and entries[-1].indent == indent and listed == (not _key(entries)):
        entry = entries.pop()
        value = entry.value
        if value is None:
            # A list may have the same indentation as its key.
            more = entries and not listed and not _key(entries)
            nested = entries and entries[-1].indent >= indent + (0 if more else 1)
            value = _read_block(entries, entries[-1].indent) if nested else ""
        if entry.key in fields:
            raise NotSimple(entry.number)
        if entry.key is None:
            items.append(value)
        else:
            fields[entry.key] = value
    if entries and entries[-1].indent > indent:
        raise NotSimple(entries[-1].number)
    return items if listed else fields


def _key(entries: List[_Entry]) -> Optional[str]:
    return entries[-1].key


def _read_row(number: int, row: str) -> List[_Entry]:
    text = row.lstrip(" ")
    indent = len(row) - len(text)
    if _ODD.search(row):
        raise NotSimple(number)
    if not text or text[0] == "#" or (number, row.rstrip(" ")) == (1, "---"):
        return []
    if (text + " ").startswith("- "):
        inner = text[1:].lstrip(" ")
        if not inner or inner[0] == "#":
            return [_Entry(number, indent, None, None)]
        if not _ENTRY.match(inner):
            return [_Entry(number, indent, None, _read_value(number, inner))]
        item = _Entry(number, indent, None, None)
        return [item, *_read_row(number, row.replace("-", " ", 1))]
    key = _ENTRY.match(text)
    if not key:
        raise NotSimple(number)
    rest = text[key.end() :]
    value = _read_value(number, rest) if rest and rest[0] != "#" else None
    return [_Entry(number, indent, _read_text(key), value)]


def _read_value(number: int, text: str) -> Any:
    found = _TEXT.match(text)
    if found:
        return _read_text(found)
    flow = _FLOW.match(text)
    if not flow or re.search(r":(?! )", flow.group(1)):
        raise NotSimple(number)
    if re.search(r"[^][{},: ]", _FLOW_TEXT.sub("", flow.group(1))):
        raise NotSimple(number)
    quoted = _FLOW_TEXT.sub(lambda word: json.dumps(_read_text(word)), flow.group(1))
    try:
        return json.loads(quoted, object_pairs_hook=_collect)
    except ValueError:
        raise NotSimple(number) from None


def _collect(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key twice")
    return fields


def _read_text(found: "Match[str]") -> str:
    return next((text for text in found.groups() if text is not None), "")
