"""Search the catalogue: by a whole step, by words, and by words that are nearly so."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asgherkin.gherkin.catalogue import Listed

# Words that are in every other sentence, and tell none from another.
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "for",
        "from",
        "has",
        "have",
        "i",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "that",
        "the",
        "this",
        "to",
        "with",
    ]
)
_KEYWORDS = r"^(given|when|then|and|but|\*)\s+"
_NEARLY = 0.8
# How much more a word counts in the sentence itself than in what it means; how near to the best one must come.
_SHOWN = 1.5
_GOOD = 0.6
_MOST = 10


def search(text: str, catalogue: Sequence[Listed]) -> list[Listed]:
    """The sentences that a text is about, best first; ten at most.

    First those that the text, as a step, fits. Then those with its words in their pattern, meaning or example: a rare
    word counts more than one that many sentences have, and a whole word more than one that is nearly so.
    """
    step = re.sub(_KEYWORDS, "", text.strip(), flags=re.IGNORECASE)
    fitting = [one for one in catalogue if one.definition.parser.is_matching(step)]
    if fitting:
        return fitting[:_MOST]
    words = [_words(f"{one.pattern} {one.example} {one.meaning} {one.module}") for one in catalogue]
    weights = _weights(words)
    wanted = [_meant(word, weights) for word in _wanted(step)]
    rated = [(_rate(one, known, wanted, weights), one) for one, known in zip(catalogue, words, strict=True)]
    best = max((rate for rate, _ in rated), default=0.0)
    kept = [(rate, one) for rate, one in rated if rate > 0 and rate >= best * _GOOD]
    return [one for _, one in sorted(kept, key=lambda pair: -pair[0])][:_MOST]


def nearest(text: str, catalogue: Sequence[Listed], most: int = 3) -> list[Listed]:
    """The sentences that are written most like a text, whatever their words."""
    ratio = difflib.SequenceMatcher(b=text.lower())

    def alike(one: Listed) -> float:
        ratio.set_seq1(one.example.lower())
        return ratio.ratio()

    return sorted(catalogue, key=alike, reverse=True)[:most]


def _wanted(text: str) -> list[str]:
    words = sorted(_words(text))
    return [word for word in words if word not in _COMMON] or words


def _words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W_]+", text.lower())}


def _stem(word: str) -> str:
    """Without the ending of a plural or of a verb's third person: files and file, sends and send are one word."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _weights(words: Sequence[set[str]]) -> Mapping[str, float]:
    """How much each word tells: the fewer sentences have it, the more."""
    counts = Counter(word for known in words for word in known)
    return {word: math.log(1 + len(words) / count) for word, count in counts.items()}


def _meant(word: str, known: Mapping[str, float]) -> set[str]:
    """The known words that a word may stand for: itself, else those it begins, else those written most alike."""
    if word in known:
        return {word}
    begun = {one for one in known if len(word) > 2 and one.startswith(word)}
    near = difflib.get_close_matches(word, sorted(known), _MOST, _NEARLY)
    alike = [difflib.SequenceMatcher(None, word, one).ratio() for one in near]
    return begun or {one for one, ratio in zip(near, alike, strict=True) if ratio == alike[0]}


def _rate(one: Listed, known: set[str], wanted: Sequence[set[str]], weights: Mapping[str, float]) -> float:
    shown = _words(one.example)
    found = (word for meant in wanted for word in meant & known)
    return sum(weights[word] * (_SHOWN if word in shown else 1) for word in found)
