"""Failures for a terminal that has not every character: pytest would print such a text as one line of escapes."""

from __future__ import annotations

import pytest


class Plain:
    """A plugin that writes the characters which a terminal of this encoding does not have as their escapes."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Change a failure's text, after all others have had it as it is."""
        if isinstance(report.longrepr, str):
            report.longrepr = report.longrepr.encode(self._encoding, "backslashreplace").decode(self._encoding)
