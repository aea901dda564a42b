"""Finds a few combinations of parameters that together contain each pair of values."""

from collections.abc import Mapping, Sequence
from itertools import combinations

Combination = dict[str, str]
Pair = frozenset[tuple[str, str]]


def list_pairs(combination: Mapping[str, str]) -> set[Pair]:
    """Return each pair of parameter values in one combination."""
    return {frozenset(pair) for pair in combinations(combination.items(), 2)}


def combine(parameters: Mapping[str, Sequence[str]]) -> list[Combination]:
    """Return combinations that together contain each pair of parameter values.

    Each combination starts with a missing pair. Then each other parameter gets the
    value that adds the most missing pairs.
    """
    missing = {
        frozenset(((one, value), (other, another)))
        for one, other in combinations(parameters, 2)
        for value in parameters[one]
        for another in parameters[other]
    }
    found = []
    while missing:
        chosen = dict(min(missing, key=sorted))
        for name in parameters:
            if name not in chosen:
                chosen[name] = max(
                    parameters[name],
                    key=lambda value, name=name: len(  # type: ignore[misc]
                        list_pairs({**chosen, name: value}) & missing
                    ),
                )
        missing -= list_pairs(chosen)
        found.append(chosen)
    return found
