"""HTTP statuses in sentences, by number or by standard phrase, and the messages for invalid ones."""

from __future__ import annotations

import difflib
import re
from http import HTTPStatus

from asgherkin.errors import SentenceError
from asgherkin.matching.values import show

# Names that the standard library has changed: RFC 9110 renamed them, and older features still say so.
_RENAMED = {"Request Entity Too Large": 413, "Content Too Large": 413, "Request-URI Too Long": 414,
            "URI Too Long": 414, "Requested Range Not Satisfiable": 416, "Range Not Satisfiable": 416,
            "Unprocessable Entity": 422, "Unprocessable Content": 422, "I'm a teapot": 418}  # fmt: skip
_BY_PHRASE = {status.phrase.lower(): status.value for status in HTTPStatus} | {
    phrase.lower(): value for phrase, value in _RENAMED.items()
}
_SUBJECT = "the response status"
_LONGEST = 80


def status_number(operator: str, phrase: str) -> int:
    """The number of a status by its phrase; `operator` is the comparator before it.

    Raises SentenceError for any other text.
    """
    if problem := no_status(operator, phrase):
        raise SentenceError(problem)
    return _BY_PHRASE[phrase.lower()]


def status_in_cell(cell: str) -> int:
    """The status in a table's cell, a number or a phrase. Raises SentenceError where it is neither."""
    return _BY_PHRASE.get(cell.lower()) or whole_number(cell)


def whole_number(cell: str) -> int:
    """The whole number in a table's cell. Raises SentenceError for any other text."""
    if re.fullmatch("[0-9]{1,9}", cell) is None:
        raise SentenceError(f'"{cell}" is not a whole number. Write for example: | 201 | 20 |')
    return int(cell)


def is_server_error(text: str) -> bool:
    """Whether a status, as written, is 5xx. The text `5xx` counts too: its step fails by itself, and says why."""
    return re.fullmatch("5(?:[0-9][0-9]|[xX]{2})", str(_BY_PHRASE.get(text.lower(), text))) is not None


def no_status(operator: str, text: str, written: str = "") -> str | None:
    """The message for a text in the place of a status; None where it is the phrase of a status.

    Args:
        operator: the comparator before it.
        text: the text, without quotes.
        written: the text as it is in the feature, where that is not in double quotes.
    """
    shown = written if written.isprintable() and 0 < len(written) <= _LONGEST else show(text, limit=_LONGEST)
    if number := re.match("[1-5][0-9][0-9](?![0-9])", text):
        return f"{shown} is not a status. Write the number alone: {number[0]}"
    if whole_class := re.fullmatch("([1-5])xx", text, re.IGNORECASE):
        return f"{shown} is not one status. " + "\n".join(_instead(operator, int(whole_class[1])))
    if operator.startswith("is at"):
        return f"{shown} is not a number. Write for example: {_SUBJECT} {operator} {_BY_PHRASE.get(text.lower(), 400)}"
    return None if text.lower() in _BY_PHRASE else _no_phrase(text)


def _instead(operator: str, hundred: int) -> list[str]:
    """The steps to write in place of a class of statuses, below their introduction."""
    least, most = f"{_SUBJECT} is at least", f"{_SUBJECT} is at most"
    first, last = f"{least} {hundred}00", f"{most} {hundred}99"
    below, above = f"  Then {most} {hundred - 1}99", f"  Then {least} {hundred + 1}00"
    return {
        "is": ["Write the limits of its class:", f"  Then {first}", f"  And {last}"],
        "is not": ["Write which side of its class is meant:", *[below] * (hundred > 1), *[above] * (hundred < 5)],
        "is at least": ["Write where its class begins:", f"  Then {first}"],
        "is at most": ["Write where its class ends:", f"  Then {last}"],
    }[operator]


def _no_phrase(text: str) -> str:
    near = difflib.get_close_matches(text.lower(), _BY_PHRASE)
    known = ", ".join(f'"{HTTPStatus(_BY_PHRASE[phrase]).phrase}"' for phrase in near)
    hint = f"Near to it: {known}." if near else 'Write for example: "Not Found", or 404.'
    return f"{show(text, limit=_LONGEST)} is not the standard phrase of a status. {hint}"
