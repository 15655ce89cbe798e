"""Evidence that is kept out of the page's text until somebody asks for it."""

from __future__ import annotations

import gzip
from base64 import b64encode

from asgherkin.report.page.wording import visible

_LEVEL = 3  # far faster than what is usual, and a page is hardly larger
_BETWEEN = "\0"  # which `visible` leaves in none of them


class Packed:
    """The packed evidence of one feature: its pieces in one text, gzip, base64."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, html: str) -> int:
        """Takes a piece of HTML; it is found again by its number."""
        self._pieces.append(visible(html))
        return len(self._pieces) - 1

    def blob(self) -> str:
        """All pieces; empty where there is none."""
        if not self._pieces:
            return ""
        # Half a character, which no file can hold, is written as its number: as in the page.
        text = _BETWEEN.join(self._pieces).encode(errors="backslashreplace")
        return b64encode(gzip.compress(text, _LEVEL, mtime=0)).decode()
