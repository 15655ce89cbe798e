"""The names whose values are secret, and how such a value is found beside its name in free text."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "[redacted]"
HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key")
FIELDS = ("password", "passwd", "secret", "token", "api_key", "api-key", "apikey", "credential")

_QUOTED = r"""\\+(?P<quote>["']).*?\\+(?P=quote)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
_BARE = r"""["']?[^\s&,;"'<>{}\[\]()|]+"""
_COMPARATOR = "(?:is|is not|contains|does not contain|matches)"
_PLACEHOLDER = r"""["']?(?:\{+[^{}]*\}+|<[^<>]*>)["']?"""
_PIECE = 12  # characters: shorter ones turn up by chance
_BLOCK = _PIECE // 2
_FEW = 64
_SHORT = 200
_SHORTEST_VALUE = 4
_NO_VALUES = (MASK, "None", "True", "False", "null", "true", "false")
_OTHER_LETTERS = "\u0130\u0131\u017f"  # which regular expressions take for an "i" or "s" without regard to case
# In a message about a path: texts, also those cut short by "… (250 characters)", and numbers.
_IN_MESSAGE = r"""(?<!as )"(?:[^"\\\n]|\\.)*?(?:"|(?=… \(\d+ characters\)))|(?<![\w.])-?\d[\w.+-]*+(?! characters)"""


class SecretNames:
    """The secret names: any that contains one of FIELDS; HEADERS and those that a project adds only as a whole.

    The patterns are large: a run in which no secret name is shown never compiles them.
    """

    def __init__(self, added: tuple[str, ...]) -> None:
        self._whole = frozenset((*HEADERS, *(name.lower() for name in added)))
        self._shortest = _shortest(self._whole | {*FIELDS})
        self._plain = all(re.fullmatch(r"(?a:[\w-]+)", word) for word in self._shortest)
        self._alone = "|".join(re.escape(name) for name in sorted(self._whole))
        self._containing = rf"(?<![\w-])[\w-]*(?:{'|'.join(FIELDS)})[\w-]*"
        self._name = rf"(?:{self._containing}|(?<![\w-])(?:{self._alone})(?![\w-]))"
        # The same names, headers and sentences come again and again.
        self.contain = functools.lru_cache(4096)(self._contain)
        self._short = functools.lru_cache(4096)(self._mask)
        self._may_be_in_short = functools.lru_cache(4096)(self._find)
        self.are_open = functools.lru_cache(1024)(self._are_open)

    @functools.cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        """Each finds a value beside its name, as the group `value`."""
        patterns = (
            # Authorization: Bearer abc
            rf"(?P<name>(?<![\w-])(?:{self._alone})\s*:\s*)(?P<value>[^\r\n]+)",
            # "password": "x" · password=x · password: x · 'password': 'x' · \"password\": \"x\"
            rf"""(?P<name>{self._name}(?:\\*["'])?\s*[:=]\s*)(?P<value>{_QUOTED}|{_BARE})""",
            # the form field "password" is "x" · with the password "x" · the cookie "session" is "x"
            rf"""(?P<name>(?:{self._containing}"?|"(?:{self._alone})"|cookie "[^"\n]*") (?:{_COMPARATOR} )?)"""
            r"""(?P<value>"(?:[^"\\\n]|\\.)+")""",
            # | password | x |, also after a line's number: a table of two columns, for in others a name stands above
            rf"""(?P<name>(?m:^)(?:[\s>]*\d+ \|)?[^\S\n]*\|[^\S\n]*[\w.$\[\]'-]*{self._name}[^|\n]*\|[^\S\n]*)"""
            r"""(?P<value>(?:[^|\\\n]|\\.)*[^|\\\s])(?=[^\S\n]*\|[^\S\n]*(?:\n|\Z))""",
        )
        return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    @functools.cached_property
    def _message(self) -> re.Pattern[str]:
        """Finds a `path` with a secret name in a message, and the `rest` of the line, which has the value there."""
        # $.token: expected "a" (string), got "b" (string) · at "$.token" is "a"
        return re.compile(rf"""(?P<path>\$[^\s":|]*{self._name}[^\s":|]*[":])(?P<rest>[^\n]*)""", re.IGNORECASE)

    def _contain(self, name: str) -> bool:
        name = name.lower()
        return name in self._whole or any(field in name for field in FIELDS)

    def _are_open(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Whether nothing in headers is secret by a name."""
        return all(not self.contain(name) and self._mask(value) == value for name, value in headers)

    def may_be_in(self, text: str) -> bool:
        """Whether a secret name may stand in a text: a quick look, for most texts have none."""
        return self._may_be_in_short(text) if len(text) <= _SHORT else self._find(text)

    def _find(self, text: str) -> bool:
        lower = text.lower()
        for word in self._shortest:
            if word in lower:
                return True
        return not self._plain or (not text.isascii() and any(letter in text for letter in _OTHER_LETTERS))

    def mask(self, text: str) -> str:
        """A text in which the values beside secret names are masked."""
        return self._short(text) if len(text) <= _SHORT else self._mask(text)

    def _mask(self, text: str) -> str:
        if not self.may_be_in(text):
            return text
        parts: list[str] = []
        seen: set[str] = set()
        last = 0
        for found in self._message.finditer(text):
            parts += self._mask_values(text[last : found.start()], seen), found["path"]
            parts.append(re.sub(_IN_MESSAGE, lambda value: f'"{MASK}"' if value[0][0] == '"' else MASK, found["rest"]))
            last = found.end()
        masked = "".join([*parts, self._mask_values(text[last:], seen)])
        for value in sorted(seen, key=len, reverse=True):
            masked = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", MASK, masked)
        return masked

    def _mask_values(self, text: str, seen: set[str]) -> str:
        """`seen` gets what is surely a value, so that it can be found where no name stands beside it."""

        def masked(found: re.Match[str]) -> str:
            shown = _masked(found)
            value = found["value"].strip("\\\"'")
            # A bare value after a colon may be a word of a sentence, as in `password: string too short`.
            is_sure = found["value"] != value or found["name"].endswith("=")
            if shown != found[0] and is_sure and len(value) >= _SHORTEST_VALUE and value not in _NO_VALUES:
                seen.add(value)
            return shown

        for pattern in self._patterns:
            text = pattern.sub(masked, text)
        return text


@functools.lru_cache
def secret_names(added: tuple[str, ...] = ()) -> SecretNames:
    """The names that are always secret, and the added ones."""
    return SecretNames(added)


def _shortest(words: Iterable[str]) -> list[str]:
    """Without those that contain another."""
    found: list[str] = []
    for word in sorted(words, key=lambda word: (len(word), word)):
        if not any(shorter in word for shorter in found):
            found.append(word)
    return found


def _masked(found: re.Match[str]) -> str:
    value = found["value"]
    if value in ("null", "true", "false") or re.fullmatch(_PLACEHOLDER, value):
        return found[0]
    quote = value[0] if value[0] in "\"'" and value[0] == value[-1] else ""
    return f"{found['name']}{quote}{MASK}{quote}"


class Pieces:
    """Pieces of secrets: messages cut long values short, at their end or on both sides."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= _PIECE]
        # Wherever a piece is cut out, one of these is whole in it.
        self._blocks = {
            secret[at : at + _BLOCK] for secret in self._secrets for at in range(0, len(secret) - _BLOCK + 1, _BLOCK)
        }

    @functools.cached_property
    def _pieces(self) -> set[str]:
        return {secret[at : at + _PIECE] for secret in self._secrets for at in range(len(secret) - _PIECE + 1)}

    def mask(self, text: str) -> str:
        """A text without them."""
        if len(self._blocks) < _FEW and not any(block in text for block in self._blocks):
            return text
        kept: list[str] = []
        at = 0
        while at < len(text):
            end = at
            while text[end : end + _PIECE] in self._pieces:
                end += 1
            if end > at:
                kept.append(MASK)
                at = end + _PIECE - 1
            else:
                kept.append(text[at])
                at += 1
        return "".join(kept)
