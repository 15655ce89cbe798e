"""Messages about a server that cannot be reached: what was seen, what was tried, what to do."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, TypeVar

from asgherkin.clients.asgi import in_words
from asgherkin.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

E = TypeVar("E", bound=BaseException)
_DROPPED = re.compile("disconnected|peer closed")
_IS_IT_UP = "Is the server up, and asgi_base_url right?"


def _without_userinfo(url: httpx2.URL) -> str:
    """A URL without the user and the password in it."""
    return str(url.copy_with(userinfo=b"") if url.userinfo else url)


def failed(error: Exception, request: httpx2.Request, timeout: float, *, status: int = 0, size: int = 0) -> Unreachable:
    """The failure for an error of httpx2's. `status` and `size`: how much of the response had come."""
    return _tried(_seen(error, request.url, status, size), request, timeout)


def late(request: httpx2.Request, timeout: float, *, status: int = 0, size: int = 0) -> Unreachable:
    """No answer, or not all of it, in time."""
    within = in_words(timeout)
    seen = f"The server did not answer within {within}."
    if status:
        seen = f"The server did not come to the end of its response within {within}: {_came(status, size)}."
    return _tried(seen, request, timeout, "Is it up to its work? asgi_timeout says how long an answer may take.")


def no_upgrade(request: httpx2.Request, timeout: float, what: str) -> Unreachable:
    """An answer to the opening of a websocket that is neither an upgrade nor a refusal."""
    return _tried(f"The server did not open the websocket as RFC 6455 has it: {what}.", request, timeout)


def _tried(seen: str, request: httpx2.Request, timeout: float, advice: str = _IS_IT_UP) -> Unreachable:
    tried = f"{request.method} {_without_userinfo(request.url)}"
    return Unreachable(
        f"{seen}\nThe client live tried {tried}, with a timeout of {in_words(timeout)}. {advice}",
    )


def _seen(error: Exception, url: httpx2.URL, status: int, size: int) -> str:
    plain = url.scheme in ("http", "ws")
    place = f"{url.host}:{url.port or (80 if plain else 443)}"
    if _cause(error, ConnectionRefusedError):
        return f"The connection was refused: nothing listens at {place}."
    if _cause(error, socket.gaierror):
        return f'The host name "{url.host}" is unknown.'
    untrusted = _cause(error, ssl.SSLCertVerificationError)
    if untrusted:
        return (
            f"The certificate of {place} was not accepted: {untrusted.verify_message}. For an authority of your own, "
            "put its certificate into a file, and name it in the environment variable SSL_CERT_FILE."
        )
    if _cause(error, ssl.SSLError):
        return f"{place} does not speak TLS: {_reason(error)}."
    if type(error).__name__ == "ConnectError":
        return f"There is no connection to {place}: {_reason(error)}."
    if status:
        return f"The connection was dropped in the middle of the response: {_came(status, size)}."
    if type(error).__name__ == "RemoteProtocolError" and not _DROPPED.search(str(error)):
        return f"What {place} answered is no HTTP: {_reason(error)}."
    return f"{place} dropped the connection without an answer.{' Does it want https?' if plain else ''}"


def _came(status: int, size: int) -> str:
    return f"the status {status} came, and {size} {'byte' if size == 1 else 'bytes'} of the body"


def _reason(error: BaseException) -> str:
    texts = (str(cause).strip().rstrip(".") for cause in _chain(error) if not isinstance(cause, BaseExceptionGroup))
    return next(filter(None, texts), type(error).__name__)


def _cause(error: BaseException, kind: type[E]) -> E | None:
    return next((cause for cause in _chain(error) if isinstance(cause, kind)), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    if error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # of several addresses that were tried
            for member in error.exceptions:
                yield from _chain(member)
        yield from _chain(error.__cause__ or error.__context__)
