"""The topics in cases/ are projects, which test_cases.py runs."""

from __future__ import annotations

collect_ignore = ["cases"]
