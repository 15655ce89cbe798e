"""Statuses as sentences have them: by number or by phrase; and which of them expect a server error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError
from asgherkin.matching.comparators import Comparison
from asgherkin.vocabulary.grammar import Expected
from asgherkin.vocabulary.phrases import BY_PHRASE, no_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPERATORS = ("is", "is not", "is at least", "is at most")


def by_number(expected: Comparison) -> Comparison:
    """A comparison with a status's phrase, as one with its number; any other as it is.

    Raises SentenceError for a phrase that is none.
    """
    operand = expected.operand
    if not isinstance(operand, str) or operand.startswith("#") or expected.operator not in _OPERATORS:
        return expected
    problem = no_status(expected.operator, operand)
    if problem is not None:
        raise SentenceError(problem)
    return Comparison(expected.operator, BY_PHRASE[operand.lower()])


def status_code(cell: str) -> int:
    """The status in a table's cell, a number or a phrase. Raises SentenceError where it is neither."""
    return BY_PHRASE.get(cell.lower()) or whole_number(cell)


def whole_number(cell: str) -> int:
    """The whole number in a table's cell. Raises SentenceError where it is none."""
    if re.fullmatch("[0-9]{1,9}", cell) is None:
        raise SentenceError(f'"{cell}" is not a whole number. Write for example: | 201 | 20 |')
    return int(cell)


def expects_server_error(slots: Mapping[str, object], _: object) -> bool:
    """Whether a sentence with the slot `expected` asserts a 5xx status."""
    expected = slots["expected"]
    assert isinstance(expected, Expected), "the sentence has that slot"
    return expected.operator in ("is", "is at least") and is_server_error(expected.operand.strip('"'))


def lists_server_error(_: object, table: Sequence[Sequence[object]]) -> bool:
    """Whether a table with statuses in its first column has a 5xx status."""
    return any(is_server_error(str(row[0])) for row in table)


def is_server_error(text: str) -> bool:
    """Whether a status, as written, is 5xx; that text is none, and a step that says it is to tell so."""
    return re.fullmatch("5(?:[0-9][0-9]|[xX]{2})", str(BY_PHRASE.get(text.lower(), text))) is not None
