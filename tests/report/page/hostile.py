"""A run with hostile text wherever a text can stand."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from tests.report.page.streams import (
    CRASH,
    EXCHANGE,
    QUERY,
    ROWS,
    STREAM,
    WEBSOCKET,
    Outcome,
    Stream,
    attachment,
    failed,
)

if TYPE_CHECKING:
    from tests.report.page.streams import Message

_SHAPES = (
    "<script>window.hacked={0}</script>",
    "\"'><img src=https://evil.example/{0} onerror=window.hacked={0}>",
    "</pre></style></template></script><svg onload=window.hacked={0}>",
    "{{{{ {0} }}}}{{% raw %}}&lt;b&gt;{0}",
    "javascript:window.hacked={0}",
    "</title><iframe srcdoc='<script>parent.hacked={0}</script>'>",
    "${{window.hacked={0}}}`\\u003cscript>",
)
PAYLOADS: list[str] = []
_numbers = count(1)


def _evil(line: str = "") -> str:
    """One more hostile text, in all shapes; `line` begins it."""
    number = next(_numbers)
    text = line + " ".join(shape.format(number) for shape in _SHAPES)
    PAYLOADS.append(text)
    return text


def _tag() -> str:
    tag = f"@<script>window.hacked={next(_numbers)}</script>\"'><svg/onload=hacked>"
    PAYLOADS.append(tag)
    return tag


_CELL = _evil().replace("|", "/")
_FEATURE = f"""
{_tag()}
Feature: {_evil()}
  {_evil("Text ")}

  Background: {_evil()}
    Given {_evil()}
      | {_CELL.replace(chr(92), chr(92) * 2)} |

  {_tag()}
  Scenario: {_evil()}
    Then {_evil()}
      '''
      {_evil()}
      '''

  Scenario Outline: {_evil()} <a>
    Then <a>

    Examples: {_evil()}
      | a |
      | {_CELL.replace(chr(92), chr(92) * 2)} |

  Rule: {_evil()}
    Scenario: {_evil()}
      Given a
""".replace("'''", '"""')
# A description is Markdown: the backslash of one shape stands for itself there too, the signs of others do not.
PAYLOADS[:] = [text for text in PAYLOADS if not text.startswith("Text ")]


def _evidence() -> tuple[Message, ...]:
    half = {"headers": [[_evil(), _evil()]], "body": _evil(), "size": 9}
    request = {"method": _evil(), "target": _evil(), **half}
    response = {"status": 200, "phrase": _evil(), "headers": [], "body": _evil(), "size": 9, "complete": True}
    messages = [{"by": _evil(), "text": _evil(), "at": 1}, {"by": "app", "hex": _evil(), "size": 1, "at": 2}]
    closing = {"by": _evil(), "code": 1000, "reason": _evil(), "at": 1}
    refusal = {"code": _evil(), "reason": _evil(), "status": 1, "body": _evil()}
    socket = {
        "name": _evil(),
        "target": _evil(),
        "subprotocol": _evil(),
        "messages": messages,
        "closing": closing,
        "refusal": refusal,
    }
    event = {"name": _evil(), "data": _evil(), "id": _evil(), "at": 1}
    query = {"statements": [{"text": _evil(), "parameters": "<b>p</b>"}], "columns": [_evil()], "rows": [[_evil()]]}
    return (
        attachment(EXCHANGE, {"request": request, "response": response, "milliseconds": 1}),
        attachment(WEBSOCKET, socket),
        attachment(STREAM, {"name": _evil(), "target": _evil(), "events": [event], "over": True}),
        attachment(QUERY, {**query, "total": 1}),
        attachment(CRASH, {"doing": _evil(), "summary": _evil(), "frames": _evil()}),
        {"mediaType": "<b>", "body": _evil(), "fileName": _evil()},
        {"mediaType": "text/html", "body": _evil(), "fileName": _evil()},
    )


_NAME = _evil()
_URI = f"features/{_evil()}.feature"
_BROKEN = f"broken {_evil()}"
_FAILED = failed(_evil("S "), _evil("D "))
_EVIDENCE = _evidence()
_FAILED.exception["stackTrace"] = _evil()
_DIFFERING = {
    "heading": [_evil()],
    "rows": [{"cells": [_evil()], "remark": _evil(), "differing": [0]}],
    "more": _evil(),
    "note": _evil(),
}
_ROWS = failed(f"{_evil('R ')}:", evidence=(attachment(ROWS, _DIFFERING),))
_PENDING, _SNIPPET, _HOOK, _UNSEEN = _evil(), _evil(), _evil(), _evil()
_GIT = {"remote": "/<script>window.hacked=1<script>", "revision": "<b>123456789", "branch": _evil()}
_CI = {"name": _evil(), "url": "javascript:window.hacked=1", "git": _GIT}


def hostile(*, packed: bool) -> Stream:
    """The run; with `packed`, evidence is so long that it is packed."""
    stream = Stream().meta(**_CI).started()
    normal, row, ruled = stream.feature(_URI, _FEATURE)
    more = (attachment("text/plain", "long " * 150_000),) if packed else ()
    stream.run(normal, Outcome(evidence=(*_EVIDENCE, *more)), hooks={_HOOK: Outcome("PASSED", evidence=_EVIDENCE[:1])})
    stream.run(row, Outcome("PENDING", _PENDING))
    stream.run(ruled, lambda _, _attempt: _FAILED, attempts=2)
    snippet = {"language": "python", "code": _SNIPPET}
    (pickle,) = stream.feature(f"{_NAME}.feature", f"Feature: {_NAME}\n  Scenario: s\n    Given it\n")
    stream.run(pickle, Outcome("UNDEFINED"))
    (rows,) = stream.feature("rows.feature", "Feature: rows\n  Scenario: s\n    Given it\n")
    stream.run(rows, _ROWS)
    (unseen,) = stream.feature("unseen.feature", "Feature: unseen\n  Scenario: s\n    Given it\n")
    stream.run(unseen, Outcome("SKIPPED", f"not observable here: {_UNSEEN}"))
    stream.envelopes.append({"suggestion": {"pickleStepId": pickle["steps"][0]["id"], "snippets": [snippet]}})
    stream.broken(_BROKEN, _BROKEN)
    return stream.finished(success=False)
