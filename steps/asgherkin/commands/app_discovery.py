"""Where a project's ASGI app is: read from its settings and its source. Nothing of the project is imported."""

from __future__ import annotations

import ast
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FRAMEWORKS = {
    "FastAPI": "FastAPI",
    "Starlette": "Starlette",
    "Litestar": "Litestar",
    "Quart": "Quart",
    "get_asgi_application": "Django",
    "ProtocolTypeRouter": "Channels",
    "WsgiToAsgi": "WSGI behind ASGI",
    "falcon.asgi.App": "Falcon",
    "blacksheep.Application": "BlackSheep",
}
_FACTORIES = frozenset(
    f"{verb}_{noun}" for verb in ("create", "make", "build", "get") for noun in ("app", "application")
)
_ASGI = ["scope", "receive", "send"]
_VARIABLES = ("LITESTAR_APP", "QUART_APP")
_NOT_LOOKED_INTO = frozenset(
    {
        "node_modules",
        "venv",
        "env",
        "site-packages",
        "__pycache__",
        "build",
        "dist",
        "tests",
        "test",
        "docs",
        "examples",
        "migrations",
        "features",
    }
)
_DEEPEST = 4


class Candidate(NamedTuple):
    """An app that a project seems to have."""

    location: str
    """As pytest is told: `shop.main:app`, `shop.main:create_app()`."""
    what: str
    """What it is made by: `FastAPI`; for a setting, which one."""
    place: str = ""
    """`src/shop/main.py:12`, empty for a setting."""
    folder: str = "."
    """The folder that its module is imported from: `src`."""


def candidates(project: Path, environment: Mapping[str, str]) -> list[Candidate]:
    """The apps that a project has, the likeliest first; a single one where a setting says which it is."""
    settled = _settled(project, environment)
    if settled is not None:
        return [settled]
    found = [one for path in _sources(project) for one in _of_file(project, path)]
    return sorted(found, key=lambda one: (one.place.count("/"), one.place))


def _settled(project: Path, environment: Mapping[str, str]) -> Candidate | None:
    for name in _VARIABLES:
        if ":" in environment.get(name, ""):
            return Candidate(environment[name], name)
    try:
        settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # what is wrong with it is told where it is to be changed
        return None
    match settings:
        case {"tool": {"fastapi": {"entrypoint": str(location)}}} if ":" in location:
            return Candidate(location, "tool.fastapi.entrypoint", folder=_folder_of(project, location))
    return None


def _folder_of(project: Path, location: str) -> str:
    """`src` where a location's module is there, else the project's own folder."""
    top = location.partition(":")[0].partition(".")[0]
    is_in_src = any((project / "src" / name).exists() for name in (top, f"{top}.py"))
    return "src" if is_in_src and not (project / top).is_dir() else "."


def located(project: Path, location: str) -> Candidate:
    """The app that the user names."""
    return Candidate(location, "", folder=_folder_of(project, location))


def _sources(project: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(project):
        depth = len(Path(folder).relative_to(project).parts)
        folders[:] = [] if depth >= _DEEPEST else [one for one in folders if _is_looked_into(Path(folder, one))]
        for name in names:
            is_test = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
            if name.endswith(".py") and not is_test:
                yield Path(folder, name)


def _is_looked_into(folder: Path) -> bool:
    is_other = folder.name.startswith(".") or folder.name in _NOT_LOOKED_INTO
    return not is_other and not (folder / "pyvenv.cfg").exists()


def _of_file(project: Path, path: Path) -> list[Candidate]:
    """The apps of a module: what it names at its top, or else its factories."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    shown = path.relative_to(project)
    folder, module = _module(shown)
    names = _imported(tree)
    apps = {name: (f"{name}", what, node) for node in tree.body for name, what in _apps(node, names)}
    factories = [(f"{node.name}()", what, node) for node in tree.body for what in _factory(node, names)]  # type: ignore[attr-defined]
    return [
        Candidate(f"{module}:{name}", what, f"{shown.as_posix()}:{node.lineno}", folder)
        for name, what, node in (list(apps.values()) or factories)
    ]


def _module(path: Path) -> tuple[str, str]:
    """The folder that a module is imported from, and its name."""
    parts = path.with_suffix("").parts
    folder, parts = ("src", parts[1:]) if parts[0] == "src" and len(parts) > 1 else (".", parts)
    return folder, ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _imported(tree: ast.Module) -> dict[str, str]:
    """What a module's imported names stand for: `{"F": "fastapi.FastAPI"}`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _apps(node: ast.stmt, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The name and kind of an app that a statement of a module makes."""
    if isinstance(node, ast.AsyncFunctionDef) and [one.arg for one in node.args.args] == _ASGI:
        yield node.name, "a bare ASGI app"
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        if isinstance(target, ast.Name) and isinstance(node, (ast.Assign, ast.AnnAssign)):
            what = _made_by(node.value, names)
            if what:
                yield target.id, what


def _made_by(value: ast.expr | None, names: Mapping[str, str]) -> str:
    """What kind of app an expression makes, "" for none."""
    if not isinstance(value, ast.Call):
        return ""
    dotted = ast.unparse(value.func)
    first, _, rest = dotted.partition(".")
    full = names.get(first, first) + (f".{rest}" if rest else "")
    last = full.rpartition(".")[2]
    return _FRAMEWORKS.get(full) or _FRAMEWORKS.get(last) or (f"{last}()" if last in _FACTORIES else "")


def _factory(node: ast.stmt, names: Mapping[str, str]) -> Iterator[str]:
    """What a function makes, if it can be called without arguments and makes an app."""
    if not isinstance(node, ast.FunctionDef) or len(node.args.args) > len(node.args.defaults):
        return
    made = [_made_by(one, names) for one in ast.walk(node) if isinstance(one, ast.Call)]
    framework = next((what for what in made if what and not what.endswith("()")), "")
    if framework and (node.name in _FACTORIES or "app" in node.name.lower()):
        yield framework
