"""Redacts secrets from the output of a step, even if a secret spans several lines.

Source: CircleCI docs, "Environment variables", secrets masking: values of fewer than
four characters, and `true` and `false`, are not masked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from dte.run.sanitize import strip_colors, strip_controls

MASK = "****"
_SHORTEST = 4
MOST_HELD = 100


def list_secrets(values: Iterable[str]) -> tuple[str, ...]:
    """Return the texts to redact: each line of a value, and all its lines joined."""
    texts = {part for value in values for part in value.splitlines()}
    texts |= {"".join(value.splitlines()) for value in values}
    return tuple(
        sorted(
            text
            for text in texts
            if len(text) >= _SHORTEST and text not in ("true", "false")
        )
    )


@dataclass
class _Line:
    shown: str
    plain: str
    masked: bytearray

    def render(self) -> str:
        if not any(self.masked):
            return self.shown
        runs = groupby(zip(self.plain, self.masked, strict=True), lambda pair: pair[1])
        return "".join(
            MASK if hidden else "".join(letter for letter, _ in run)
            for hidden, run in runs
        )


class Redactor:
    """Redacts lines of output as they arrive; may hold back the newest lines.

    A line is held back while its end could be the beginning of a secret that continues
    on the next line. At most `MOST_HELD` lines are held back: a secret that is split
    over more lines is not found.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._held: list[_Line] = []

    def feed(self, line: str) -> Iterator[str]:
        """Yield the lines that are ready now that `line` has arrived."""
        shown = strip_controls(line)
        if not self._secrets:
            yield shown
            return
        plain = strip_colors(shown)
        self._held.append(_Line(shown, plain, bytearray(len(plain))))
        text = "".join(held.plain for held in self._held)
        self._mask(text)
        open_length = max(_open_length(text, secret) for secret in self._secrets)
        yield from self._release(len(text) - open_length)
        if len(self._held) > MOST_HELD:
            yield from self.flush()

    def flush(self) -> Iterator[str]:
        """Yield the lines that are still held back."""
        held, self._held = self._held, []
        for line in held:
            yield line.render()

    def _mask(self, text: str) -> None:
        for secret in self._secrets:
            at = text.find(secret)
            while at >= 0:
                self._mask_range(at, at + len(secret))
                at = text.find(secret, at + 1)

    def _mask_range(self, start: int, end: int) -> None:
        offset = 0
        for line in self._held:
            length = len(line.plain)
            first, last = max(start - offset, 0), min(end - offset, length)
            if first < last:
                line.masked[first:last] = b"\x01" * (last - first)
            offset += length

    def _release(self, end: int) -> Iterator[str]:
        offset = 0
        while self._held and offset + len(self._held[0].plain) <= end:
            line = self._held.pop(0)
            offset += len(line.plain)
            yield line.render()


def _open_length(text: str, secret: str) -> int:
    """Measure the longest suffix of `text` that is a prefix of `secret`."""
    start = max(len(text) - len(secret) + 1, 0)
    at = text.find(secret[0], start)
    while at >= 0:
        if secret.startswith(text[at:]):
            return len(text) - at
        at = text.find(secret[0], at + 1)
    return 0
