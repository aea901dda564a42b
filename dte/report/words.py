"""Short texts that the live output, the tables and the verdict share."""

_LONGEST_TITLE = 60
GUARD_STEP = "Refuse a partial rerun"


def step_title(name: str) -> str:
    """Return the first line of a step's name, shortened.

    The title of an unnamed step is its command.
    """
    lines = name.strip().splitlines() or ["step"]
    title = lines[0].strip()
    if len(title) > _LONGEST_TITLE:
        return title[: _LONGEST_TITLE - 1] + "…"
    return f"{title} …" if len(lines) > 1 else title
