"""Statuses as sentences have them: by number or by phrase; and which of them expect a server error."""

from __future__ import annotations

import difflib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError
from asgherkin.matching.comparators import Comparison
from asgherkin.vocabulary.grammar import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Names that the standard library has changed: RFC 9110 renamed them, and older features still say so.
_RENAMED = {"Request Entity Too Large": 413, "Content Too Large": 413, "Request-URI Too Long": 414,
            "URI Too Long": 414, "Requested Range Not Satisfiable": 416, "Range Not Satisfiable": 416,
            "Unprocessable Entity": 422, "Unprocessable Content": 422, "I'm a teapot": 418}  # fmt: skip
_BY_PHRASE = {status.phrase.lower(): status.value for status in HTTPStatus} | {
    phrase.lower(): value for phrase, value in _RENAMED.items()
}


def by_number(expected: Comparison) -> Comparison:
    """A comparison with a status's phrase, as one with its number; any other as it is.

    Raises SentenceError for a phrase that is none.
    """
    operand = expected.operand
    if not isinstance(operand, str) or operand.startswith("#") or expected.operator not in ("is", "is not"):
        return expected
    number = _BY_PHRASE.get(operand.lower())
    if number is None:
        near = difflib.get_close_matches(operand.lower(), _BY_PHRASE)
        known = ", ".join(f'"{HTTPStatus(_BY_PHRASE[one]).phrase}"' for one in near)
        raise SentenceError(
            f'"{operand}" is not the standard phrase of a status. '
            + (f"Near to it: {known}." if near else 'Write for example: "Not Found", or 404.')
        )
    return Comparison(expected.operator, number)


def status_code(cell: str) -> int:
    """The status in a table's cell, a number or a phrase. Raises SentenceError where it is neither."""
    return _BY_PHRASE.get(cell.lower()) or whole_number(cell)


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
    """Whether a status, as written, is 5xx."""
    return re.fullmatch("5[0-9][0-9]", str(_BY_PHRASE.get(text.lower(), text))) is not None
