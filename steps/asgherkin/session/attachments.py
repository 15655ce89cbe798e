"""What came about in a scenario as attachments of a report: JSON texts, step by step, secrets masked."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from asgherkin.clients.events import Event
from asgherkin.frames import summary, user_frames
from asgherkin.report.names import MASK
from asgherkin.session.evidence import learn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from asgherkin.clients.conversation import Closing, Conversation, Refusal, Said
    from asgherkin.clients.events import Came, StreamLog
    from asgherkin.clients.exchange import Exchange
    from asgherkin.clients.recorder import Crash
    from asgherkin.report.redaction import Redactor
    from asgherkin.session.channels import Channel
    from asgherkin.session.queries import Asked
    from asgherkin.session.session import Session
    from asgherkin.session.sockets import HeldSocket
    from asgherkin.session.streams import HeldStream

_PHRASES = {int(one): one.phrase for one in HTTPStatus}
_TYPE = "application/vnd.asgherkin.{}+json"
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Amounts(NamedTuple):
    """How much there was of each kind at a moment. `past` are exchanges that went past the recorder."""

    exchanges: int = 0
    channels: int = 0
    queries: int = 0
    crashes: int = 0
    past: Sequence[Exchange] = ()


def amounts(session: Session) -> Amounts:
    """How much there is of each kind by now: a few lengths, for it is asked for at every step."""
    exchanges = len(session.exchanges)
    return Amounts(
        exchanges,
        len(_channels(session)),
        len(_queries(session)),
        len(session.crashes),
        () if exchanges else session.responses.exchanges(),
    )


def attachments(session: Session, moments: Sequence[Amounts]) -> list[list[dict[str, str]]]:
    """The attachments of what came about between each moment and the next."""
    _learn_all(session, moments)
    return [[] if before == after else list(_between(session, before, after)) for before, after in pairwise(moments)]


def _learn_all(session: Session, moments: Sequence[Amounts]) -> None:
    for exchange in chain(session.exchanges, *(one.past for one in moments)):
        learn(exchange, session.redactor)
    if "databases" in vars(session):
        session.databases.evidence()  # which learns
    for channel in _channels(session):
        channel.learn(session.redactor)


def _channels(session: Session) -> list[Channel]:
    return session.channels.all if session.has_channels else []


def _queries(session: Session) -> list[Asked]:
    return session.databases.queries if "databases" in vars(session) else []


def _between(session: Session, before: Amounts, after: Amounts) -> Iterable[dict[str, str]]:
    redactor = session.redactor
    past = [one for one in after.past if one not in before.past]
    for exchange in (*session.exchanges[before.exchanges : after.exchanges], *past):
        yield _attachment("exchange", _exchange(exchange, redactor))
    for channel in _channels(session)[before.channels : after.channels]:
        yield _channel(channel, redactor)
    for asked in _queries(session)[before.queries : after.queries]:
        yield _attachment("query", _query(asked, redactor))
    for crash in session.crashes[before.crashes : after.crashes]:
        yield _attachment("crash", _crash(crash, session.surroundings.root, redactor))


def _channel(channel: Channel, redactor: Redactor) -> dict[str, str]:
    if channel.kind == "websocket":
        return _attachment("websocket", _conversation(cast("HeldSocket", channel).conversation, redactor))
    return _attachment("stream", _stream(cast("HeldStream", channel).log, redactor))


def _conversation(conversation: Conversation, redactor: Redactor) -> dict[str, object]:
    transcript, closing, refusal = conversation.transcript, conversation.closing, conversation.refusal
    return {
        "target": redactor.redact(conversation.target),
        "subprotocol": conversation.subprotocol,
        "refusal": refusal and _refusal(refusal, redactor),
        "messages": [_said(one, redactor) for one in (*transcript.head, *transcript.tail)],
        "left_out": transcript.left_out,
        "closing": closing and _closing(closing, redactor),
    }


def _refusal(refusal: Refusal, redactor: Redactor) -> dict[str, object]:
    body = _body(refusal.body, len(refusal.body), redactor)
    reason = redactor.redact(refusal.reason)
    return {"code": refusal.code, "reason": reason, "status": refusal.status, "body": body}


def _closing(closing: Closing, redactor: Redactor) -> dict[str, object]:
    reason = redactor.redact(closing.reason)
    return {"by": closing.by, "code": closing.code, "reason": reason, "at": _milliseconds(closing.at)}


def _stream(log: StreamLog, redactor: Redactor) -> dict[str, object]:
    return {
        "target": redactor.redact(log.target),
        "events": [_came(one, redactor) for one in (*log.head, *log.tail)],
        "left_out": log.left_out,
        "over": log.over,
    }


def _attachment(kind: str, content: Mapping[str, object]) -> dict[str, str]:
    return {"mediaType": _TYPE.format(kind), "body": _as_json(content)}


def _exchange(exchange: Exchange, redactor: Redactor) -> dict[str, object]:
    return {
        "request": {
            "method": exchange.method,
            "target": redactor.redact(exchange.target),
            "headers": _headers(exchange.request_headers, redactor),
            "body": _body(exchange.request_body, exchange.request_size, redactor),
            "size": exchange.request_size,
        },
        "response": None if exchange.status is None else _response(exchange, exchange.status, redactor),
        "milliseconds": None if exchange.seconds is None else _milliseconds(exchange.seconds),
    }


def _response(exchange: Exchange, status: int, redactor: Redactor) -> dict[str, object]:
    return {
        "status": status,
        "phrase": _PHRASES.get(status, ""),
        "headers": _headers(exchange.response_headers, redactor),
        "body": _body(exchange.response_body, exchange.response_size, redactor),
        "size": exchange.response_size,
        "complete": exchange.complete,
    }


def _headers(headers: Iterable[tuple[str, str]], redactor: Redactor) -> list[list[str]]:
    return [[name, MASK if redactor.is_secret(name) else redactor.redact(value)] for name, value in headers]


def _body(body: bytes, size: int, redactor: Redactor) -> str | None:
    """A body as text; None where it is none. A character that the cut went through is left out."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if size == len(body) or error.start < len(body) - 3:
            return None
        text = body[: error.start].decode()
    return _shown(text, redactor)


