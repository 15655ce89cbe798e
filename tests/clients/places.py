"""Where a line of a test's own code is, as a message names it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def place(function: Callable[..., object], line: str, name: str = "") -> str:
    """`test_x.py:12 in slow: await y()`: the place of `line` in `function`, or in `name` inside of it."""
    lines, first = inspect.getsourcelines(function)
    number = first + next(index for index, text in enumerate(lines) if text.strip() == line)
    file = Path(inspect.getfile(function)).name
    return f"{file}:{number} in {name or function.__name__}: {line}"
