"""The request that a scenario is about to send, as its Given sentences describe it."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from http.cookiejar import CookieJar

    from asgherkin.redaction.redactor import Redactor

Pairs = list[tuple[str, str]]
# Its name and content, and its media type where it is not told by the name.
File = tuple[str, bytes] | tuple[str, bytes, str]

# RFC 9110, section 5.6.2
_FIELD_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NOT_IN_HEADERS = r"[^\t -~]"
_OTHER_SCHEME = r"(?i)(?!https?://)[a-z][a-z0-9+.-]*://"
_MEDIA_TYPE = rf"{_FIELD_NAME}/{_FIELD_NAME}\s*(?:;[\t -~]*)?"


class Draft:
    """Headers and query hold for the rest of the scenario; body, form and files for the next request only.

    What is secret by its name is known to the redactor from then on.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.follow_redirects = True
        self._redactor = redactor
        self._headers: Pairs = []
        self._query: Pairs = []
        self._forget_content()

    def _forget_content(self) -> None:
        self._body: bytes | None = None
        self._media_type = ""
        self._form: Pairs = []
        self._files: list[tuple[str, File]] = []

    def set_header(self, name: str, value: str) -> None:
        """Set a header for the rest of the scenario; a second value takes the place of the first.

        Raises SentenceError where a header cannot hold the name or the value.
        """
        self._redactor.learn_header(name, value)
        if not re.fullmatch(_FIELD_NAME, name):
            raise SentenceError(f'"{name}" is not the name of a header. Write for example: X-Tenant')
        _check_ascii(f'The header "{name}"', value)
        self._headers = [(one, kept) for one, kept in self._headers if one.lower() != name.lower()]
        self._headers.append((name, value))

    @property
    def headers(self) -> Pairs:
        """The headers of every request."""
        return list(self._headers)

    def authenticate(self, scheme: str, credentials: str) -> None:
        """Send an Authorization header from now on."""
        self.set_header("Authorization", f"{scheme} {credentials}")

    def add_query(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Send query parameters from now on."""
        self._query += self._known(pairs)

    def add_form(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Send form fields with the next request."""
        self._form += self._known(pairs)

    def add_file(self, name: str, file: File) -> None:
        """Upload a file with the next request."""
        self._files.append((name, file))

    def _known(self, pairs: Iterable[tuple[str, str]]) -> Pairs:
        pairs = list(pairs)
        for name, value in pairs:
            self._redactor.learn_field(name, value)
        return pairs

    def set_body(self, text: str, media_type: str) -> None:
        """Send a text as the next request's body: as it is written, JSON if it parses and nothing else is said.

        Raises SentenceError where that is no media type.
        """
        if media_type and not re.fullmatch(_MEDIA_TYPE, media_type):
            raise SentenceError(f'"{media_type}" is not a media type. Write for example: """application/json')
        self._body = text.encode()
        self._media_type = media_type or ("application/json" if is_json(text) else "text/plain; charset=utf-8")

    def target(self, url: str, query: Iterable[tuple[str, str]] = ()) -> str:
        """An address with the scenario's query parameters, and those of this request, after its own.

        Raises SentenceError where it has a scheme that no ASGI app serves.
        """
        if re.match(_OTHER_SCHEME, url):
            raise SentenceError(f'"{url}" is no address of the app. Write a path, such as "/notes".')
        pairs = [*self._query, *self._known(query)]
        if not pairs:
            return url
        address, hash_sign, fragment = url.partition("#")
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}{urlencode(pairs, quote_via=quote)}{hash_sign}{fragment}"

    def take(self) -> dict[str, object]:
        """The options for the client's next request. What holds for one request only is gone afterwards.

        Raises SentenceError where a request would have a body and a form.
        """
        options: dict[str, object] = {}
        headers = list(self._headers)
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


def check_cookie(name: str, value: str) -> None:
    """Raise SentenceError where a cookie cannot have this name or value."""
    if not re.fullmatch(_FIELD_NAME, name):
        raise SentenceError(f'"{name}" is not the name of a cookie. Write for example: session')
    if ";" in value:
        raise SentenceError(f'The cookie "{name}" cannot hold a semicolon, which ends a cookie.')
    _check_ascii(f'The cookie "{name}"', value)


def _check_ascii(what: str, value: str) -> None:
    # The whole value may be a secret.
    wrong = re.search(_NOT_IN_HEADERS, value)
    if wrong is not None:
        raise SentenceError(
            f"{what} cannot hold {json.dumps(wrong[0], ensure_ascii=False)}: HTTP takes printable ASCII there. "
            "Encode it as the app expects it, for example with percent signs."
        )


def basic_credentials(user: str, password: str) -> str:
    """What follows `Basic` in an Authorization header (RFC 7617, in UTF-8)."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def set_cookie(jar: CookieJar, name: str, value: str, host: str) -> None:
    """Put a cookie into a jar as if `host` had set it, so that the app's own answer can replace it.

    The standard library's jars know a host without a dot as `host.local`.
    """
    from http.cookiejar import Cookie  # slow to import, and few scenarios set a cookie by hand

    domain = host if "." in host else f"{host}.local"
    jar.set_cookie(
        Cookie(
            version=0, name=name, value=value, port=None, port_specified=False, domain=domain,
            domain_specified=False, domain_initial_dot=False, path="/", path_specified=True, secure=False,
            expires=None, discard=True, comment=None, comment_url=None, rest={},
        )
    )  # fmt: skip


def _grouped(pairs: Pairs) -> dict[str, str | list[str]]:
    """Fields by name, as the client wants them; a name that occurs twice keeps all its values."""
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
