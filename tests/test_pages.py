"""The pages of docs/ as their readers use them: every block is written or run, and what is shown is what comes."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.pages import Folder, blocks, environment, is_shown

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
# The other pages are reference: their blocks run against the coffee shop, by tests of their own.
FOLLOWED = ("index.md", "tutorial.md", "parallel.md", "how-to/*.md", "explanation/*.md", "moving/*.md")
PAGES = sorted(page for pattern in FOLLOWED for page in DOCS.glob(pattern))


def name_of(page: Path) -> str:
    """A page's path below docs/."""
    return page.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_can_be_followed(page: Path, tmp_path: Path) -> None:
    """Its files are written, its commands run among them, and their output is what the page shows."""
    folder = Folder(tmp_path)

    for block in blocks(page):
        folder.do(block)


def test_the_readme_can_be_followed(tmp_path: Path) -> None:
    """But for its two marked commands, which .ci/run runs, and for scenarios of the coffee shop: see test_docs.py."""
    folder = Folder(tmp_path)
    to_follow = [
        block
        for block in blocks(README)
        if (block.title or block.language == "console") and block.note not in ("features", "tests")
    ]

    for block in to_follow:
        folder.do(block)

    assert [block.language for block in blocks(README) if block not in to_follow] == ["gherkin", "console", "console"]


@pytest.mark.parametrize("name", ["clients.md", "databases.md"])
def test_the_commands_of_a_reference_run(name: str, tmp_path: Path) -> None:
    """They run in the project that the README ends with."""
    folder = Folder(tmp_path)
    for block in blocks(README):
        if block.title and block.line < 60:
            folder.do(block)

    for block in blocks(DOCS / name):
        if block.language == "console":
            folder.do(block)


def test_what_the_pages_install_is_here(tmp_path: Path) -> None:
    """Each name is a package and each extra is one of its: the tests' own environment has them all."""
    commands = [
        command
        for page in (README, *DOCS.rglob("*.md"))
        for block in blocks(page)
        if block.language == "console" and not block.reason
        for command in block.commands
        if command.installs
    ]
    packages = sorted({package for command in commands for package in shlex.split(command.text)[2:]})

    done = subprocess.run(
        ["pip", "install", *packages],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "does not provide the extra" not in done.stdout + done.stderr
    assert [command for command in commands if command.shown] == []
    assert len(packages) > 10


def test_few_blocks_are_not_run() -> None:
    """Each block that is not run is listed here, with its reason."""
    pages = sorted(DOCS.rglob("*.md"))

    left_out = [(name_of(page), block.reason) for page in pages for block in blocks(page) if block.reason]

    assert left_out == [
        ("clients.md", "the server does not exist; how-to/staging.md runs the same against one on this machine"),
        ("how-to/ci.md", "a workflow needs GitHub; its commands are those above"),
        ("how-to/staging.md", "the server does not exist; the same is run below against one on this machine"),
        ("moving/karate.md", "Karate needs a JVM and a server"),
        (
            "moving/tavern.md",
            "tavern needs pytest before 9.1 and a server; it was run by hand with tavern 3.7.1 and pytest 9.0.3",
        ),
        ("parallel.md", "it needs a PostgreSQL server"),
        ("parallel.md", "each line is of another machine"),
        ("parallel.md", "it needs another machine"),
    ]


@pytest.mark.parametrize(
    ("shown", "told", "same"),
    [
        ([], "anything", True),
        (["one"], "one\n", True),
        (["one"], "two\n", False),
        (["one"], "one\ntwo\n", False),
        (["one", "…"], "one\ntwo\nthree\n", True),
        (["…", "three"], "one\ntwo\nthree\n", True),
        (["one", "…", "three"], "one\nthree\n", True),
        (["…", "two", "four"], "one\ntwo\nthree\nfour\n", False),
        (["=== 1 passed in 0.01s ==="], "===== 1 passed in 12.30s =====\n", True),
        (["=== 1 passed in 0.01s ==="], "===== 2 passed in 12.30s =====\n", False),
        (["after 1 ms"], "after 20 ms\n", True),
    ],
)
def test_what_is_shown_is_compared_line_by_line(shown: list[str], told: str, *, same: bool) -> None:
    """But for times, the width of rulers, and lines that `…` stands for."""
    held = is_shown(shown, told)

    assert held is same
