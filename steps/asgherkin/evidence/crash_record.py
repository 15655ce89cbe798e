"""An exception that left the app: the record, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asgherkin.errors import AppError
from asgherkin.evidence.page_parts import Part, text_of
from asgherkin.evidence.record import Document, Record, Section
from asgherkin.frames import summary, user_frames

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Crash(Record):
    """An exception that left the app. Its frames are shown relative to `root`."""

    kind = "crash"
    shown = "never"  # the crash rule decides

    exception: BaseException
    doing: str
    """What the app was doing: `GET /orders`, `websocket /greet`, `start-up`, `shut-down`; `lifespan` in between."""
    delivered: bool = False
    """Whether it was raised into the caller's own code already."""
    root: Path = Path()

    def as_json(self) -> Document:
        """What was raised and where; of an error of this toolkit's, its text too."""
        document = {
            "doing": self.doing,
            "summary": summary(self.exception),
            "frames": user_frames(self.exception, self.root),
        }
        return {**document, "error": str(self.exception)} if isinstance(self.exception, AppError) else document

    @staticmethod
    def as_text(document: Mapping[str, Any]) -> list[Section]:
        """The user's own frames; of an error of this toolkit's, its text."""
        if "error" in document:
            return [(f"The app failed ({document['doing']})", document["error"])]
        return [(f"The app raised ({document['doing']})", document["frames"])]

    @staticmethod
    def as_part(document: Mapping[str, Any]) -> Part:
        """The exception, and below it where it was raised."""
        frames = (("Where it was raised", text_of(str(document["frames"]))),) if document.get("frames") else ()
        texts = (("", text_of(str(document["summary"]))), *frames)
        return Part("crash", f"The app raised ({document['doing']})", texts=texts)
