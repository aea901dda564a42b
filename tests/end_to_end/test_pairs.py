"""The combinations contain each pair of values, and there are few of them."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.end_to_end.pairs import combine, list_pairs

SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=6)


@given(SIZES)
def test_each_pair_occurs(sizes: list[int]) -> None:
    """Each value of a parameter occurs with each value of every other parameter."""
    parameters = {
        f"p{number}": [f"v{value}" for value in range(size)]
        for number, size in enumerate(sizes)
    }
    found = combine(parameters)
    rows = product(*parameters.values())
    every = [dict(zip(parameters, row, strict=True)) for row in rows]
    pairs = set().union(*map(list_pairs, every))
    assert set().union(*map(list_pairs, found)) == pairs
    assert all(combination in every for combination in found)
    assert len(found) <= len(every)


def test_pairs_need_few_combinations() -> None:
    """Of the 1024 combinations of five parameters with four values, 32 are enough."""
    parameters = {f"p{number}": list("abcd") for number in range(5)}
    assert 16 <= len(combine(parameters)) <= 32
