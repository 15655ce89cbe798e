"""The scenario's requests: the next, as Given sentences describe it, those that were sent, and their responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from asgherkin.errors import AppError, AsgherkinError, Mismatch, SentenceError
from asgherkin.evidence.exchange_record import BODY_CAP, Exchange
from asgherkin.matching.values import show
from asgherkin.session.header_values import FIELD_NAME, check_header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx2

    from asgherkin.redaction.redactor import Redactor
    from asgherkin.session.app_under_test import AppUnderTest, CrashRule
    from asgherkin.session.session import Session

T = TypeVar("T")
Pairs = list[tuple[str, str]]
# A file's name and content, and its media type where the name does not imply it.
File = tuple[str, bytes] | tuple[str, bytes, str]

_REPEATABLE = ("GET", "HEAD")
_OTHER_SCHEME = r"(?i)(?!https?://)[a-z][a-z0-9+.-]*://"
_MEDIA_TYPE = rf"{FIELD_NAME}/{FIELD_NAME}\s*(?:;[\t -~]*)?"


class Draft:
    """The next request. Headers and query last for the scenario; body, form and files for the next request only.

    The redactor learns the values of secret names.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.follow_redirects = True
        self._redactor = redactor
        self.headers: Pairs = []
        """The headers of every request."""
        self._query: Pairs = []
        self._forget_content()

    def _forget_content(self) -> None:
        self._body: bytes | None = None
        self._media_type = ""
        self._form: Pairs = []
        self._files: list[tuple[str, File]] = []

    def set_header(self, name: str, value: str) -> None:
        """Set a header for the rest of the scenario; a second value takes the place of the first.

        Raises SentenceError for an invalid name or value.
        """
        self._redactor.learn_header(name, value)
        check_header(name, value)
        others = [(other, kept) for other, kept in self.headers if other.lower() != name.lower()]
        self.headers = [*others, (name, value)]

    def add_query(self, pairs: Pairs) -> None:
        """Send query parameters from now on."""
        self._query += self._learned(pairs)

    def add_form(self, pairs: Pairs) -> None:
        """Send form fields with the next request."""
        self._form += self._learned(pairs)

    def add_file(self, name: str, file: File) -> None:
        """Upload a file with the next request."""
        self._files.append((name, file))

    def _learned(self, pairs: Pairs) -> Pairs:
        for name, value in pairs:
            self._redactor.learn_field(name, value)
        return pairs

    def set_body(self, text: str, media_type: str) -> None:
        """Send a text as the next request's body, unchanged; without a media type, as JSON if it is valid JSON.

        Raises SentenceError for an invalid media type.
        """
        if media_type and not re.fullmatch(_MEDIA_TYPE, media_type):
            raise SentenceError(f'"{media_type}" is not a media type. Write for example: """application/json')
        self._body = text.encode()
        self._media_type = media_type or ("application/json" if is_json(text) else "text/plain; charset=utf-8")

    def target(self, url: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """An address with the scenario's query parameters, and those of this request, after its own.

        Raises SentenceError for a scheme that no ASGI app serves.
        """
        if re.match(_OTHER_SCHEME, url):
            raise SentenceError(f'"{url}" is no address of the app. Write a path, such as "/notes".')
        pairs = [*self._query, *self._learned(list(query))]
        if not pairs:
            return url
        address, hash_sign, fragment = url.partition("#")
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}{urlencode(pairs, quote_via=quote)}{hash_sign}{fragment}"

    def take(self) -> dict[str, object]:
        """The options for the client's next request; body, form and files are forgotten.

        Raises SentenceError where the request has both a body and a form.
        """
        options: dict[str, object] = {}
        headers = list(self.headers)
        if self._body is not None:
            if self._form or self._files:
                raise SentenceError(
                    f"The request has a body, and {'form fields' if self._form else 'files'} too, which is a body as "
                    "well. Keep one of them, or send two requests."
                )
            options["content"] = self._body
            if not any(name.lower() == "content-type" for name, _ in headers):
                headers.append(("Content-Type", self._media_type))
        elif self._form or self._files:
            options["data"] = _grouped(self._form)
            if self._files:
                options["files"] = self._files
        if headers:
            options["headers"] = headers
        self._forget_content()
        return options


