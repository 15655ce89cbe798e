"""Which expected item goes with which actual one."""

from __future__ import annotations

from itertools import permutations

import pytest

from asgherkin.matching.differences import assign


@pytest.mark.parametrize(
    ("table", "given"),
    [
        ([], []),
        (["1"], [0]),
        (["0"], [None]),
        (["10", "01"], [0, 1]),
        (["11", "10"], [1, 0]),
        (["11", "11", "11"], [0, 1, None]),
        (["110", "110", "100"], [0, 1, None]),
        (["110", "011", "100"], [1, 2, 0]),
        (["00", "11"], [None, 0]),
    ],
    ids=[
        "nothing",
        "fits",
        "fits not",
        "in order",
        "moved",
        "too few",
        "none left to move to",
        "a chain",
        "one alone",
    ],
)
def test_items_get_one_of_their_own(table: list[str], given: list[int | None]) -> None:
    """As many as possible get an item, and an item that fits several moves for one it alone fits."""
    offered = len(table[0]) if table else 0

    assert assign(len(table), offered, lambda want, offer: table[want][offer] == "1") == given


@pytest.mark.parametrize("seed", range(64))
def test_as_many_as_possible_are_given(seed: int) -> None:
    """The number of items given is the most that any choice of different items reaches."""
    fits = [[bool(seed * 2654435761 >> (3 * want + offer) & 1) for offer in range(4)] for want in range(4)]

    given = assign(4, 4, lambda want, offer: fits[want][offer])

    taken = [offer for offer in given if offer is not None]
    assert len(set(taken)) == len(taken)
    assert all(offer is None or fits[want][offer] for want, offer in enumerate(given))
    assert len(taken) == max(
        sum(fits[want][offer] for want, offer in enumerate(order)) for order in permutations(range(4))
    )


def test_a_long_chain_needs_no_stack() -> None:
    """When a thousand items have to move for one, they do."""
    count = 1000

    given = assign(count, count, lambda want, offer: offer in (want, want + 1) if want < count - 1 else offer == 0)

    assert given == [*range(1, count), 0]
