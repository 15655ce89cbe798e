"""What came about in a scenario as attachments of a report: JSON texts, step by step, secrets masked."""

from __future__ import annotations

import functools
import json
from http import HTTPStatus
from itertools import chain, pairwise
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, NamedTuple, cast

from asgherkin.clients.events import Event
from asgherkin.frames import summary, user_frames
from asgherkin.redaction.secret_names import MASK
from asgherkin.session.evidence import learn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from asgherkin.clients.conversation import Closing, Conversation, Refusal, Said
    from asgherkin.clients.events import Came, StreamLog
    from asgherkin.clients.exchange import Exchange
    from asgherkin.clients.recorder import Crash
    from asgherkin.redaction.redactor import Redactor
    from asgherkin.session.channels import Channel
    from asgherkin.session.queries import Asked
    from asgherkin.session.session import Session
    from asgherkin.session.sockets import HeldSocket
    from asgherkin.session.streams import HeldStream

_PHRASES = {int(one): one.phrase for one in HTTPStatus}
_TYPE = "application/vnd.asgherkin.{}+json"
_EXCHANGE = _TYPE.format("exchange")
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Amounts(NamedTuple):
    """How much there was of each kind at a moment. `past` are exchanges that went past the recorder."""

    exchanges: int = 0
    channels: int = 0
    queries: int = 0
    crashes: int = 0
    conversations: int = 0
    past: Sequence[Exchange] = ()


_amounts = functools.partial(tuple.__new__, Amounts)  # a third of the time that its own way takes


def amounts(session: Session) -> Amounts:
    """How much there is of each kind by now: a few lengths, for it is asked for at every step."""
    held, exchanges = vars(session), session.exchanges
    return _amounts(
        (
            len(exchanges),
            len(session.channels.all) if "channels" in held else 0,
            len(session.databases.queries) if "databases" in held else 0,
            len(session.crashes),
            len(session.conversations),
            () if exchanges else session.responses.exchanges(),
        )
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
    if session.conversations:
        from asgherkin.session.transcripts import learn_conversation  # only where a scenario has a websocket

        for conversation in session.conversations:
            learn_conversation(conversation, session.redactor)


def _channels(session: Session) -> list[Channel]:
    return session.channels.all if session.has_channels else []


def _queries(session: Session) -> list[Asked]:
    return session.databases.queries if "databases" in vars(session) else []


def _between(session: Session, before: Amounts, after: Amounts) -> Iterable[dict[str, str]]:
    redactor = session.redactor
    past = [one for one in after.past if one not in before.past]
    for exchange in (*session.exchanges[before.exchanges : after.exchanges], *past):
        yield {"mediaType": _EXCHANGE, "body": _exchange(exchange, redactor)}
    for channel in _channels(session)[before.channels : after.channels]:
        yield _channel(channel, redactor)
    for conversation in _own(session, session.conversations[before.conversations : after.conversations]):
        yield _attachment("websocket", _conversation("", conversation, redactor))
    for asked in _queries(session)[before.queries : after.queries]:
        yield _attachment("query", _query(asked, redactor))
    for crash in session.crashes[before.crashes : after.crashes]:
        yield _attachment("crash", _crash(crash, session.surroundings.root, redactor))


def _own(session: Session, conversations: Sequence[Conversation]) -> Iterable[Conversation]:
    """Those that a user's own steps have opened."""
    held = {id(getattr(channel, "conversation", None)) for channel in _channels(session)} if conversations else ()
    return [one for one in conversations if id(one) not in held]


def _channel(channel: Channel, redactor: Redactor) -> dict[str, str]:
    name = redactor.redact(channel.subject[1:-1]) if channel.subject.startswith('"') else ""
    if channel.kind == "websocket":
        return _attachment("websocket", _conversation(name, cast("HeldSocket", channel).conversation, redactor))
    return _attachment("stream", _stream(name, cast("HeldStream", channel).log, redactor))


def _conversation(name: str, conversation: Conversation, redactor: Redactor) -> dict[str, object]:
    transcript, closing, refusal = conversation.transcript, conversation.closing, conversation.refusal
    return {
        "name": name,
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


def _stream(name: str, log: StreamLog, redactor: Redactor) -> dict[str, object]:
    return {
        "name": name,
        "target": redactor.redact(log.target),
        "events": [_came(one, redactor) for one in (*log.head, *log.tail)],
        "left_out": log.left_out,
        "over": log.over,
    }


def _attachment(kind: str, content: Mapping[str, object]) -> dict[str, str]:
    return {"mediaType": _TYPE.format(kind), "body": _as_json(content)}


def _exchange(exchange: Exchange, redactor: Redactor) -> str:
    """As JSON, put together of pieces: there are more exchanges than anything else, and headers come again."""
    request = (
        f'{{"method":{quoted(exchange.method)},"target":{quoted(redactor.redact(exchange.target))},'
        f'"headers":{_headers(exchange.request_headers, redactor)},'
        f'"body":{_as_json(_body(exchange.request_body, exchange.request_size, redactor))},'
        f'"size":{exchange.request_size}}}'
    )
    response = "null" if exchange.status is None else _response(exchange, exchange.status, redactor)
    took = "null" if exchange.seconds is None else repr(_milliseconds(exchange.seconds))
    return f'{{"request":{request},"response":{response},"milliseconds":{took}}}'


def _response(exchange: Exchange, status: int, redactor: Redactor) -> str:
    return (
        f'{{"status":{_as_json(status)},"phrase":"{_PHRASES.get(status, "")}",'
        f'"headers":{_headers(exchange.response_headers, redactor)},'
        f'"body":{_as_json(_body(exchange.response_body, exchange.response_size, redactor))},'
        f'"size":{exchange.response_size},"complete":{"true" if exchange.complete else "false"}}}'
    )


def _headers(headers: Iterable[tuple[str, str]], redactor: Redactor) -> str:
    headers = tuple(headers)
    if redactor.are_open(headers):
        return _open_headers(headers)
    return _as_json([[name, MASK if redactor.is_secret(name) else redactor.redact(value)] for name, value in headers])


_open_headers = functools.lru_cache(1024)(_as_json)


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
    if text[:1] not in ("{", "["):
        return redactor.redact(text)
    if not redactor.may_name(text):
        return redactor.redact(text) if redactor.learned else text
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
