"""Cases in a text file: what a project has in its files, what is typed, and what the terminal then shows.

##### every case            the files that each case has, unless it has its own
=== shop.py
…
##### a wrong module: where it was looked for is told
=== features/it.feature
…
=== $ pytest -v             typed in the project's folder: pytest, asgherkin, cat
…                           what is shown, compared to the letter
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.project import without_times

if TYPE_CHECKING:
    from pathlib import Path

EVERY = "every case"


@dataclass
class Case:
    """A name, and texts by the file's name or the command."""

    name: str
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """The files to write."""
        return {name: text for name, text in self.texts.items() if not name.startswith("$ ")}

    @property
    def commands(self) -> list[str]:
        """What is typed, in order."""
        return [name for name in self.texts if name.startswith("$ ")]


def read_cases(path: Path) -> list[Case]:
    """The cases of a file; the first one is for all."""
    cases: list[Case] = []
    for part in re.split(r"^##### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, *texts = re.split(r"^=== ", part, flags=re.MULTILINE)
        cases.append(Case(name.strip()))
        for text in texts:
            heading, _, body = text.partition("\n")
            cases[-1].texts[heading] = body.rstrip("\n") + "\n"
    return cases


def write_cases(path: Path, cases: list[Case]) -> None:
    """Write a file of cases."""
    parts = (
        f"##### {case.name}\n" + "".join(f"=== {heading}\n{body}" for heading, body in case.texts.items())
        for case in cases
    )
    path.write_text("\n".join(parts), encoding="utf-8")


def shown(output: str, code: int, root: Path) -> str:
    """What a command prints, without what differs each time and without pytest's own head and short summary."""
    text = re.sub(r"\A(.*\n)*?(collecting \.\.\. )?(collected|scheduling) .*\n", "", output)
    text = re.sub(r"^=+ short test summary info =+\n(.*\n)*?(?=[=!])", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(=|_|-|!){2,} (.*?) \1{2,}$", r"-- \2", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=\w) in \d+\.\d+s", "", without_times(text)).replace(str(root), "(the project)")
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in [*lines, f"-- exit {code}"])
