r"""The slots of sentences: the kinds, what each may hold, and its value.

{name:text}       "in double quotes", with \" for a quote inside
{name:count}      a whole number above 0
{name:rows}       how many rows of a table: 0 rows, 1 row, 25 rows
{name:method}     GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE or QUERY
{name:span}       a span of time: 2 seconds, 200 milliseconds
{name:expected}   a comparator and what it compares with: is 9, contains "a", has 2 items; texts as JSON
{name:wording}    the same, for what is text and nothing else: texts as in {name:text}
{name:status}     the same, for the status of a response: a number, or its phrase as a text
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError
from asgherkin.matching.comparators import Comparison
from asgherkin.matching.documents import fill_text, parse_literal
from asgherkin.matching.matchers import escape
from asgherkin.session.remembered import Slot
from asgherkin.vocabulary.http_statuses import no_status, status_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Lookup = Callable[[str], object]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY")
SPAN = r"\S+ (?:second|millisecond)s?"

_QUOTED = r'"(?:[^"\\]|\\.)*"'
# What follows a comparator; ` within 2 seconds:` belongs to a sentence that takes a doc string.
_ANYTHING = rf"(?!within {SPAN}:?$).+?"
_OPERATORS = "is at least|is at most|is not|is|does not contain|contains|matches"
_COMPARISON = rf"(?:{_OPERATORS}) {_ANYTHING}|has \S+ items?|does not exist|exists"
_OPERAND = rf"(?s)(?P<operator>{_OPERATORS}) (?P<operand>.+)"
_OTHER_SPAN = r"\bwithin (\S+(?: \S+)?)$"


class _Text(Slot):
    """A text in double quotes."""

    pattern = _QUOTED

    def filled(self, lookup: Lookup) -> str:
        text = _unquoted(self.written)
        return fill_text(text, lookup) if self.varies else text


class _Method(Slot):
    """An HTTP method."""

    pattern = "|".join(METHODS)

    def filled(self, lookup: Lookup) -> str:  # noqa: ARG002 - it holds nothing to look up
        return self.written


class _Count(Slot):
    """A whole number above 0."""

    pattern = r"\S+"

    def filled(self, lookup: Lookup) -> int:
        return _whole(fill_text(self.written, lookup), least=1)


class _RowCount(Slot):
    """How many rows there are: `2 rows`."""

    pattern = r"\S+ rows?"

    def filled(self, lookup: Lookup) -> int:
        return _whole(fill_text(self.written.rsplit(" ", 1)[0], lookup), least=0)


class Seconds(Slot):
    """A span of time, in seconds or milliseconds."""

    pattern = SPAN

    def filled(self, lookup: Lookup) -> float:
        """The span, in seconds."""
        number, unit = self.written.rsplit(" ", 1)
        value = _number(fill_text(number, lookup))
        if value < 0:
            raise SentenceError(f"{number} {unit} is not a span of time. Write for example: within 2 seconds")
        return value / 1000 if unit.startswith("milli") else value


class Expected(Slot):
    """A comparator and its operand, a JSON literal."""

    pattern = _COMPARISON

    @property
    def parts(self) -> tuple[str, str]:
        """The comparator's name, and its operand as written."""
        if self.written in ("exists", "does not exist"):
            return self.written, ""
        if self.written.startswith("has "):
            return "has items", self.written.removeprefix("has ").rsplit(" ", 1)[0]
        found = re.fullmatch(_OPERAND, self.written)
        assert found is not None, "the pattern of this slot lets nothing else through"
        return found["operator"], found["operand"]

    def filled(self, lookup: Lookup) -> Comparison:
        """The comparison."""
        operator, operand = self.parts
        if operator in ("exists", "does not exist"):
            return Comparison(operator)
        if operator == "has items":
            return Comparison(operator, _whole(fill_text(operand, lookup), least=0))
        if operator == "matches":
            return Comparison(operator, _text(operand, lookup))
        return Comparison(operator, self._operand(operator, operand, lookup))

    def _operand(self, operator: str, operand: str, lookup: Lookup) -> object:  # noqa: ARG002 - for the others
        try:
            return parse_literal(operand, lookup, expected=True)
        except SentenceError:
            _check_end(operand)
            raise


class _Wording(Expected):
    """A comparator and its operand, a text as in any text slot; a number where it compares sizes."""

    def _operand(self, operator: str, operand: str, lookup: Lookup) -> object:
        if operator.startswith("is at") and not operand.startswith('"'):
            return _number(fill_text(operand, lookup))
        text = _text(operand, lookup)
        # Only a text of the feature itself is a matcher: not a remembered value that happens to look like one.
        return text if _unquoted(operand).startswith(("#", "\\#")) else escape(text)


class _Status(Expected):
    """A comparator and a status: its number, or its phrase as a text."""

    def _operand(self, operator: str, operand: str, lookup: Lookup) -> object:
        try:
            value = super()._operand(operator, operand, lookup)
        except SentenceError:
            _check_end(operand)
            # An explanation of JSON values would mislead: not any text is a status.
            plain = operator.startswith("is") and not operand.startswith(('"', "[", "{", "#")) and not self.varies
            if plain and (problem := no_status(operator, operand.strip(" '"), operand)):
                raise SentenceError(problem) from None
            raise
        if isinstance(value, str) and operator.startswith("is") and not value.startswith("#"):
            return status_number(operator, value)
        return value


KINDS: Mapping[str, type[Slot]] = {
    "text": _Text,
    "count": _Count,
    "method": _Method,
    "span": Seconds,
    "rows": _RowCount,
    "expected": Expected,
    "wording": _Wording,
    "status": _Status,
}
"""The kinds of slots, as templates name them."""


def _text(written: str, lookup: Lookup) -> str:
    if re.fullmatch(_QUOTED, written, re.DOTALL) is None:
        _check_end(written)
        quoted = written.strip('"').replace('"', '\\"')
        raise SentenceError(f'{written} is not a text. Write it in double quotes: "{quoted}"')
    return fill_text(_unquoted(written), lookup)


def _unquoted(written: str) -> str:
    return written[1:-1].replace('\\"', '"')


def _check_end(operand: str) -> None:
    """Raise SentenceError where the end of an operand is at fault: a colon, or a wrong span of time."""
    if operand.endswith(":"):
        raise SentenceError("This sentence takes no doc string or data table. Write it without the colon at its end.")
    if span := re.search(_OTHER_SPAN, operand):
        raise SentenceError(f"{span[1]} is not a span of time. Write for example: within 2 seconds")


def _number(text: str) -> float:
    if re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?", text) is None:
        raise SentenceError(f"{text} is not a number. Write for example: 2 or 0.5")
    return float(text) if "." in text else int(text)


def _whole(text: str, *, least: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise SentenceError(f"{text} is not a whole number of at least {least}. Write for example: 3")
    return int(text)
