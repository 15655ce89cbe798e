"""The differences between an expected document and the actual one."""

from __future__ import annotations

from collections import deque
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.matchers import Matcher, parse_matcher, unescape
from asgherkin.matching.values import ABSENT, is_number, sentence_start, show, type_name, typed, typed_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LINES: Final = 20
_NEAREST_OF: Final = 100
_Path: TypeAlias = tuple[str | int, ...]


class Difference(NamedTuple):
    """A place where two documents differ."""

    path: str
    """A JSONPath into the actual document."""
    expected: object
    """A value, a `Matcher`, or `ABSENT` where nothing is expected."""
    actual: object
    """A value, or `ABSENT` where there is none."""
    note: str = ""
    """The text shown in place of the values, where they alone would mislead."""


def same(expected: object, actual: object) -> bool:
    """Tell whether two JSON values are equal: 1 and 1.0 are, 1 and true are not, at any depth."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if is_number(expected) and is_number(actual):
        return expected == actual
    return type_name(expected) == type_name(actual) and expected == actual


def resolve(expected: object) -> object:
    """Return the meaning of an expected value: a `Matcher`, or the value itself without its escape."""
    if isinstance(expected, str) and expected[:1] in ("#", "\\"):
        return parse_matcher(expected) or unescape(expected)
    return expected


def named(wanted: object) -> str:
    """Return a value that `resolve` has returned, as it stands in a message."""
    return wanted.name if isinstance(wanted, Matcher) else typed(wanted)


def differences(expected: object, actual: object) -> list[Difference]:
    """List where a document is not exactly the expected one, which may hold matchers."""
    return _collect(_compare, expected, actual)


def missing_parts(expected: object, actual: object) -> list[Difference]:
    """List the parts of the expected document that a document lacks.

    Objects may have other keys; each expected item of an array is found in an item of its own, in any order.
    """
    return _collect(_search, expected, actual)


def _collect(
    walk: Callable[[object, object, _Path], Iterator[Difference]], expected: object, actual: object
) -> list[Difference]:
    try:
        return list(walk(expected, actual, ()))
    except RecursionError:
        raise SentenceError("The documents are nested too deeply to be compared.") from None


def path_of(steps: Iterable[str | int]) -> str:
    """Return the JSONPath of names and indexes, as in `$.items[0]['odd key']`."""
    return "$" + "".join(_step(step) for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.isidentifier():  # RFC 9535 allows more names in short, and every name in brackets
        return f".{step}"
    inner = show(step, limit=len(step) * 6 + 2)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{inner}']"


def _compare(expected: object, actual: object, path: _Path) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected | actual:
            yield from _compare(expected.get(key, ABSENT), actual.get(key, ABSENT), (*path, key))
    elif isinstance(expected, list) and isinstance(actual, list):
        for at, (wanted, item) in enumerate(zip_longest(expected, actual, fillvalue=ABSENT)):
            yield from _compare(wanted, item, (*path, at))
    elif not _fits(wanted := resolve(expected), actual):
        yield Difference(path_of(path), wanted, actual)


def _fits(wanted: object, actual: object) -> bool:
    return wanted.matches(actual) if isinstance(wanted, Matcher) else same(wanted, actual)


def _search(expected: object, actual: object, path: _Path) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _search(value, actual.get(key, ABSENT), (*path, key))
    elif isinstance(expected, list) and isinstance(actual, list):
        missing, free = _assign_items(expected, actual)
        for item in missing:
            yield from _nearest(item, actual, free[:_NEAREST_OF], path)
    elif not _fits(wanted := resolve(expected), actual):
        yield Difference(path_of(path), wanted, actual)


def _nearest(item: object, actual: list[object], free: list[int], path: _Path) -> list[Difference]:
    """Return the differences of an expected item from the free one most like it, or from the whole array."""
    alike = [at for at in free if isinstance(item, dict | list) and isinstance(actual[at], type(item))]
    wanted = resolve(item)
    note = f"expected an item {named(wanted)}, got {typed(actual)}"
    whole = [Difference(path_of(path), wanted, actual, note)]
    return min((list(_search(item, actual[at], (*path, at))) for at in alike), key=len, default=whole)


def _assign_items(expected: list[object], actual: list[object]) -> tuple[list[object], list[int]]:
    """Return the expected items that are found nowhere, and the indexes of the items that are left over."""
    may_be_absent = [_fits(resolve(item), ABSENT) for item in expected]
    # An expected item that may be absent comes last: it must not take an item that another needs.
    order = [expected[at] for at in sorted(range(len(expected)), key=may_be_absent.__getitem__)]
    given = assign(len(order), len(actual), lambda want, offer: contains(order[want], actual[offer]))
    required = len(expected) - sum(may_be_absent)
    taken = set(given)
    return (
        [item for item, offer in zip(order[:required], given, strict=False) if offer is None],
        [at for at in range(len(actual)) if at not in taken],
    )


def contains(expected: object, actual: object) -> bool:
    """Tell whether `missing_parts` would find nothing; stops at the first missing part."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(contains(value, actual.get(key, ABSENT)) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return not _assign_items(expected, actual)[0]
    return _fits(resolve(expected), actual)


