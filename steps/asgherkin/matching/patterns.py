"""Regular expressions that a feature's author writes."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from asgherkin.errors import SentenceError
from asgherkin.matching.values import show


@lru_cache(maxsize=512)
def check_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression.

    Raises:
        SentenceError: it is not valid; the text says why, and at which character.
    """
    try:
        # Python warns of patterns whose meaning may change some day: not the feature author's concern.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except re.error as error:
        where = "" if error.pos is None else f" at character {error.pos + 1}"
        reason = f"{error.msg}{where}"
    except (OverflowError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    raise SentenceError(f"{show(pattern)} is not a valid regular expression: {reason}.")
