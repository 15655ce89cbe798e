"""The request that a scenario is about to send, as its Given sentences describe it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from http.cookiejar import CookieJar

# The host of base_url on the in-process clients, as Starlette's TestClient has it.
HOST = "testserver"

Pairs = list[tuple[str, str]]
File = tuple[str, bytes]


@dataclass(slots=True)
class Draft:
    """Headers and query hold for the rest of the scenario; body, form and files for the next request only."""

    headers: Pairs = field(default_factory=list)
    query: Pairs = field(default_factory=list)
    follow_redirects: bool = True
    body: bytes | None = None
    media_type: str = ""
    form: Pairs = field(default_factory=list)
    files: list[tuple[str, File]] = field(default_factory=list)

    def set_header(self, name: str, value: str) -> None:
        """Set a header for the rest of the scenario; a second value takes the place of the first."""
        self.headers = [(one, kept) for one, kept in self.headers if one.lower() != name.lower()]
        self.headers.append((name, value))

    def authenticate(self, scheme: str, credentials: str) -> None:
        """Send an Authorization header from now on."""
        self.set_header("Authorization", f"{scheme} {credentials}")

    def set_body(self, text: str, media_type: str) -> None:
        """Send a text as the next request's body: as it is written, JSON if it parses and nothing else is said."""
        self.body = text.encode()
        self.media_type = media_type or ("application/json" if _is_json(text) else "text/plain; charset=utf-8")

    def take(self, query: Iterable[tuple[str, str]] = ()) -> dict[str, object]:
        """The options for the client's next request. What holds for one request only is gone afterwards."""
        options: dict[str, object] = {}
        headers = list(self.headers)
        if self.body is not None:
            options["content"] = self.body
            if not any(name.lower() == "content-type" for name, _ in headers):
                headers.append(("Content-Type", self.media_type))
        elif self.form or self.files:
            options["data"] = _grouped(self.form)
            if self.files:
                options["files"] = self.files
        if headers:
            options["headers"] = headers
        parameters = [*self.query, *query]
        if parameters:
            options["params"] = parameters
        self.body, self.media_type, self.form, self.files = None, "", [], []
        return options


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


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