def describe(found: list[Difference]) -> str:
    """Return the differences as text, one a line, the first twenty of them."""
    lines = [f"  {difference.path}: {_what(difference)}" for difference in found[:_LINES]]
    more = len(found) - _LINES
    if more > 0:
        lines.append(f"  … and {more} more difference{'s' if more > 1 else ''}")
    return "\n".join(lines)


def _what(difference: Difference) -> str:
    expected, actual = difference.expected, difference.actual
    if difference.note:
        return difference.note
    if expected is ABSENT:
        return f"not expected, got {typed(actual)}"
    if actual is ABSENT:
        return f"expected {named(expected)}, but it is absent"
    if isinstance(expected, Matcher):
        return f"expected {expected.name}, got {typed(actual)}"
    wanted, got = typed_pair(expected, actual)
    return f"expected {wanted}, got {got}"


def verify_document(subject: str, expected: object, actual: object) -> None:
    """Check that a document is exactly the expected one. Raises Mismatch with the differences."""
    if found := differences(expected, actual):
        places = "1 place" if len(found) == 1 else f"{len(found)} places"
        raise Mismatch(f"{sentence_start(subject)} differs in {places}:", describe(found))


def verify_contains(subject: str, expected: object, actual: object) -> None:
    """Check that a document contains the expected one; see `missing_parts`. Raises Mismatch with what is missing."""
    if found := missing_parts(expected, actual):
        count = "1 difference" if len(found) == 1 else f"{len(found)} differences"
        raise Mismatch(f"{sentence_start(subject)} does not contain what is expected, {count}:", describe(found))


def verify_does_not_contain(subject: str, expected: object, actual: object) -> None:
    """Check that a document does not contain another one. Raises Mismatch where it does."""
    if not missing_parts(expected, actual):
        raise Mismatch(f"{sentence_start(subject)} contains what it should not: {show(expected)}")


# The assignment of expected to actual items, in any order


def assign(wanted: int, offered: int, fits: Callable[[int, int], bool]) -> list[int | None]:
    """Give as many of the wanted items as possible an offered item of their own.

    An item that fits several offers must not take the only offer that another fits: this is a maximum matching,
    found by augmenting paths (breadth first, as recursion would run out of stack on long arrays).

    Args:
        wanted: how many items are wanted.
        offered: how many items there are.
        fits: whether the wanted item at an index is satisfied by the offered one at another.

    Returns:
        For each wanted item the index of its own offered item, or None.
    """
    fitting = cache(fits)
    owners: dict[int, int] = {}
    given: list[int | None] = [None] * wanted

    for want in range(wanted):
        # Free offers first: items in their expected order are then found at once.
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
