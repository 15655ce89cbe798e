"""What the package says of itself: the README's badges, the version, the changelog, the metadata."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import asgherkin

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHONS = [one.split(" :: ")[-1] for one in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", one)]


def claims() -> dict[str, str]:
    """What a true badge would say, by its picture's name."""
    types = "strict" if "Typing :: Typed" in PROJECT["classifiers"] else "none"
    return {
        "python.svg": f"Python: {' | '.join(PYTHONS)}",
        "licence.svg": f"licence: {PROJECT['license']}",
        "typed.svg": f"types: {types}",
    }


@pytest.mark.parametrize("badge", ["python.svg", "licence.svg", "typed.svg"])
def test_a_badge_is_true(badge: str) -> None:
    """Each badge says what the metadata says, in its picture and in its title."""
    picture = (ROOT / "docs" / "images" / badge).read_text(encoding="utf-8")

    told = [*re.findall(r"<title>(.+)</title>", picture), ": ".join(re.findall(r"<text [^>]+>(.+)</text>", picture))]

    assert told == [claims()[badge]] * 2
    assert README.count(f"](docs/images/{badge})") == 1


def test_the_readme_has_no_other_badge_and_no_picture_from_elsewhere() -> None:
    """A badge of a service that does not exist would be a lie."""
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)

    assert pictures == [*(f"docs/images/{badge}" for badge in claims()), "docs/images/report.png"]


def test_the_package_is_typed() -> None:
    """The classifier is true: the marker of PEP 561 is in the package."""
    assert (ROOT / "steps" / "asgherkin" / "py.typed").exists()


def test_the_lowest_python_is_the_first_that_is_named() -> None:
    """`requires-python` and the classifiers agree."""
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_the_version_stands_in_one_place() -> None:
    """It is read from the installed package; no source has it as a text."""
    sources = [path for path in (ROOT / "steps").rglob("*.py") if PROJECT["version"] in path.read_text("utf-8")]

    assert asgherkin.__version__ == version("asgherkin") == PROJECT["version"]
    assert sources == []


def test_the_readme_is_short() -> None:
    """A reader who wants more follows a link."""
    assert len(README.splitlines()) < 200


def test_the_changelog_keeps_to_its_format() -> None:
    """Keep a Changelog: versions with a date or `Unreleased`, and six kinds of changes."""
    headings = re.findall(r"^(##+) (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    wrong = [
        name
        for level, name in headings
        if not re.fullmatch(
            r"Unreleased|\[?\d+\.\d+\.\d+\]? - \d{4}-\d\d-\d\d"
            if level == "##"
            else "Added|Changed|Deprecated|Removed|Fixed|Security",
            name,
        )
    ]

    assert headings[0] == ("##", "Unreleased")
    assert wrong == []
