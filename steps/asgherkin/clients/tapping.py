"""The receive and send that an app is given for a websocket: they record it, and keep ASGI's rules.

See https://asgi.readthedocs.io/en/latest/specs/www.html#websocket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import anyio.lowlevel

from asgherkin.clients.asgi import Message, Receive, Scope, Send, decoded, target
from asgherkin.clients.conversation import Closing, Conversation, Refusal
from asgherkin.clients.recorder import WRAPPERS, Recorder, is_farewell
from asgherkin.errors import AppError
from asgherkin.evidence.exchange_record import BODY_CAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Phase: TypeAlias = Literal["before it accepted it", "after it accepted it", "in its refusal", "after it closed it"]

ACCEPT, SEND, CLOSE = "websocket.accept", "websocket.send", "websocket.close"
START, BODY = "websocket.http.response.start", "websocket.http.response.body"
ABNORMAL, INTERNAL_ERROR = 1006, 1011
"""Close codes of RFC 6455: the connection was lost, and the server failed."""

_ALLOWED: Mapping[Phase, Sequence[str]] = {
    "before it accepted it": (ACCEPT, CLOSE, START),
    "after it accepted it": (SEND, CLOSE),
    "in its refusal": (BODY,),
    "after it closed it": (),
}


def conversation_of(scope: Scope) -> Conversation:
    """The record of a websocket that is to be opened."""
    return Conversation(target(scope), decoded(scope["headers"]), tuple(scope.get("subprotocols", ())))


def content_of(message: Message) -> str | bytes | None:
    """The text or the bytes of a message; bytes where it has both, as servers take it."""
    data: str | bytes | None = message.get("bytes")
    return message.get("text") if data is None else data


async def converse(
    recorder: Recorder, scope: Scope, receive: Receive, send: Send, conversation: Conversation | None = None
) -> None:
    """Call the app for one websocket. What the client says is recorded by who gives a `conversation`."""
    await recorder.run(scope, _tap(recorder, scope, receive, send, conversation))


def _tap(
    recorder: Recorder, scope: Scope, receive: Receive, send: Send, conversation: Conversation | None = None
) -> SocketTap:
    tap = SocketTap(scope, receive, send, conversation)
    if recorder.listens:
        recorder.evidence.add(tap.conversation)
    return tap


class SocketTap:
    """Records what passes, and raises into an app that breaks the rules or whose client has left."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, conversation: Conversation | None) -> None:
        """Whoever gives the `conversation` records what the client says."""
        self.conversation = conversation or conversation_of(scope)
        self.doing = self.conversation.doing
        self.farewell: OSError | None = None
        """Raised into an app that sent to a client that had left."""
        self._hears = conversation is None
        self._receive = receive
        self._send = send
        self._phase: Phase = "before it accepted it"
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = b""

    @property
    def left(self) -> bool:
        """Whether it is closed, so that a `WebSocketDisconnect` in the app is no crash."""
        return self.conversation.closing is not None

    def caused(self, exception: BaseException) -> bool:
        """Whether an exception that left the app is the client's own doing, and so no crash."""
        return exception is self.farewell or (self.left and is_farewell(exception))

    async def receive(self) -> Message:
        """Hand the client's next message to the app."""
        message = await self._receive()
        if self._hears:
            self._hear(message)
        return message

    async def send(self, message: Message) -> None:
        """Take a message from the app. Raises `AppError` where ASGI does not allow it, `OSError` to nobody."""
        if self.left and self._phase != "after it closed it":
            # An app that goes on whatever is raised must not hold up the loop.
            await anyio.lowlevel.checkpoint()
            self.farewell = self.farewell or OSError("The client has left the websocket.")
            raise self.farewell
        kind = message["type"]
        if kind not in _ALLOWED[self._phase]:
            raise self._misplaced(kind)
        if kind == SEND:
            message = self._said(message)
        elif kind == ACCEPT:
            self._accept(message)
        elif kind == CLOSE:
            self._close(message)
        elif kind == START:
            self._start(message)
        else:
            self._add_body(message)
        await self._send(message)

    def returned(self) -> None:
        """The app has returned."""
        if self.conversation.accepted:
            self._end(Closing("app", ABNORMAL, "the app ended without closing it", self._now()))
        else:
            self._refuse_unanswered()

    def failed(self, *, cancelled: bool) -> None:
        """The app has let an exception out, or was `cancelled`: then it is the client who has left."""
        if cancelled:
            self._end(Closing("client", ABNORMAL, "", self._now()))
        elif self.conversation.accepted:
            self._end(Closing("app", INTERNAL_ERROR, "", self._now()))
        else:
            self._refuse_unanswered()

    def _end(self, closing: Closing) -> None:
        if self.conversation.closing is None and self.conversation.refusal is None:
            self.conversation.closing = closing

    def _refuse_unanswered(self) -> None:
        # Servers answer so in place of an app that gives no answer.
        if not self.left and self.conversation.refusal is None:
            self._status = self._status or 500
            self._refuse()

    def _hear(self, message: Message) -> None:
        kind = message["type"]
        content = content_of(message)
        if kind == "websocket.receive" and content is not None:
            self.conversation.transcript.add("client", content)
        elif kind == "websocket.disconnect" and not self.left:
            reason = message.get("reason") or ""
            self.conversation.closing = Closing("client", message.get("code", 1005), reason, self._now())

    def _said(self, message: Message) -> Message:
        content = content_of(message)
        if content is None:
            raise self._violation("a message without text and without bytes", "one of them")
        if message.get("bytes") is None and not isinstance(content, str):
            raise self._violation(f"a text of type {_type(content)}", "str")
        if message.get("bytes") is not None and not isinstance(content, bytes | bytearray | memoryview):
            raise self._violation(f"bytes of type {_type(content)}", "bytes")
        if not isinstance(content, str | bytes):
            # The app may change it later.
            content = bytes(content)
            message = {**message, "bytes": content}
        self.conversation.transcript.add("app", content)
        return message

    def _accept(self, message: Message) -> None:
        subprotocol = message.get("subprotocol")
        if not isinstance(subprotocol, str | None):
            raise self._violation(f"a subprotocol of type {_type(subprotocol)}", "str")
        self.conversation.response_headers = list(self._decoded(message))
        self.conversation.subprotocol = subprotocol
        self.conversation.accepted = True
        self._phase = "after it accepted it"

    def _close(self, message: Message) -> None:
        code, reason = message.get("code", 1000), message.get("reason") or ""
        if not isinstance(code, int):
            raise self._violation(f"a close code of type {_type(code)}", "int")
        if not isinstance(reason, str):
            raise self._violation(f"a reason of type {_type(reason)}", "str")
        if self.conversation.accepted:
            self.conversation.closing = Closing("app", code, reason, self._now())
        else:
            self.conversation.refusal = Refusal(code, reason)
        self._phase = "after it closed it"

    def _start(self, message: Message) -> None:
        status = message.get("status")
        if not isinstance(status, int):
            raise self._violation(f"a status of type {_type(status)}", "int")
        self._headers = self._decoded(message)
        self._status = status
        self._phase = "in its refusal"

    def _add_body(self, message: Message) -> None:
        body = message.get("body", b"")
        if not isinstance(body, bytes | bytearray | memoryview):
            raise self._violation(f"a body of type {_type(body)}", "bytes")
        if room := BODY_CAP - len(self._body):
            self._body += body[:room]
        if not message.get("more_body", False):
            self._refuse()
            self._phase = "after it closed it"

    def _refuse(self) -> None:
        self.conversation.refusal = Refusal(status=self._status, headers=self._headers, body=self._body)

    def _decoded(self, message: Message) -> tuple[tuple[str, str], ...]:
        try:
            return tuple(decoded(message.get("headers") or ()))
        except (AttributeError, UnicodeDecodeError) as error:
            seen = f"the headers {message['headers']!r}"
            raise self._violation(seen, "each name and each value in bytes") from error

    def _now(self) -> float:
        return self.conversation.transcript.now()

    def _misplaced(self, kind: str) -> AppError:
        allowed = [f'"{name}"' for name in _ALLOWED[self._phase]]
        wanted = " or ".join(filter(None, (", ".join(allowed[:-1]), *allowed[-1:]))) or "nothing"
        return AppError(
            f'The app sent "{kind}" on the {self.conversation.doing} {self._phase}. ASGI wants {wanted} there.'
        )

    def _violation(self, seen: str, wanted: str) -> AppError:
        return AppError(f"The app sent {seen} on the {self.conversation.doing}. ASGI wants {wanted}.")


def _type(value: object) -> str:
    return type(value).__name__


WRAPPERS["websocket"] = _tap
