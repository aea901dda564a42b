"""Reads the simple commands of a shell script, without running them.

This module is not a shell: it doesn't expand variables, and it reads the commands of a
command substitution like all other commands. This is enough to find out which commands
a step starts, and in which order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"""
    (?P<skip>  [ \t]+ | \\\r?\n )
  | (?P<comment> (?<![^\s;|&()]) \#[^\n]* )
  | (?P<heredoc> <<-?[ \t]*(?P<quote>['"]?)(?P<end>\w+)(?P=quote) )
  | (?P<redirect> \d*(?:<<<|>>|>\||[<>]&|&>>?|<|>)[ \t]* )
  | (?P<operator> \r?\n | && | \|\|? | ;;? | & | [()] )
  | (?P<word> (?: '[^']*' | "(?:\\.|[^"\\])*" | \\. | \$\{[^}\n]*\}
                | [^\s;|&()<>'"\\] )+ )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"|\\(.)", re.DOTALL)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_KEYWORDS = frozenset(
    {"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "for"}
    | {"case", "esac", "{", "}", "!", "time"}
)


@dataclass(frozen=True)
class Command:
    """A simple command: its words without quotes, and its context in the script.

    ``line`` counts from 0. ``then`` is the operator after the command (`&&`, `||`, `|`,
    `&`), or empty. ``ignored`` is True if the script continues when the command fails.
    """

    words: tuple[str, ...]
    assignments: Mapping[str, str]
    line: int
    then: str
    ignored: bool = False


def read_commands(script: str) -> list[Command]:
    """Return the simple commands of a script, in order."""
    found = list(_split(script))
    lenient = False
    commands = []
    for index, command in enumerate(found):
        lenient = _after_set(command, lenient)
        unseen = lenient and "$?" not in script
        ignored = unseen or _is_ignored(command, found[index + 1 : index + 2])
        commands.append(replace(command, ignored=ignored))
    return commands


def _after_set(command: Command, lenient: bool) -> bool:
    """Return whether the script ignores failures (`set +e`) after this command."""
    if command.words[:1] != ("set",):
        return lenient
    for word in command.words[1:]:
        if re.fullmatch(r"[-+]\w*e\w*", word):
            lenient = word.startswith("+")
    return lenient


def _is_ignored(command: Command, after: list[Command]) -> bool:
    if command.then != "||" or not after:
        return False
    words = after[0].words
    return words[:1] in (("true",), (":",)) or words[:2] == ("exit", "0")


def _split(script: str) -> Iterator[Command]:
    words: list[str] = []
    line, start, ends, target = 0, 0, list[str](), False
    position = 0
    while position < len(script):
        found = _TOKEN.match(script, position)
        assert found is not None
        position = found.end()
        if found["word"] is not None:
            if not words:
                start = line
            if not target:
                words.append(found["word"])
            target = False
        elif found["redirect"] is not None:
            target = True
        elif found["heredoc"] is not None:
            ends.append(found["end"])
        elif found["operator"] is not None:
            yield from _command(words, start, found["operator"].strip())
            words, target = [], False
            if "\n" in found[0] and ends:
                position = _after_heredocs(script, position, ends)
                line += script.count("\n", found.end(), position)
                ends = []
        line += found[0].count("\n")
    yield from _command(words, start, "")


def _after_heredocs(script: str, position: int, ends: list[str]) -> int:
    for end in ends:
        closing = re.compile(rf"^[ \t]*{end}[ \t]*$\n?", re.MULTILINE)
        found = closing.search(script, position)
        position = found.end() if found else len(script)
    return position


def _command(words: list[str], line: int, then: str) -> Iterator[Command]:
    plain = [_unquoted(word) for word in words]
    while plain and plain[0] in _KEYWORDS:
        del plain[0]
    assignments = {}
    while plain and (found := _ASSIGNMENT.fullmatch(plain[0])):
        assignments[found[1]] = found[2]
        del plain[0]
    if plain or assignments:
        then = then if then in ("&&", "||", "|", "&") else ""
        yield Command(tuple(plain), assignments, line, then)


def _unquoted(word: str) -> str:
    return _PART.sub(lambda found: found[1] or found[2] or found[3] or "", word)