class Responses:
    """The responses to the last act: one, or those to several requests at the same time."""

    def __init__(self, app: AppUnderTest, draft: Draft, crash_rule: CrashRule) -> None:
        self._app = app
        self._draft = draft
        self._crash_rule = crash_rule
        self._all: list[httpx2.Response] = []
        self._method = ""
        self._again: Callable[[], list[httpx2.Response]] | None = None
        self._exchanges: list[Exchange] = []
        self._document: tuple[httpx2.Response, object] | None = None

    def send(self, method: str, url: str, query: Sequence[tuple[str, str]] = ()) -> None:
        """Send a request as the scenario's sentences describe it."""
        draft, client = self._draft, self._app.client
        follow, options, url = draft.follow_redirects, draft.take(), draft.target(url, query)
        self._act(method, url, lambda: [client.request(method, url, follow_redirects=follow, **options)])

    def send_together(self, count: int, method: str, url: str) -> None:
        """Send the same request several times at once."""
        draft, client = self._draft, self._app.client
        follow, options, url = draft.follow_redirects, draft.take(), draft.target(url)
        self._act(method, url, lambda: client.request_together(count, method, url, follow_redirects=follow, **options))

    def follow_redirect(self) -> None:
        """Send the request that the last response redirects to. Raises SentenceError where it is no redirect."""
        following, client = self.last.next_request, self._app.client
        if following is None:
            raise SentenceError(
                f"The last response has the status {self.last.status_code} and does not redirect. Redirects are "
                "followed by themselves, unless the scenario says: Given redirects are not followed"
            )
        self._act(following.method, str(following.url), lambda: [client.send(following, follow_redirects=False)])

    def _act(self, method: str, url: str, send: Callable[[], list[httpx2.Response]]) -> None:
        self._all, self._method, self._again = [], method, None
        if self._app.start():
            sending = partial(sent, send, method, url)
            self._take(sending)
            self._again = sending if method in _REPEATABLE else None

    def _take(self, sending: Callable[[], list[httpx2.Response]]) -> None:
        evidence = self._app.evidence
        before = len(evidence.records)
        self._exchanges = []
        self._all = sending()
        self._exchanges = [record for record in evidence.records[before:] if isinstance(record, Exchange)]
        if not self._exchanges:  # a user's own client does not go through the recorder
            self._exchanges = [_exchange_of(response) for response in self._all]
            for exchange in self._exchanges:
                evidence.add(exchange)

    @property
    def all(self) -> list[httpx2.Response]:
        """The responses to the last act. Raises SentenceError where nothing was sent yet."""
        if not self._all:
            if self._crash_rule.of_act:
                raise SentenceError("There is no response, because the app did not start.")
            raise SentenceError(
                'There is no response yet. Send a request first, for example: When I send a GET request to "/"'
            )
        for exchange in self._exchanges:
            self._app.evidence.read(exchange)
        return self._all

    @property
    def last(self) -> httpx2.Response:
        """The last response; see `all`."""
        return self.all[-1]

    @property
    def seconds(self) -> float:
        """The time until the response's last byte, with redirects before it; of several responses, the longest.

        Raises Mismatch where a response did not arrive as a whole.
        """
        responses = self.all
        seconds = [exchange.seconds for exchange in self._exchanges if exchange.seconds is not None]
        if len(seconds) < len(self._exchanges):
            raise Mismatch("The response did not arrive as a whole.")
        return sum(seconds) if len(responses) == 1 else max(seconds)

    @property
    def document(self) -> object:
        """The last response's body, read as JSON. Raises Mismatch where it is not JSON."""
        response = self.last
        if self._document is None or self._document[0] is not response:
            self._document = (response, _parsed(response))
        return self._document[1]

    def send_again(self) -> Callable[[], None]:
        """A function that sends the last request again. Raises SentenceError where that is not safe."""
        sending = self._again
        if sending is None:
            self.all  # noqa: B018 - raises first where nothing was sent yet
            raise SentenceError(
                f'" within …" sends the last request again, which is safe for GET and HEAD only; '
                f"the last one was {self._method}. Send a GET request before this step."
            )
        return partial(self._take, sending)


def send_again(session: Session) -> Callable[[], None]:
    """See `Responses.send_again`: for sentences with `within`."""
    return session.responses.send_again()


def sent(send: Callable[[], T], method: str, url: str) -> T:
    """Send a request. Raises AppError or SentenceError where the client gets no response."""
    try:
        return send()
    except AsgherkinError:
        raise
    except Exception as error:  # noqa: BLE001 - any of the client's; the app's own are recorded
        what = f"{type(error).__name__}: {error}"
        if type(error).__name__ == "TooManyRedirects":
            raise AppError(
                f"The app redirects {method} {url} over and over. Look at its first answer with: "
                "Given redirects are not followed"
            ) from None
        if type(error).__name__ == "DecodingError":
            raise AppError(f"The response to {method} {url} cannot be decoded. {what}") from None
        raise SentenceError(
            f'{method} {url} cannot be sent. Write a path, such as "/notes". The client says: {what}'
        ) from None


def _parsed(response: httpx2.Response) -> object:
    if not response.content:
        raise Mismatch("The response has no body, expected JSON.")
    try:
        return json.loads(response.text)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type")
        raise Mismatch(f"The response body is not JSON ({kind}): {error}. It is {show(response.text)}") from None


def _exchange_of(response: httpx2.Response) -> Exchange:
    """The exchange of a response that did not go through a recorder."""
    request = response.request
    try:
        seconds = response.elapsed.total_seconds()
    except RuntimeError:  # a stand-in for a response that never came
        seconds = None
    sent, got = request.read() if isinstance(request.stream, Iterable) else b"", response.content
    return Exchange(
        method=request.method,
        target=request.url.raw_path.decode("ascii"),
        request_headers=list(request.headers.multi_items()),
        request_body=sent[:BODY_CAP],
        request_size=len(sent),
        status=None if seconds is None else response.status_code,
        response_headers=list(response.headers.multi_items()),
        response_body=got[:BODY_CAP],
        response_size=len(got),
        seconds=seconds,
        complete=True,
    )


def _grouped(pairs: Pairs) -> dict[str, str | list[str]]:
    """Fields by name, as httpx2 takes them; a repeated name keeps all its values."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in grouped.items()}


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
