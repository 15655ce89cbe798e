"""A page of docs/ as a project: its titled blocks are files, its console blocks are run among them, in order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.project import FEWER_PLUGINS

ANYTHING = "…"
FENCE = re.compile(r"```(?P<info>.*)")
COMMENT = re.compile(r"<!-- (fails|features|tests|not run: .+) -->")
MASKS = (
    (r"\x1b\[\d*(;\d+)*m", ""),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\b\d+(\.\d+)? ?m?s\b", "N s"),
    (r"\b(\d+m)?\d+\.\d+s\b", "N s"),
    (r"={2,}", "=="),
    (r"_{2,}", "__"),
    (r"\.+ +\[", ". ["),
    (r"[ \t]+$", ""),
)


class Command(NamedTuple):
    """A command of a console block, and the lines that the block shows below it."""

    text: str
    shown: list[str]

    @property
    def installs(self) -> bool:
        """Whether it only installs what is here already: all pages' packages are looked for at once, by one pip."""
        return self.text.startswith("pip install ")


@dataclass
class PageBlock:
    """What stands between two fences: its language, its title, and what the comment above it says."""

    language: str
    title: str
    line: int
    note: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole block."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def reason(self) -> str:
        """Why it is not run; "" where it is."""
        return self.note.removeprefix("not run: ") if self.note.startswith("not run: ") else ""

    @property
    def commands(self) -> list[Command]:
        """What is typed into a console: each line behind `$ `."""
        found: list[Command] = []
        for line in self.lines:
            if line.startswith("$ "):
                found.append(Command(line.removeprefix("$ "), []))
            else:
                assert found, f"line {self.line}: a console block begins with a command"
                found[-1].shown.append(line)
        return found


def blocks(page: Path) -> list[PageBlock]:
    """The blocks of a page, in order."""
    found: list[PageBlock] = []
    block: PageBlock | None = None
    note = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if fence := FENCE.match(line):
            block = None if block else _begun(fence["info"], number, note)
            found.extend([block] if block else [])
            note = ""
        elif block:
            block.lines.append(line)
        elif line.strip():
            comment = COMMENT.fullmatch(line)
            note = comment[1] if comment else ""
    return found


def _begun(info: str, line: int, note: str) -> PageBlock:
    language, _, rest = info.partition(" ")
    title = re.search(r'title="([^"]+)"', rest)
    return PageBlock(language, title[1] if title else "", line, note)


class Folder:
    """A folder in which the blocks of a page are written and run."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def do(self, block: PageBlock) -> None:
        """Write a file, or run commands and compare what they print with what the page shows."""
        if block.reason:
            return
        if block.title:
            path = self._root / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        else:
            assert block.language == "console", f"line {block.line}: neither a file nor a command"
            for command in block.commands:
                if not command.installs:
                    self._run(command, block)

    def _run(self, command: Command, block: PageBlock) -> None:
        done = subprocess.run(
            # An environment without pip is made in a tenth of the time, and no page uses it: see `Command.installs`.
            ["bash", "-euo", "pipefail", "-c", command.text.replace(" -m venv ", " -m venv --without-pip ")],
            cwd=self._root,
            env=environment(self._root),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        context = f"line {block.line}, $ {command.text}\n{done.stdout}"
        assert (done.returncode != 0) == (block.note == "fails"), context
        assert is_shown(command.shown, done.stdout), context


def environment(root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR", "SYSTEMROOT")}
    scripts = shlex.quote(str(Path(sys.executable).parent))
    return (
        kept
        | FEWER_PLUGINS
        | {
            "PATH": f"{scripts}:{os.environ['PATH']}",
            "COLUMNS": "80",
            "PIP_NO_INDEX": "1",  # what a page installs is here already, or its name is wrong
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PWD": str(root),
        }
    )


def is_shown(shown: list[str], told: str) -> bool:
    """Whether these lines are the output; a line `…` stands for any lines. No line at all says nothing."""
    text = "\n".join(shown).strip("\n")
    if not text:
        return True
    parts = [ANYTHING_LINES if line == ANYTHING else re.escape(masked(line)) + r"\n" for line in text.split("\n")]
    return re.fullmatch("".join(parts), masked(told).strip("\n") + "\n") is not None


ANYTHING_LINES = r"(?:.*\n)*?"


def masked(text: str) -> str:
    """A text without what differs from run to run: times, identities, the width of rulers."""
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text, flags=re.MULTILINE)
    return text
