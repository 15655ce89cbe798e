"""Sentences that fit websockets and streams alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.matching.comparators import Comparison, verify
from asgherkin.matching.matchers import escape
from asgherkin.matching.paths import find
from asgherkin.session.channels import Channels
from asgherkin.vocabulary.decorators import then
from asgherkin.vocabulary.variables import remember

if TYPE_CHECKING:
    from asgherkin.session.channels import Channel
    from asgherkin.session.session import Session


@then(
    "{name:text} receives the text {text:text}",
    example='"alice" receives the text "Hello, world!"',
    within=True,
)
def receives_the_text(session: Session, name: str, text: str, within: float | None) -> None:
    """The next message is this text. Of a stream: its next part, however it is cut."""
    check_text(session.part(Channels).named(name), text, within)


def check_text(channel: Channel, text: str, within: float | None) -> None:
    """Receive the next text. Raises Mismatch where it is another."""
    received = channel.next_text(text, within)
    if received != text:
        verify(f"the text that {channel.subject} received", Comparison("is", escape(text)), received)


@then(
    "{name:text} receives nothing for {span:span}",
    example='"alice" receives nothing for 200 milliseconds',
)
def receives_nothing_for(session: Session, name: str, span: float) -> None:
    """No message comes for so long; from what is closed or has ended none does."""
    session.part(Channels).named(name).check_silence(span)


@then(
    "I remember the received JSON at {path:text} as {name:text}",
    example='I remember the received JSON at "$.id" as "id"',
)
def remember_the_received_json(session: Session, path: str, name: str) -> None:
    """Keep a part of the last JSON that a websocket or an event stream received, by a JSONPath (RFC 9535)."""
    received = session.part(Channels).received
    remember(session, name, f'the received JSON at "{path}"', find(path, received))
