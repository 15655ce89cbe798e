"""Tracebacks for the author of an app: the frames of their own code, and no others."""

from __future__ import annotations

import functools
import linecache
import os
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

_PACKAGE = f"{Path(__file__).parent}{os.sep}"
_INSTALLED = ("site-packages", "dist-packages")
_TESTING = ("asgherkin", "pytest", "_pytest", "pluggy", "pytest_bdd", "pytest_asyncio")
_LOOPS = ("asyncio", "anyio", "trio", "outcome", "uvloop", "concurrent", "threading")
_SERVERS = ("uvicorn", "h11", "wsproto", "httpcore2")
_MACHINERY = frozenset([*_TESTING, *_LOOPS, *_SERVERS, "starlette", "httpx2", "httpx", "contextlib", "importlib"])
_DEPTH = 20


@functools.cache
def _stdlib() -> tuple[str, ...]:
    import sysconfig  # only failures need it

    return tuple(f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib"))


def summary(exception: BaseException) -> str:
    """The last line of a traceback: `ValueError: x`."""
    name = type(exception).__name__
    try:
        text = str(exception)
    except Exception:  # noqa: BLE001 - the app's own __str__, which may fail in any way
        text = "its text cannot be made"
    return f"{name}: {text}" if text else name


def user_frames(exception: BaseException, root: Path) -> str:
    """A traceback with the frames under `root` only; without any there, all but the machinery's.

    Causes follow under `caused by`, the parts of an exception group under their number.
    """
    return "\n".join(_lines(exception, root, set()))


def is_users(filename: str, root: Path) -> bool:
    """Whether a file is the user's own: under `root`, installed nowhere, no part of this toolkit."""
    path = Path(filename)
    if filename.startswith((_PACKAGE, *_stdlib())):
        return False
    return path.is_relative_to(root) and not any(part in _INSTALLED for part in path.parts)


def is_machinery(frame: FrameType) -> bool:
    """Whether a frame belongs to this toolkit, or to a library that runs it or the app."""
    module: str = frame.f_globals.get("__name__", "")
    return frame.f_code.co_filename.startswith((_PACKAGE, "<frozen")) or module.split(".")[0] in _MACHINERY


def place(code: CodeType, line: int, root: Path) -> str:
    """Where a frame is: `shop/main.py:12 in create_order`."""
    return f"{_shown(code.co_filename, root)}:{line} in {code.co_name}"


def source(code: CodeType, line: int) -> str:
    """The line of source that a frame is at, empty where the source is not at hand."""
    return linecache.getline(code.co_filename, line).strip()


def _lines(exception: BaseException, root: Path, seen: set[int]) -> Iterator[str]:
    seen.add(id(exception))
    yield from _own_lines(exception, root)
    if isinstance(exception, BaseExceptionGroup):
        for number, part in enumerate(exception.exceptions, start=1):
            yield f"  {number} of {len(exception.exceptions)}"
            yield from (f"    {line}" for line in _lines(part, root, seen))
    cause = exception.__cause__
    if cause is None and not exception.__suppress_context__:
        cause = exception.__context__
    if cause is not None and id(cause) not in seen and len(seen) < _DEPTH:
        yield "caused by"
        yield from _lines(cause, root, seen)


def _own_lines(exception: BaseException, root: Path) -> Iterator[str]:
    entries = list(walk_tb(exception.__traceback__))
    own = [entry for entry in entries if is_users(entry[0].f_code.co_filename, root)]
    if isinstance(exception, SyntaxError) and exception.filename:
        # The compiler has no frame: the place of the mistake is in the exception.
        yield f"  {_shown(exception.filename, root)}:{exception.lineno}"
        yield f"    {(exception.text or '').strip()}"
        yield f"{type(exception).__name__}: {exception.msg}"
        return
    for frame, line in own or [entry for entry in entries if not is_machinery(entry[0])]:
        yield f"  {place(frame.f_code, line, root)}"
        if text := source(frame.f_code, line):
            yield f"    {text}"
    yield summary(exception)


def _shown(filename: str, root: Path) -> str:
    path = Path(filename)
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    for folder in _INSTALLED:
        if folder in path.parts:
            return Path(*path.parts[path.parts.index(folder) + 1 :]).as_posix()
    return path.as_posix()
