"""Templates are compiled once, and kept as Python keeps modules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import jinja2
import pytest

from asgherkin.report.page import compiled, write_page
from tests.report.page.shop import shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that compiled files are below; Python may write them."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are compiled."""
    names: list[str] = []
    compile_one = jinja2.Environment.compile

    def counting(environment: jinja2.Environment, source: str, name: str, filename: str) -> object:
        names.append(name)
        return compile_one(environment, source, name, filename)

    monkeypatch.setattr(jinja2.Environment, "compile", counting)
    return names


def page(folder: Path) -> bytes:
    """The page of the shop."""
    write_page(shop(), folder / "page.html")
    return (folder / "page.html").read_bytes()


def test_templates_are_compiled_once(kept: Path, times: list[str], tmp_path: Path) -> None:
    """The next page takes what the first one has left; no unfinished file is."""
    first = page(tmp_path)
    compiled_first = sorted(times)
    times.clear()

    second = page(tmp_path)

    assert first == second
    assert compiled_first == [f"{name}.html.j2" for name in ("feature", "foot", "head", "headers", "parts")]
    assert times == []
    files = sorted(path.name for path in kept.rglob("templates/*"))
    assert files == [f"{name.removesuffix('.j2')}.{sys.implementation.cache_tag}.pyc" for name in compiled_first]


@pytest.mark.parametrize("left", [b"", b"\x00", b"not this", b"i\x01\x00\x00\x00"])
def test_what_cannot_be_read_is_made_anew(kept: Path, times: list[str], tmp_path: Path, left: bytes) -> None:
    """A file that is cut off, or is something else."""
    first = page(tmp_path)
    for path in kept.rglob("templates/*"):
        path.write_bytes(left)
    times.clear()

    second = page(tmp_path)
    made = len(times)
    third = page(tmp_path)

    assert first == second == third
    assert made == len(times) == 5


@pytest.mark.usefixtures("kept")
def test_another_jinja_compiles_anew(times: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What one has made, another may not understand."""
    page(tmp_path)
    times.clear()
    monkeypatch.setattr(compiled, "version", lambda name: f"{name} 99")

    page(tmp_path)

    assert len(times) == 5


def test_nothing_is_kept_where_python_must_not(
    kept: Path, times: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As with `PYTHONDONTWRITEBYTECODE`."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert page(tmp_path) == page(tmp_path)

    assert len(times) == 10
    assert not kept.exists()


def test_a_folder_that_cannot_be_written_is_left_alone(kept: Path, times: list[str], tmp_path: Path) -> None:
    """The page is made all the same."""
    kept.write_text("a file")

    assert page(tmp_path) == page(tmp_path)

    assert len(times) == 10
    assert kept.read_text() == "a file"
