"""The folders in cases/: a topic's apps, features whose scenarios pass, and failing.txt with those that fail."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.project import SETTINGS

if TYPE_CHECKING:
    from tests.project import Project

FOLDER = Path(__file__).parent / "cases"
TOPICS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))


class Block(NamedTuple):
    """A scenario of failing.txt, whose steps and message are told apart by a line of three hyphens."""

    name: str
    steps: str
    message: str

    @property
    def path(self) -> str:
        """A feature of its own, so that no line's number depends on the scenarios before it."""
        return f"features/{re.sub('[^a-z0-9]+', '_', self.name.lower())}.feature"

    def feature(self, background: str) -> str:
        """The text of that feature."""
        scenario = f"  Scenario: {self.name}\n{textwrap.indent(self.steps, '    ')}"
        return f"Feature: Failing\n\n{background}{scenario}\n"

    def written(self) -> str:
        """The block's text."""
        return f"=== {self.name}\n{self.steps}\n---\n{self.message}\n"


class Failing:
    """The failing scenarios of a topic: a background that all of them have, and their blocks."""

    def __init__(self, topic: str) -> None:
        self._path = FOLDER / topic / "failing.txt"
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        head, *parts = re.split("(?m)^=== ", text)
        self._head = head
        self.background = f"  Background:\n{textwrap.indent(head.strip(), '    ')}\n\n" if head.strip() else ""
        self.blocks = [_block(part) for part in parts]

    def record(self, messages: dict[str, str]) -> None:
        """Write the messages of the blocks by their names."""
        blocks = [one._replace(message=messages.get(one.name, "")) for one in self.blocks]
        self._path.write_text(self._head + "\n".join(one.written() for one in blocks), encoding="utf-8")


def _block(text: str) -> Block:
    name, _, rest = text.partition("\n")
    steps, _, message = rest.partition("\n---\n")
    return Block(name, steps, message.strip("\n"))


def write_files(project: Project, topic: str, failing: Failing | None = None) -> None:
    """The apps that all topics share, the topic's own files, and the failing scenarios, each in its own feature."""
    project.write({"pyproject.toml": SETTINGS})
    for path in FOLDER.glob("*.py"):
        shutil.copy(path, project.root)
    shutil.copytree(FOLDER / "_fixtures", project.root / "features/fixtures")
    shutil.copytree(FOLDER / topic, project.root, dirs_exist_ok=True)
    if failing is not None:
        project.write({one.path: one.feature(failing.background) for one in failing.blocks})
    (project.root / "features/fixtures/link.txt").symlink_to("/etc/hostname")
    (project.root / "features/fixtures/circle").symlink_to("circle")
