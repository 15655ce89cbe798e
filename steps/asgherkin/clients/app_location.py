"""Finding the app by its location, and calling every kind of ASGI app as ASGI 3."""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from asgherkin.clients.asgi import ASGI3, Receive, Scope, Send
from asgherkin.errors import ConfigurationError
from asgherkin.frames import user_frames

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_LOCATION = re.compile(rf"({_NAMES}):({_NAMES})(\(\))?")
_ASGI2: TypeAlias = Callable[[Scope], Callable[[Receive, Send], Awaitable[None]]]


def load_app(location: str, search_path: Path) -> object:
    """The app at `module:attribute`, or what `module:factory()` returns.

    `search_path` is put in front of `sys.path`. Raises `ConfigurationError` for whatever stands in the way.
    """
    parts = _LOCATION.fullmatch(location)
    if parts is None:
        raise ConfigurationError(
            f'"{location}" is not an app\'s location. Write "module:attribute", '
            'for example asgi_app = "shop.main:app", or "module:factory()".'
        )
    if str(search_path) not in sys.path:
        sys.path.insert(0, str(search_path))
    module, attributes, call = parts.groups()
    app = _attribute(_module(module, search_path), attributes)
    _check_callable(app, f"{module}:{attributes}")
    if call is None:
        _check_arguments(cast("Callable[..., object]", app), location)
        return app
    made = _made(cast("Callable[[], object]", app), location, search_path)
    _check_callable(made, location)
    return made


def asgi3(app: object) -> ASGI3:
    """The app as a coroutine function of scope, receive and send, whichever version of ASGI it speaks."""
    if _takes_three(app):
        return cast("ASGI3", app)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await cast("_ASGI2", app)(scope)(receive, send)

    return call


def _takes_three(app: object) -> bool:
    # Looked at once for each function or class of apps, and not once for each scenario.
    if inspect.isfunction(app) or inspect.isclass(app):
        return _takes_known(cast("Callable[..., object]", app), 3)
    call = type(app).__call__ if callable(app) else None
    return _takes_known(call, 4) if inspect.isfunction(call) else _takes(app, 3)


@functools.lru_cache(maxsize=64)
def _takes_known(function: Callable[..., object], count: int) -> bool:
    return _takes(function, count)


def _takes(function: object, count: int) -> bool:
    try:
        inspect.signature(cast("Callable[..., object]", function)).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # a callable written in C, whose signature is not known
        return True
    return True


def _module(name: str, search_path: Path) -> ModuleType:
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(_not_found(name, error, search_path)) from error
    except (Exception, SystemExit) as error:
        frames = user_frames(error, search_path)
        raise ConfigurationError(f'The app\'s module "{name}" fails when it is imported:\n{frames}') from error


def _not_found(name: str, error: ModuleNotFoundError, search_path: Path) -> str:
    missing = error.name or ""
    if missing != name and not name.startswith(f"{missing}."):
        frames = user_frames(error, search_path)
        return f'The app\'s module "{name}" imports "{missing}", which was not found:\n{frames}'
    parent, _, last = missing.rpartition(".")
    if parent:
        hint = f' Write it as an import does, without the ".py": "{parent}:…".' if last == "py" else ""
        return f'The app\'s module "{name}" was not found: there is a "{parent}", but no "{last}" in it.{hint}'
    return (
        f'The app\'s module "{name}" was not found: there is no "{last}" in {search_path}, '
        f"nor anywhere else on sys.path.{_below(last, search_path)}"
    )


def _below(name: str, search_path: Path) -> str:
    """A hint at a module that lies in a folder which Python does not look into, such as `src`."""
    parents = {found.parent.name for form in (f"*/{name}/", f"*/{name}.py") for found in search_path.glob(form)}
    folder = next((parent for parent in sorted(parents) if not parent.startswith(".")), "")
    if not folder:
        return ""
    return (
        f' There is one in {folder}: set pytest\'s option pythonpath to "{folder}", '
        "or install the project (pip install -e .)."
    )


def _attribute(module: ModuleType, attributes: str) -> object:
    target: object = module
    path = module.__name__
    for name in attributes.split("."):
        if not hasattr(target, name):
            names = difflib.get_close_matches(name, dir(target), n=3, cutoff=0.5)
            hint = f" The nearest names are: {', '.join(names)}." if names else ""
            raise ConfigurationError(f'"{path}" has no attribute "{name}".{hint}')
        target = getattr(target, name)
        path = f"{path}{':' if path == module.__name__ else '.'}{name}"
    return target


def _made(factory: Callable[[], object], location: str, search_path: Path) -> object:
    try:
        return factory()
    except (Exception, SystemExit) as error:
        frames = user_frames(error, search_path)
        raise ConfigurationError(f'The factory "{location}" failed:\n{frames}') from error


def _check_callable(app: object, location: str) -> None:
    if inspect.iscoroutine(app):
        app.close()
        raise ConfigurationError(
            f'The factory "{location}" is an "async def": it returns a coroutine and no app. Write it as a "def".'
        )
    if not callable(app):
        raise ConfigurationError(
            f'"{location}" is not an ASGI app: it is of type {type(app).__name__}, which cannot be called.'
        )


def _check_arguments(app: Callable[..., object], location: str) -> None:
    """Raise ConfigurationError for a factory or a WSGI app, which are easily mistaken for an app."""
    if _takes(app, 3) or _takes(app, 1):  # the second is an ASGI 2 app, or a callable whose signature is unknown
        return
    if _takes(app, 0):
        hint = f'It can be called without anything: if it makes the app, write "{location}()".'
    elif _takes(app, 2):
        hint = "It takes two, as a WSGI app does: Flask, or Django's wsgi.py (asgi.py has its ASGI app)."
    else:
        hint = "It takes others."
    raise ConfigurationError(
        f'"{location}" is not an ASGI app, which is called with three arguments: scope, receive and send. {hint}'
    )
