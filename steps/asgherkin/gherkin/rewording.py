"""A step that is a sentence but for its quotes, capital letters, spaces or the sign at its end."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.gherkin.definitions import Index

_QUOTED = r'"(?:[^"\\]|\\.)*"'
# Straight single quotes around words, curly double ones (201c to 201f), curly single ones, angles, backquotes.
_OTHER_QUOTES = re.compile(
    r"""(?<!\w)'([^'"]*)'(?!\w)|[\u201c-\u201f]([^"\u201c-\u201f]*)[\u201c-\u201f]"""
    r"""|\u2018([^"\u2018\u2019]*)\u2019|«([^«»"]*)»|`([^`"]*)`"""
)
_SPACES = re.compile(rf"({_QUOTED})|\s+")
_PARTS = re.compile(rf"{_QUOTED}|\S+")
_SIGNS = ".,;:!"
_MOST_PARTS = 16


def reworded(kind: str, text: str, index: Index) -> str | None:
    """The text with other quotes, capitals, spaces or another end, so that a sentence fits; None where none does."""
    return next((one for one in _candidates(text) if one != text and _fits(kind, one, index)), None)


def _fits(kind: str, text: str, index: Index) -> bool:
    try:
        return bool(index.nearest(kind, text))
    except Exception:  # noqa: BLE001 - a project's own parser or converter, which was not asked about this text
        return False


def _candidates(text: str) -> Iterator[str]:
    """Texts that the author may have meant, the likeliest first."""
    tidy = _SPACES.sub(lambda it: it[1] or " ", _OTHER_QUOTES.sub(_in_double_quotes, text)).strip()
    plain = tidy.rstrip(_SIGNS)
    ends = dict.fromkeys([tidy, plain, f"{plain}:"])
    yield from ends
    for end in ends:
        parts = _PARTS.findall(end)
        if len(parts) <= _MOST_PARTS:
            yield from _with_words_changed(parts)


def _in_double_quotes(found: re.Match[str]) -> str:
    return '"' + next(one for one in found.groups() if one is not None) + '"'


def _with_words_changed(parts: list[str]) -> Iterator[str]:
    """One word in quotes or with other capitals, then two in quotes, then several as one text in quotes."""
    words = [position for position, one in enumerate(parts) if '"' not in one]
    for at in words:
        word = parts[at]
        for changed in (f'"{word}"', word.upper(), word[:1].lower() + word[1:], word[:1].upper() + word[1:]):
            yield _joined(parts, {at: changed})
    for first, second in itertools.combinations(words, 2):
        yield _joined(parts, {first: f'"{parts[first]}"', second: f'"{parts[second]}"'})
    for first, last in itertools.combinations(words, 2):
        if not any('"' in one for one in parts[first:last]):
            yield " ".join([*parts[:first], f'"{" ".join(parts[first : last + 1])}"', *parts[last + 1 :]])


def _joined(parts: Iterable[str], changed: dict[int, str]) -> str:
    return " ".join(changed.get(position, one) for position, one in enumerate(parts))
