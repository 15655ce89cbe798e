r"""The grammar that all sentences share: how a sentence is written as a template, and what its slots hold.

    {name:text}       "in double quotes", with \" for a quote inside
    {name:count}      a whole number above 0
    {name:rows}       how many rows of a table: 0 rows, 1 row, 25 rows
    {name:method}     GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE or QUERY
    {name:span}       a span of time: 2 seconds, 200 milliseconds
    {name:expected}   a comparator and what it compares with: is 9, contains "a", has 2 items; texts as JSON
    {name:wording}    the same, for what is text and nothing else: texts as in {name:text}
    {name:status}     the same, for the status of a response

What stands in [brackets] may be left out; its slots are None then. A template with `within=True` may end in
` within 2 seconds` or ` within 200 milliseconds`, before a colon.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_bdd.parsers import StepParser

from asgherkin.errors import SentenceError
from asgherkin.matching.comparators import Comparison
from asgherkin.matching.documents import fill_text, parse_literal
from asgherkin.matching.matchers import escape
from asgherkin.session.variables import Slot
from asgherkin.vocabulary.phrases import no_status

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], object]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY")

_TEMPLATE_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_SPAN = r"\S+ (?:second|millisecond)s?"
# What follows a comparator; ` within 2 seconds:` belongs to a sentence that takes a doc string.
_ANYTHING = rf"(?!within {_SPAN}:?$).+?"
_COMPARISON = (
    rf"(?:is at least|is at most|is not|is|does not contain|contains|matches) {_ANYTHING}"
    r"|has \S+ items?|does not exist|exists"
)
_PATTERNS = {
    "text": _QUOTED,
    "count": r"\S+",
    "method": "|".join(METHODS),
    "span": _SPAN,
    "rows": r"\S+ rows?",
    "expected": _COMPARISON,
    "wording": _COMPARISON,
    "status": _COMPARISON,
}
_WITHIN = rf"(?: within (?P<within>{_SPAN}))?"
_OTHER_SPAN = r"\bwithin (\S+(?: \S+)?)$"
_OPERAND = r"(?s)(?P<operator>is at least|is at most|is not|is|does not contain|contains|matches) (?P<operand>.+)"


class Sentence(StepParser):
    """A sentence of the vocabulary, as pytest-bdd's decorators take it.

    `example` shows it in use. Its arguments are slots, which are filled when the step runs.
    """

    strict = True

    def __init__(self, template: str, *, example: str, within: bool = False) -> None:
        super().__init__(template)
        self.example = example
        literal = re.split(r"[{\[]", template, maxsplit=1)[0]
        self.prefix = literal.removesuffix(":") if within else literal
        self._types = dict(_TEMPLATE_SLOT.findall(template))
        self._within = within
        self._parsed: dict[str, dict[str, Slot | None] | None] = {}

    @property
    def pattern(self) -> str:
        """The whole template, with what `within` adds to it."""
        colon = ":" if self._within and self.name.endswith(":") else ""
        return f"{self.name.removesuffix(colon)}[ within {{within:span}}]{colon}" if self._within else self.name

    @functools.cached_property
    def _regex(self) -> re.Pattern[str]:
        # Compiled when a step begins as the sentence does: most runs need a few of them.
        return re.compile(_regex(self.name, within=self._within), re.DOTALL)

    def is_matching(self, name: str) -> bool:
        """Whether a step's text is this sentence."""
        return self._regex.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Slot | None] | None:
        """The slots of a step's text; `within` is None where the sentence does not say it."""
        if name not in self._parsed:
            self._parsed[name] = self._parse(name)
        return self._parsed[name]

    def _parse(self, name: str) -> dict[str, Slot | None] | None:
        found = self._regex.fullmatch(name)
        if found is None:
            return None
        slots: dict[str, Slot | None] = {
            slot: None if found[slot] is None else _SLOTS[kind](slot, found[slot]) for slot, kind in self._types.items()
        }
        if self._within:
            slots["within"] = Seconds("within", found["within"]) if found["within"] else None
        return slots


def _regex(template: str, *, within: bool) -> str:
    colon = template.endswith(":")
    body = template.removesuffix(":")
    parts: list[str] = []
    last = 0
    for slot in _TEMPLATE_SLOT.finditer(body):
        parts.append(_literal(body[last : slot.start()]))
        parts.append(f"(?P<{slot[1]}>{_PATTERNS[slot[2]]})")
        last = slot.end()
    parts.append(_literal(body[last:]))
    return "".join(parts) + (_WITHIN if within else "") + (":" if colon else "")


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\[", "(?:").replace(r"\]", ")?")


@dataclass(frozen=True, slots=True)
class Written(Slot):
    """A slot, as written in the step."""

    name: str
    written: str

    @property
    def varies(self) -> bool:
        """Whether remembered values are put in."""
        return "{{" in self.written