def _shown(text: str, redactor: Redactor) -> str:
    """A text without secrets. JSON is written anew only where something in it is masked."""
    if text[:1] in ("{", "[") and redactor.may_name(text):
        try:
            document = json.loads(text)
            masked = redactor.masked(document)
            if masked != document:
                text = json.dumps(masked, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    return redactor.redact(text)


def _said(said: Said, redactor: Redactor) -> dict[str, object]:
    return {"by": said.by, **_content(said.content, redactor), "size": said.size, "at": _milliseconds(said.at)}


def _came(came: Came, redactor: Redactor) -> dict[str, object]:
    what = came.what
    if isinstance(what, Event):
        shown: dict[str, object] = {
            "name": redactor.redact(what.name),
            "data": _shown(what.data, redactor),
            "id": redactor.redact(what.id),
        }
    else:
        shown = _content(_as_text(what), redactor)
    return {**shown, "size": came.size, "at": _milliseconds(came.at)}


def _as_text(part: bytes) -> str | bytes:
    try:
        return part.decode()
    except UnicodeDecodeError:
        return part


def _content(content: str | bytes, redactor: Redactor) -> dict[str, object]:
    if isinstance(content, str):
        return {"text": _shown(content, redactor)}
    text = _as_text(content)
    hidden = isinstance(text, str) and _shown(text, redactor) != text
    return {"text": _shown(str(text), redactor)} if hidden else {"hex": content.hex(" ")}


def _query(asked: Asked, redactor: Redactor) -> dict[str, object]:
    from asgherkin.databases.cells import as_json, shown  # only where a scenario looks into a database

    def cell(name: str, value: object) -> str:
        if redactor.is_secret(name) and value is not None and not isinstance(value, bool):
            return MASK
        return redactor.redact(shown(redactor.masked(as_json(value)) if isinstance(value, dict | list) else value))

    def parameters(given: object) -> object:
        plain = json.loads(json.dumps(as_json(given), default=str))
        return _redacted(redactor.masked(plain), redactor) if plain else None

    return {
        "statements": [
            {"text": redactor.redact(one.text.strip()), "parameters": parameters(one.parameters)}
            for one in asked.rows.statements
        ],
        "columns": asked.columns,
        "rows": [[cell(*pair) for pair in zip(asked.columns, row, strict=True)] for row in asked.values],
        "total": asked.rows.total,
        "milliseconds": _milliseconds(asked.seconds),
    }


def _redacted(document: object, redactor: Redactor) -> object:
    if isinstance(document, dict):
        return {redactor.redact(name): _redacted(value, redactor) for name, value in document.items()}
    if isinstance(document, list):
        return [_redacted(one, redactor) for one in document]
    return redactor.redact(document) if isinstance(document, str) else document


def _crash(crash: Crash, root: Path, redactor: Redactor) -> dict[str, object]:
    return {
        "doing": redactor.redact(crash.doing),
        "summary": redactor.redact(summary(crash.exception)),
        "frames": redactor.redact(user_frames(crash.exception, root)),
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
