"""Find a project's ASGI app in its settings and its source, without importing it."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The calls that make an app, by their whole name or its last part.
_MAKERS = {
    "FastAPI": "FastAPI",
    "Starlette": "Starlette",
    "Litestar": "Litestar",
    "Quart": "Quart",
    "get_asgi_application": "Django",
    "ProtocolTypeRouter": "Channels",
    "WsgiToAsgi": "WSGI behind ASGI",
    "falcon.asgi.App": "Falcon",
}
_FACTORY = re.compile(r"(create|make|build|get)_(app|application)")
_OTHERS = "node_modules venv env site-packages __pycache__ build dist tests test docs examples migrations features"
_NOT_SEARCHED = frozenset(_OTHERS.split())
_DEEPEST = 4
_IS_SOURCE = re.compile(r"(?!test_|conftest\.py).*(?<!_test)\.py")
_ASGI = ["scope", "receive", "send"]


class AppLocation(NamedTuple):
    """An app that a project has, or seems to have."""

    location: str
    """`shop.main:app`, `shop.main:create_app()`."""
    maker: str = ""
    """What makes it: `FastAPI`, or the name of a setting; "" where the user names the app."""
    place: str = ""
    """`src/shop/main.py:12`, empty for a setting."""
    folder: str = "."
    """The folder that its module is imported from: `src`."""

    @property
    def origin(self) -> str:
        """Its maker and its place: ` (FastAPI, shop/main.py:5)`."""
        return f" ({', '.join(filter(None, [self.maker, self.place]))})" if self.maker else ""


def find_app(project: Path) -> AppLocation:
    """The only app of a project, or the one that a setting of its framework names.

    Raises ConfigurationError, with what to write, where there is none, or more than one.
    """
    found = app_locations(project)
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigurationError(
            "no ASGI app was found in this folder: neither FastAPI(…), Starlette(…), Litestar(…), Quart(…), "
            "get_asgi_application() nor a create_app() that makes one. Say where it is: "
            "asgherkin init --app module:attribute"
        )
    lines = [f"there are {len(found)} ASGI apps in this folder. Say which one features are about:"]
    for app in found:
        quoted = f'"{app.location}"' if app.location.endswith(")") else app.location  # as a shell takes it
        lines.append(f"  asgherkin init --app {quoted}{app.origin}")
    raise ConfigurationError("\n".join(lines))


def named_app(project: Path, location: str, maker: str = "") -> AppLocation:
    """The app at a location, whose module is in the project's folder or below `src`."""
    top = location.partition(":")[0].partition(".")[0]
    is_in_src = any((project / "src" / name).exists() for name in (top, f"{top}.py"))
    return AppLocation(location, maker, folder="src" if is_in_src and not (project / top).is_dir() else ".")


def app_locations(project: Path) -> Sequence[AppLocation]:
    """The apps of a project, the nearest to its top first; where FastAPI's setting names one, that alone."""
    try:
        settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # reported when the file is to be changed
        settings = {}
    match settings:
        case {"tool": {"fastapi": {"entrypoint": str(location)}}} if ":" in location:
            return [named_app(project, location, "tool.fastapi.entrypoint")]
    found = [app for path in _sources(project) for app in _apps_of(project, path)]
    return sorted(found, key=lambda app: (app.place.count("/"), app.place))


def _sources(project: Path) -> Iterator[Path]:
    """The modules of a project, but for tests, environments and deep folders."""
    for folder, folders, names in os.walk(project):
        if "pyvenv.cfg" in names or len(Path(folder).relative_to(project).parts) >= _DEEPEST:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_SEARCHED]
        if "pyvenv.cfg" not in names:
            yield from (Path(folder, name) for name in names if _IS_SOURCE.fullmatch(name))


def _apps_of(project: Path, path: Path) -> list[AppLocation]:
    """The apps that a module names at its top, or else its factories."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    shown = path.relative_to(project)
    parts = shown.with_suffix("").parts
    folder = "src" if parts[0] == "src" and len(parts) > 1 else "."
    parts = parts[1:] if folder == "src" else parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
    apps = {name: (maker, node.lineno) for node in tree.body for name, maker in _apps(node)}
    factories = {f"{name}()": (maker, node.lineno) for node in tree.body for name, maker in _factories(node)}
    return [
        AppLocation(f"{module}:{name}", maker, f"{shown.as_posix()}:{line}", folder)
        for name, (maker, line) in (apps or factories).items()
    ]


def _apps(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """The name and the maker of each app that a statement of a module makes."""
    if isinstance(node, ast.AsyncFunctionDef) and [argument.arg for argument in node.args.args] == _ASGI:
        yield node.name, "a bare ASGI app"
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        maker = _maker(node.value)
        yield from ((target.id, maker) for target in targets if maker and isinstance(target, ast.Name))


def _factories(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """The name and the maker of a function that makes an app without arguments."""
    if not isinstance(node, ast.FunctionDef) or len(node.args.args) > len(node.args.defaults):
        return
    makers = [_maker(call) for call in ast.walk(node) if isinstance(call, ast.Call)]
    known = [maker for maker in makers if maker in _MAKERS.values()]
    if known and "app" in node.name.lower():
        yield node.name, known[0]


def _maker(value: ast.AST | None) -> str:
    """What kind of app an expression makes, "" for none."""
    if not isinstance(value, ast.Call):
        return ""
    name = ast.unparse(value.func)
    last = name.rpartition(".")[2]
    return _MAKERS.get(name) or _MAKERS.get(last) or (f"{last}()" if _FACTORY.fullmatch(last) else "")
