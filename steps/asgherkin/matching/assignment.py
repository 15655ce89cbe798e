"""Which expected item goes with which actual one, where any order will do."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def assign(wanted: int, offered: int, fits: Callable[[int, int], bool]) -> list[int | None]:
    """Give as many of the wanted items as possible an offered item of their own.

    An item that fits several must not take the only one another fits: a maximum matching, found by
    augmenting paths (breadth first, as recursion would run out of stack on long arrays).

    Args:
        wanted: how many items are wanted.
        offered: how many items there are.
        fits: whether the wanted item at an index is satisfied by the offered one at another.

    Returns:
        For each wanted item the index of its own offered item, or None.
    """
    known: dict[tuple[int, int], bool] = {}
    owners: dict[int, int] = {}
    given: list[int | None] = [None] * wanted

    def fitting(want: int, offer: int) -> bool:
        pair = (want, offer)
        if pair not in known:
            known[pair] = fits(want, offer)
        return known[pair]

    for want in range(wanted):
        # The free ones first: items in their expected order are then found at once.
        offers = sorted(range(offered), key=owners.__contains__)
        offer, reached = _augmenting_path(want, offers, owners, fitting)
        while offer is not None:
            owner = reached[offer]
            owners[offer] = owner
            given[owner], offer = offer, given[owner]
    return given


def _augmenting_path(
    start: int, offers: list[int], owners: dict[int, int], fitting: Callable[[int, int], bool]
) -> tuple[int | None, dict[int, int]]:
    """Return a free offer that can be reached by moving others, and who is to get each offer on the way."""
    reached: dict[int, int] = {}
    queue = deque([start])
    while queue:
        want = queue.popleft()
        for offer in offers:
            if offer in reached or not fitting(want, offer):
                continue
            reached[offer] = want
            if offer not in owners:
                return offer, reached
            queue.append(owners[offer])
    return None, reached
