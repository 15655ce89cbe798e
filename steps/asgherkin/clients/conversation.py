"""One websocket, recorded: its handshake, what was said both ways, and how it was closed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Side: TypeAlias = Literal["app", "client"]

KEPT = 50
"""Messages that a transcript keeps from its beginning, and as many from its end."""
CONTENT_CAP = 4 * 1024
"""Characters or bytes of a message that a transcript keeps."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed a websocket, with what code and reason, how many seconds after its opening."""

    by: Side
    code: int
    reason: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a transcript. `content` is cut at `CONTENT_CAP`; `size` is the whole one's."""

    by: Side
    content: str | bytes
    size: int
    at: float
    """Seconds since the opening."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An app's refusal of a websocket: by a close code, or by an HTTP response."""

    code: int | None = None
    reason: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Transcript:
    """What was said, in order: the first messages, the last ones, and how many were left out between them."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._head: list[Said] = []
        self._tail: deque[Said] = deque(maxlen=KEPT)
        self.total = 0

    def add(self, by: Side, content: str | bytes) -> None:
        """Keep a message."""
        said = Said(by, content[:CONTENT_CAP], len(content), self.now())
        self.total += 1
        (self._head if len(self._head) < KEPT else self._tail).append(said)

    def now(self) -> float:
        """Seconds since the opening."""
        return monotonic() - self._began

    @property
    def left_out(self) -> int:
        """How many messages stood between `head` and `tail`."""
        return self.total - len(self._head) - len(self._tail)

    @property
    def head(self) -> Iterator[Said]:
        """The first messages."""
        return iter(self._head)

    @property
    def tail(self) -> Iterator[Said]:
        """The last messages, where there are more than `head` holds."""
        return islice(self._tail, None)


@dataclass(slots=True)
class Conversation:
    """A websocket. What the app receives and sends is recorded as it passes, on every client."""

    target: str
    """Path and query."""
    request_headers: list[tuple[str, str]]
    subprotocols: tuple[str, ...] = ()
    """Those that the client offers."""
    accepted: bool = False
    subprotocol: str | None = None
    """The one that the app chose."""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    refusal: Refusal | None = None
    closing: Closing | None = None
    transcript: Transcript = field(default_factory=Transcript)

    @property
    def doing(self) -> str:
        """The websocket in short: `websocket /greet`."""
        return f"websocket {self.target}"
