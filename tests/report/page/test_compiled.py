"""Templates are compiled once, and kept as Python keeps modules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import jinja2
import pytest

from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
from tests.report.page.shop import shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("keeps", "is_writable", "compiled"),
    [(True, True, 5), (False, True, 10), (True, False, 10)],
    ids=["as modules", "PYTHONDONTWRITEBYTECODE", "a folder that cannot be written"],
)
def test_templates_are_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool, is_writable: bool, compiled: int
) -> None:
    """The next page takes what the first one has left, and is the same; it is made all the same where it cannot."""
    kept = tmp_path / "kept"
    if not is_writable:
        kept.write_text("a file")
    monkeypatch.setattr(sys, "dont_write_bytecode", not keeps)
    monkeypatch.setattr(sys, "pycache_prefix", str(kept))
    names: list[str] = []
    compile_one = jinja2.Environment.compile

    def counting(environment: jinja2.Environment, source: str, name: str, filename: str) -> object:
        names.append(name)
        return compile_one(environment, source, name, filename)

    monkeypatch.setattr(jinja2.Environment, "compile", counting)
    for name in ("a.html", "b.html"):
        write_page(read_report(shop()), tmp_path / name)

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert len(names) == compiled
    assert kept.is_dir() is (keeps and is_writable)
