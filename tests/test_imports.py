"""Who may import whom: the module map of docs/design.md, held against the code."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "steps" / "asgherkin"
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `([\w]+)(?:/|\.py)` \| [^|]+ \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)


class Import(NamedTuple):
    """An import statement: from where, what, and whether types alone need it."""

    file: str
    target: str
    only_types: bool


class Row(NamedTuple):
    """What a room may import."""

    names: set[str]
    names_for_types: set[str]

    def allows(self, one: Import) -> bool:
        """Whether an import keeps to the row."""
        return one.target in self.names or (one.only_types and one.target in self.names_for_types)


def _row(ours: str, others: str) -> Row:
    """`errors, options (types)` and the other packages, as written in the table."""
    listed = [f"asgherkin.{one.strip()}" for one in ours.split(",") if one.strip()]
    listed += [one.strip() for one in others.split(",") if one.strip()]
    for_types = {one.removesuffix(" (types)") for one in listed if one.endswith(" (types)")}
    return Row(set(listed), for_types)


MAP = {name: _row(ours, others) for name, ours, others in _ROW.findall(DESIGN)}


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(path: Path) -> list[Import]:
    """What a module imports from outside of its room and the standard library, at whatever depth."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import"
            names = [str(node.module)]
        else:
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        found += [Import(str(path.relative_to(SOURCE)), _target(one), id(node) in for_types) for one in names]
    own = {f"asgherkin.{_room(path)}", *sys.stdlib_module_names}
    return [one for one in found if one.target not in own]


def _target(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "asgherkin" else parts[0]


ROOMS = sorted({_room(path) for path in SOURCE.rglob("*.py")})


def test_the_map_has_every_room() -> None:
    """The module map lists each room and each module beside them, and no other."""
    assert sorted(MAP) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_the_map_allows(room: str) -> None:
    """No module imports a room or package that the map does not give to its own room."""
    modules = [path for path in SOURCE.rglob("*.py") if _room(path) == room]

    wrong = [one for path in modules for one in _imports(path) if not MAP[room].allows(one)]

    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_map_allows_no_more_than_is_used(room: str) -> None:
    """What the map gives to a room is imported there: a rule that is not needed any more goes."""
    row = MAP[room]

    used = {one.target for path in SOURCE.rglob("*.py") if _room(path) == room for one in _imports(path)}

    assert {one.removesuffix(" (types)") for one in row.names} - used == set()


def test_the_rooms_form_no_circle() -> None:
    """Rooms can be put into an order in which each imports only those before it."""
    graph = {f"asgherkin.{name}": row.names | row.names_for_types for name, row in MAP.items()}

    order = list(TopologicalSorter(graph).static_order())

    rooms = [order.index(f"asgherkin.{name}") for name in ("matching", "session", "vocabulary", "plugin")]
    assert rooms == sorted(rooms)


def test_private_names_of_others_are_listed() -> None:
    """Each module that reaches for a private name of another package is named in the document."""
    private = re.compile(r"SLF001|^\s*from _pytest|getattr\(\w+, \"_[a-z]", re.MULTILINE)

    using = [path for path in SOURCE.rglob("*.py") if private.search(path.read_text(encoding="utf-8"))]

    listed = DESIGN.partition("## Private names of other packages")[2].partition("\n## ")[0]
    assert using
    assert [str(one) for path in using if f"`{(one := path.relative_to(SOURCE))}`" not in listed] == []
