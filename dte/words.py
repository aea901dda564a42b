"""Writes a number together with its noun."""


def count_of(number: int, thing: str) -> str:
    """Return the number and its noun, in the plural unless the number is 1."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
