"""httpx2's log of requests without those to the app of this process: the evidence has them, and a log masks nothing."""

from __future__ import annotations

import logging

HOST = "testserver"


def keep_out() -> None:
    """Keep them out, whatever level an app or a project has set for all loggers."""
    logging.getLogger("httpx2").addFilter(_is_of_others)


def _is_of_others(record: logging.LogRecord) -> bool:
    # 'HTTP Request: %s %s "%s %d %s"': the second is the URL.
    url = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else None
    return getattr(url, "host", None) != HOST
