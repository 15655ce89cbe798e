"""The headers and cookies that a scenario writes: checked, and put together."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from asgherkin.errors import SentenceError

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

# RFC 9110, section 5.6.2
FIELD_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NOT_IN_HEADERS = r"[^\t -~]"


def check_header(name: str, value: str) -> None:
    """Raise SentenceError where a header cannot have this name or value."""
    if not re.fullmatch(FIELD_NAME, name):
        raise SentenceError(f'"{name}" is not the name of a header. Write for example: X-Tenant')
    _check_ascii(f'The header "{name}"', value)


def check_cookie(name: str, value: str) -> None:
    """Raise SentenceError where a cookie cannot have this name or value."""
    if not re.fullmatch(FIELD_NAME, name):
        raise SentenceError(f'"{name}" is not the name of a cookie. Write for example: session')
    if ";" in value:
        raise SentenceError(f'The cookie "{name}" cannot hold a semicolon, which ends a cookie.')
    _check_ascii(f'The cookie "{name}"', value)


def _check_ascii(what: str, value: str) -> None:
    if wrong := re.search(_NOT_IN_HEADERS, value):
        # Only the wrong character is shown, as the value may be a secret.
        raise SentenceError(
            f"{what} cannot hold {json.dumps(wrong[0], ensure_ascii=False)}: HTTP takes printable ASCII there. "
            "Encode it as the app expects it, for example with percent signs."
        )


def basic_credentials(user: str, password: str) -> str:
    """What follows `Basic` in an Authorization header (RFC 7617, in UTF-8)."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def set_cookie(jar: CookieJar, name: str, value: str, host: str) -> None:
    """Put a cookie into a jar as if `host` had set it, so that the app's own answer can replace it."""
    from http.cookiejar import Cookie  # slow to import, and few scenarios set a cookie by hand

    # The standard library's jars know a host without a dot as `host.local`.
    domain = host if "." in host else f"{host}.local"
    jar.set_cookie(
        Cookie(
            version=0, name=name, value=value, port=None, port_specified=False, domain=domain,
            domain_specified=False, domain_initial_dot=False, path="/", path_specified=True, secure=False,
            expires=None, discard=True, comment=None, comment_url=None, rest={},
        )
    )  # fmt: skip
