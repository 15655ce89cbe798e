"""Evidence that is kept out of the page's text until somebody asks for it."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode

from asgherkin.report.page.wording import visible

_LEVEL = 6  # twice as fast as the highest, and hardly larger


class Packed:
    """The packed evidence of one feature: JSON, gzip, base64."""

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
        return b64encode(gzip.compress(json.dumps(self._pieces).encode(), _LEVEL, mtime=0)).decode()
