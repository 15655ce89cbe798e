"""The site of docs/: it builds strictly, shows every page, and loads nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ASSET = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^"'> ]+""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, made from a copy, so that nothing is left in the repository."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", root / "docs")
    (root / "zensical.toml").write_text((ROOT / "zensical.toml").read_text(encoding="utf-8"), encoding="utf-8")
    zensical = Path(sys.executable).parent / "zensical"

    done = subprocess.run(
        [zensical, "build", "--strict"], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    return root / "build" / "site"


def test_every_page_is_in_the_navigation_once() -> None:
    """No page of docs/ can only be found by who knows its address."""
    settings = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))

    named = re.findall(r"'([^']+\.md)'", str(settings["project"]["nav"]))

    assert sorted(named) == sorted(page.relative_to(ROOT / "docs").as_posix() for page in ROOT.glob("docs/**/*.md"))


def test_the_site_has_every_page(site: Path) -> None:
    """Each Markdown file of docs/ became a page."""
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in ROOT.glob("docs/**/*.md")}

    built = {page.relative_to(site) for page in site.rglob("*.html")}

    assert pages <= built


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """Its pages and style sheets name no font, script, style or picture of another host."""
    sources = [*site.rglob("*.html"), *site.rglob("*.css")]

    found = [
        (source.name, asset)
        for source in sources
        for text in [source.read_text(encoding="utf-8")]
        for asset in [*ASSET.findall(text), *re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']+", text)]
    ]

    assert sources
    assert found == []


def test_every_block_is_shown_as_a_block(site: Path) -> None:
    """A fence that the site cannot read would be shown as text."""
    torn = re.compile(r"<p>(?:```|<code>(?:gherkin|python|console|bash|toml|text|yaml)[ \w=\"]*\n)")

    found = [page.name for page in site.rglob("*.html") if torn.search(page.read_text(encoding="utf-8"))]

    assert found == []
