"""Tracebacks show the user's own frames."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asgherkin.frames import is_users, summary, user_frames
from tests.clients.places import place

ROOT = Path(__file__).parent


def frames(function: object) -> str:
    """The text for what a function raises."""
    assert callable(function)
    try:
        function()
    except BaseException as exception:  # noqa: BLE001 - whatever it is
        return user_frames(exception, ROOT)
    raise AssertionError("it did not raise")


def shown(function: object, line: str) -> str:
    """A frame of this file as it is shown."""
    assert callable(function)
    where, _, text = place(function, line).partition(": ")
    return f"  {where}\n    {text}\n"


def plain() -> None:
    raise ValueError("x")


def through_a_library() -> None:
    json.loads("{")


def caused() -> None:
    try:
        plain()
    except ValueError as error:
        raise KeyError("y") from error


def in_passing() -> None:
    try:
        plain()
    except ValueError:
        raise KeyError("y")  # noqa: B904 - the context is what is tested


def hidden() -> None:
    try:
        plain()
    except ValueError:
        raise KeyError("y") from None


def circular() -> None:
    error = ValueError("x")
    error.__cause__ = error
    raise error


def grouped() -> None:
    raise ExceptionGroup("two mistakes", [ValueError("a"), KeyError("b")])


PLAIN = shown(plain, 'raise ValueError("x")') + "ValueError: x"
GROUPED = "ExceptionGroup: two mistakes (2 sub-exceptions)\n  1 of 2\n    ValueError: a\n  2 of 2\n    KeyError: 'b'"
NO_PROPERTY = "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"


@pytest.mark.parametrize(
    ("function", "line", "text"),
    [
        (plain, 'raise ValueError("x")', "ValueError: x"),
        (through_a_library, 'json.loads("{")', NO_PROPERTY),
        (caused, 'raise KeyError("y") from error', f"KeyError: 'y'\ncaused by\n{shown(caused, 'plain()')}{PLAIN}"),
        (
            in_passing,
            'raise KeyError("y")  # noqa: B904 - the context is what is tested',
            f"KeyError: 'y'\ncaused by\n{shown(in_passing, 'plain()')}{PLAIN}",
        ),
        (hidden, 'raise KeyError("y") from None', "KeyError: 'y'"),
        (circular, "raise error", "ValueError: x"),
        (grouped, 'raise ExceptionGroup("two mistakes", [ValueError("a"), KeyError("b")])', GROUPED),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_users_frames(function: object, line: str, text: str) -> None:
    """Causes, contexts and groups included; no frame twice."""
    caller = shown(frames, "function()")

    assert frames(function).replace(caller, "") == shown(function, line) + text


def run(code: str, filename: str, module: str = "orders.main") -> BaseException:
    """What a piece of code raises that stands in another file."""
    try:
        exec(compile(code, filename, "exec"), {"__name__": module})  # noqa: S102 - the code is below
    except Exception as exception:  # noqa: BLE001 - whatever it is
        exception.__traceback__ = exception.__traceback__ and exception.__traceback__.tb_next
        return exception
    raise AssertionError("it did not raise")


@pytest.mark.parametrize(
    ("filename", "module", "frame"),
    [
        pytest.param(
            "/lib/site-packages/orders/main.py", "orders.main", "  orders/main.py:1 in <module>\n", id="installed"
        ),
        pytest.param("/elsewhere/main.py", "main", "  /elsewhere/main.py:1 in <module>\n", id="elsewhere"),
        pytest.param("/lib/starlette/routing.py", "starlette.routing", "", id="machinery"),
    ],
)
def test_frames_that_are_not_the_users(filename: str, module: str, frame: str) -> None:
    """All but the machinery's are shown where there is none of the user's."""
    error = run("1 / 0", filename, module)

    assert user_frames(error, ROOT) == f"{frame}ZeroDivisionError: division by zero"


def test_a_syntax_error_shows_its_line() -> None:
    """The compiler has no frame."""
    error = run("def f(:\n", str(ROOT / "shop.py"))

    assert user_frames(error, ROOT) == "  shop.py:1\n    def f(:\nSyntaxError: invalid syntax"


def test_a_chain_is_cut() -> None:
    """A very long chain of causes is not shown to its end."""
    error = ValueError(0)
    for number in range(1, 100):
        cause, error = error, ValueError(number)
        error.__cause__ = cause

    assert user_frames(error, ROOT).count("caused by") == 19


class Silent(Exception):  # noqa: N818 - a name for its message
    """An exception whose text cannot be made."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("exception", "text"),
    [
        pytest.param(ValueError("x"), "ValueError: x", id="with a text"),
        pytest.param(ValueError(), "ValueError", id="without a text"),
        pytest.param(Silent(), "Silent: its text cannot be made", id="with a broken text"),
    ],
)
def test_a_summary(exception: BaseException, text: str) -> None:
    """The last line of a traceback."""
    assert summary(exception) == text


@pytest.mark.parametrize(
    ("filename", "users"),
    [
        pytest.param(str(ROOT / "shop" / "main.py"), True, id="under the root"),
        pytest.param(str(ROOT / ".venv" / "lib" / "site-packages" / "x.py"), False, id="installed under the root"),
        pytest.param(json.__file__, False, id="the standard library"),
        pytest.param("<string>", False, id="no file"),
        pytest.param("/elsewhere/main.py", False, id="elsewhere"),
    ],
)
def test_a_file_is_the_users_or_not(filename: str, users: bool) -> None:
    """Only what is under the root and not installed there."""
    assert is_users(filename, ROOT) is users