class Text(Written):
    """A text in double quotes."""

    def filled(self, lookup: Lookup) -> str:
        """The text between the quotes."""
        return fill_text(_unquoted(self.written), lookup)


class Word(Written):
    """A word that is what it is."""

    def filled(self, lookup: Lookup) -> str:  # noqa: ARG002 - a word holds nothing to look up
        """The word."""
        return self.written


class Count(Written):
    """A whole number above 0."""

    def filled(self, lookup: Lookup) -> int:
        """The number's value."""
        return _whole(fill_text(self.written, lookup), least=1)


class RowCount(Written):
    """How many rows there are: `2 rows`."""

    def filled(self, lookup: Lookup) -> int:
        """The number's value."""
        return _whole(fill_text(self.written.rsplit(" ", 1)[0], lookup), least=0)


class Seconds(Written):
    """A span of time, in seconds or milliseconds."""

    def filled(self, lookup: Lookup) -> float:
        """The span, in seconds."""
        number, unit = self.written.rsplit(" ", 1)
        value = _number(fill_text(number, lookup))
        if value < 0:
            raise SentenceError(f"{number} {unit} is not a span of time. Write for example: within 2 seconds")
        return value / 1000 if unit.startswith("milli") else value


class Expected(Written):
    """A comparator and its operand, a JSON literal."""

    @property
    def operator(self) -> str:
        """The comparator's name."""
        return _split(self.written)[0]

    @property
    def operand(self) -> str:
        """What it compares with, as written."""
        return _split(self.written)[1]

    def filled(self, lookup: Lookup) -> Comparison:
        """The comparison."""
        operator, operand = _split(self.written)
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


class Wording(Expected):
    """A comparator and its operand, a text as in any text slot; a number where it compares sizes."""

    def _operand(self, operator: str, operand: str, lookup: Lookup) -> object:
        if operator.startswith("is at") and not operand.startswith('"'):
            return _number(fill_text(operand, lookup))
        text = _text(operand, lookup)
        # Only what the feature itself says is a matcher: not a remembered value that happens to look like one.
        return text if _unquoted(operand).startswith(("#", "\\#")) else escape(text)


class Status(Expected):
    """A comparator and a status: its number, or its phrase as a text."""

    def _operand(self, operator: str, operand: str, lookup: Lookup) -> object:
        try:
            return super()._operand(operator, operand, lookup)
        except SentenceError:
            _check_end(operand)
            # What a JSON value is would be the wrong thing to say: not any text is a status.
            plain = operator.startswith("is") and not operand.startswith(('"', "[", "{", "#")) and not self.varies
            problem = no_status(operator, operand.strip(" '"), operand) if plain else None
            if problem is None:
                raise
            raise SentenceError(problem) from None


_SLOTS: dict[str, Callable[[str, str], Slot]] = {
    "text": Text,
    "count": Count,
    "method": Word,
    "span": Seconds,
    "rows": RowCount,
    "expected": Expected,
    "wording": Wording,
    "status": Status,
}


def _split(written: str) -> tuple[str, str]:
    if written in ("exists", "does not exist"):
        return written, ""
    if written.startswith("has "):
        return "has items", written.removeprefix("has ").rsplit(" ", 1)[0]
    found = re.fullmatch(_OPERAND, written)
    assert found is not None, "the sentence's own pattern has let through what is no comparison"
    return found["operator"], found["operand"]


def _text(written: str, lookup: Lookup) -> str:
    if re.fullmatch(_QUOTED, written, re.DOTALL) is None:
        _check_end(written)
        raise SentenceError(f"{written} is not a text. Write it in double quotes: {_quoted(written)}")
    return fill_text(_unquoted(written), lookup)


def _unquoted(written: str) -> str:
    return written[1:-1].replace('\\"', '"')


def _check_end(operand: str) -> None:
    """Raise SentenceError where what is wrong with an operand is what follows it."""
    if operand.endswith(":"):
        raise SentenceError("This sentence takes no doc string or data table. Write it without the colon at its end.")
    span = re.search(_OTHER_SPAN, operand)
    if span is not None:
        raise SentenceError(f"{span[1]} is not a span of time. Write for example: within 2 seconds")


def _quoted(written: str) -> str:
    inner = written.strip('"')
    return '"' + inner.replace('"', '\\"') + '"'


def _number(text: str) -> float:
    if re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?", text) is None:
        raise SentenceError(f"{text} is not a number. Write for example: 2 or 0.5")
    return float(text) if "." in text else int(text)


def _whole(text: str, *, least: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise SentenceError(f"{text} is not a whole number of at least {least}. Write for example: 3")
    return int(text)
