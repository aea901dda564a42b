"""Words for numbers of things."""


def count_of(number: int, thing: str) -> str:
    """Return a number of things, with the plural if it needs one."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
