"""A websocket's transcript, and the receive and send that write it: an app is given them in place of its server's.

They keep ASGI's rules, too: https://asgi.readthedocs.io/en/latest/specs/www.html#websocket.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import anyio.lowlevel

from asgherkin.clients.recorder import Wrapper, decoded, target
from asgherkin.errors import AppError
from asgherkin.evidence.exchange_record import BODY_CAP
from asgherkin.evidence.message_text import CONTENT_CAP, KEPT
from asgherkin.websockets.websocket_evidence import Closing, Entry, Refusal, WebSocketEvidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asgherkin.clients.asgi import Message, Receive, Scope, Send
    from asgherkin.clients.recorder import Recorder
    from asgherkin.websockets.websocket_evidence import Peer

Phase: TypeAlias = Literal["before it accepted it", "after it accepted it", "in its refusal", "after it closed it"]

ACCEPT, SEND, CLOSE = "websocket.accept", "websocket.send", "websocket.close"
CONNECT, RECEIVE, DISCONNECT = "websocket.connect", "websocket.receive", "websocket.disconnect"
START, BODY = "websocket.http.response.start", "websocket.http.response.body"
NORMAL, NO_STATUS, ABNORMAL, INTERNAL_ERROR, SERVICE_RESTART = 1000, 1005, 1006, 1011, 1012
"""Close codes of RFC 6455. No code was sent, the connection was lost, the server failed, the server restarts."""

_ALLOWED: Mapping[Phase, Sequence[str]] = {
    "before it accepted it": (ACCEPT, CLOSE, START),
    "after it accepted it": (SEND, CLOSE),
    "in its refusal": (BODY,),
    "after it closed it": (),
}


@dataclass(slots=True)
class Transcript(WebSocketEvidence):
    """A websocket, while it is recorded."""

    _began: float = field(default_factory=monotonic)

    @classmethod
    def of_scope(cls, scope: Scope) -> Transcript:
        """The transcript of a websocket that is to be opened."""
        return cls(target(scope), decoded(scope["headers"]), tuple(scope.get("subprotocols", ())))

    @property
    def doing(self) -> str:
        """The websocket in messages: `websocket /greet`."""
        return f"websocket {self.target}"

    @property
    def is_over(self) -> bool:
        """Whether it was closed or refused."""
        return self.closing is not None or self.refusal is not None

    def add(self, by: Peer, content: str | bytes) -> None:
        """Keep a message."""
        entry = Entry(by, content[:CONTENT_CAP], len(content), monotonic() - self._began)
        self.total += 1
        (self.head if len(self.head) < KEPT else self.tail).append(entry)

    def close(self, by: Peer, code: int, reason: str = "") -> None:
        """Note the closing. The first one counts, and a refused websocket cannot be closed."""
        if not self.is_over:
            self.closing = Closing(by, code, reason, monotonic() - self._began)


def content_of(message: Message) -> str | bytes | None:
    """The text or the bytes of a message; bytes where it has both, as servers take it."""
    data: str | bytes | None = message.get("bytes")
    return message.get("text") if data is None else data


def wrap(recorder: Recorder, scope: Scope, receive: Receive, send: Send) -> WebSocketWrapper:
    """The wrapper for a websocket that no connection of this package has opened."""
    wrapper = WebSocketWrapper(scope, receive, send)
    if recorder.listens:
        recorder.evidence.add(wrapper.transcript)
    return wrapper


class WebSocketWrapper(Wrapper):
    """The receive and send that an app is given. They raise into an app that breaks the rules."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, transcript: Transcript | None = None) -> None:
        """`transcript`: where a connection records what its client says; else that is recorded here, too."""
        self.transcript = transcript or Transcript.of_scope(scope)
        super().__init__(self.transcript.doing, receive, send)
        self._farewell: OSError | None = None
        """Raised into an app that sent to a client that had left."""
        self._records_client = transcript is None
        self._disconnected = False
        self._phase: Phase = "before it accepted it"
        self._refusal = Refusal(status=500)  # what servers answer in place of an app that gives no answer

    async def receive(self) -> Message:
        """Hand the client's next message to the app."""
        message = await self._receive()
        self._disconnected = message["type"] == DISCONNECT
        if self._records_client and self._disconnected:
            self.transcript.close("client", message.get("code", NO_STATUS), message.get("reason") or "")
        elif self._records_client and message["type"] == RECEIVE and (content := content_of(message)) is not None:
            self.transcript.add("client", content)
        return message

    async def send(self, message: Message) -> None:
        """Take a message from the app. Raises `AppError` where ASGI does not allow it, `OSError` to nobody."""
        if self.transcript.closing is not None and self._phase != "after it closed it":
            # An app that goes on whatever is raised must not hold up the loop.
            await anyio.lowlevel.checkpoint()
            self._farewell = self._farewell or OSError("The client has left the websocket.")
            raise self._farewell
        kind = message["type"]
        if kind not in _ALLOWED[self._phase]:
            raise self._misplaced(kind)
        if kind == SEND:
            message = self._say(message)
        elif kind == ACCEPT:
            self._accept(message)
        elif kind == CLOSE:
            self._close(message)
        elif kind == START:
            self._start_refusal(message)
        else:
            self._add_body(message)
        await self._send(message)

    def returned(self) -> None:
        """The app has returned."""
        if self.transcript.accepted:
            self.transcript.close("app", ABNORMAL, "the app ended without closing it")
        else:
            self._refuse_unanswered()

    def failed(self, *, cancelled: bool) -> None:
        """The app has let an exception out, or was `cancelled`: then the client has left."""
        if cancelled:
            self.transcript.close("client", ABNORMAL)
        elif self.transcript.accepted:
            self.transcript.close("app", INTERNAL_ERROR)
        else:
            self._refuse_unanswered()

    def caused(self, exception: BaseException) -> bool:
        """Whether the app let its client's leaving pass: that is no crash."""
        left = self._disconnected or self.transcript.closing is not None
        return exception is self._farewell or (left and super().caused(exception))

    def _refuse_unanswered(self) -> None:
        if not self.transcript.is_over:
            self.transcript.refusal = self._refusal

    def _say(self, message: Message) -> Message:
        content = content_of(message)
        if content is None:
            raise self._violation("a message without text and without bytes", "one of them")
        if message.get("bytes") is None:
            self._check("a text", content, str)
        else:
            self._check("bytes", content, bytes, bytearray, memoryview)
        if not isinstance(content, str | bytes):
            # The app may change it later.
            content = bytes(content)
            message = {**message, "bytes": content}
        self.transcript.add("app", content)
        return message

    def _accept(self, message: Message) -> None:
        subprotocol = message.get("subprotocol")
        if subprotocol is not None:
            self._check("a subprotocol", subprotocol, str)
        self.transcript.response_headers = list(self._decoded(message))
        self.transcript.subprotocol = subprotocol
        self.transcript.accepted = True
        self._phase = "after it accepted it"

    def _close(self, message: Message) -> None:
        code, reason = message.get("code", 1000), message.get("reason") or ""
        self._check("a close code", code, int)
        self._check("a reason", reason, str)
        if self.transcript.accepted:
            self.transcript.close("app", code, reason)
        else:
            self.transcript.refusal = Refusal(code, reason)
        self._phase = "after it closed it"

    def _start_refusal(self, message: Message) -> None:
        status: Any = message.get("status")
        self._check("a status", status, int)
        self._refusal = Refusal(status=status, headers=self._decoded(message))
        self._phase = "in its refusal"

    def _add_body(self, message: Message) -> None:
        body = message.get("body", b"")
        self._check("a body", body, bytes, bytearray, memoryview)
        before = self._refusal.body
        self._refusal = replace(self._refusal, body=before + body[: BODY_CAP - len(before)])
        if not message.get("more_body", False):
            self.transcript.refusal = self._refusal
            self._phase = "after it closed it"

    def _decoded(self, message: Message) -> tuple[tuple[str, str], ...]:
        try:
            return tuple(decoded(message.get("headers") or ()))
        except (AttributeError, UnicodeDecodeError) as error:
            seen = f"the headers {message['headers']!r}"
            raise self._violation(seen, "each name and each value in bytes") from error

    def _misplaced(self, kind: str) -> AppError:
        allowed = [f'"{name}"' for name in _ALLOWED[self._phase]]
        wanted = " or ".join(filter(None, (", ".join(allowed[:-1]), *allowed[-1:]))) or "nothing"
        doing = self.transcript.doing
        return AppError(f'The app sent "{kind}" on the {doing} {self._phase}. ASGI wants {wanted} there.')

    def _check(self, what: str, value: object, kind: type, *also: type) -> None:
        if not isinstance(value, (kind, *also)):
            raise self._violation(f"{what} of type {type(value).__name__}", kind.__name__)

    def _violation(self, seen: str, wanted: str) -> AppError:
        return AppError(f"The app sent {seen} on the {self.transcript.doing}. ASGI wants {wanted}.")
