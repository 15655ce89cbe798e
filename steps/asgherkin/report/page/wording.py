"""Times and names as a reader wants them, and characters that can be seen."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_HARMLESS = bytes(code for code in range(256) if not _CONTROLS.match(chr(code)))
_SYMBOLS = {**{code: 0x2400 + code for code in range(0x20)}, 0x7F: 0x2421, 0x2028: 0x2424, 0x2029: 0x2424}
_CLIENT = re.compile(r"(?s)(.+) (\[(?:async|test|live)\])")
_HOOKS = {"set-up": "Before the first step", "tear-down": "After the last step"}


def moment(seconds: float | None) -> str:
    """`22 November 2026, 21:12 UTC`; empty where none is known, or no calendar has it."""
    if seconds is None:
        return ""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at.day} {at:%B} {at.year}, {at:%H:%M} UTC"


def hook(name: str) -> str:
    """What a hook is called."""
    return _HOOKS.get(name) or f"Hook: {name}"


def name_and_client(name: str) -> tuple[str, str]:
    """A scenario's name, and the client that ran it, where several did: `A order is paid`, `[live]`."""
    found = _CLIENT.fullmatch(name) if name.endswith("]") else None
    return (found[1], found[2]) if found else (name or "(no name)", "")


def visible(html: str) -> str:
    """Text whose control characters, which a browser would drop, are shown as symbols: `␀`, `␛`."""
    # Most text has none, and bytes are looked through six times as fast as with the expression.
    if not (html.encode(errors="surrogatepass").translate(None, _HARMLESS) or "\u2028" in html or "\u2029" in html):
        return html
    return _CONTROLS.sub(lambda found: chr(_SYMBOLS[ord(found[0])]), html)
