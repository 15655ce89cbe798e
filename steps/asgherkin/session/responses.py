"""Sending the scenario's requests, and what came back."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING

from asgherkin.errors import Mismatch, SentenceError
from asgherkin.matching.values import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx2

    from asgherkin.session.session import Session

_REPEATABLE = ("GET", "HEAD")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1


class Responses:
    """The responses to the last act: one, or several that were sent at the same time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all: list[httpx2.Response] = []
        self._again: Callable[[], httpx2.Response] | None = None
        self._document: tuple[httpx2.Response, object] | None = None

    def send(self, method: str, url: str, query: Iterable[tuple[str, str]] = ()) -> None:
        """Send a request as the scenario's sentences describe it."""
        session = self._session
        options = session.draft.take(query)
        if not session.start():
            return
        send = partial(session.client.request, method, url, follow_redirects=session.draft.follow_redirects, **options)
        self._again = send if method in _REPEATABLE else None
        self._all = [send()]

    def send_together(self, count: int, method: str, url: str) -> None:
        """Send the same request several times at once."""
        session = self._session
        options = session.draft.take()
        if not session.start():
            return
        self._again = None
        self._all = session.client.request_together(
            count, method, url, follow_redirects=session.draft.follow_redirects, **options
        )

    def follow_redirect(self) -> None:
        """Send the request that the last response redirects to.

        Raises SentenceError where it redirects nowhere.
        """
        following = self.last.next_request
        if following is None:
            raise SentenceError(
                f"The last response has the status {self.last.status_code} and does not redirect. Redirects are "
                "followed by themselves, unless the scenario says: Given redirects are not followed"
            )
        session = self._session
        if session.start():
            self._again = None
            self._all = [session.client.send(following, follow_redirects=False)]

    @property
    def all(self) -> list[httpx2.Response]:
        """The responses to the last act.

        Raises SentenceError where nothing was sent yet.
        """
        if not self._all:
            raise SentenceError(
                'There is no response yet. Send a request first, for example: When I send a GET request to "/"'
            )
        return self._all

    @property
    def last(self) -> httpx2.Response:
        """The last response; see `all`."""
        return self.all[-1]

    @property
    def document(self) -> object:
        """The last response's body, as JSON.

        Raises Mismatch where it is none.
        """
        response = self.last
        if self._document is None or self._document[0] is not response:
            self._document = (response, _parsed(response))
        return self._document[1]

    def eventually(self, within: float | None, check: Callable[[], None]) -> None:
        """Check once, or, given a number of seconds, send the last request again until the check holds.

        Raises the check's last Mismatch; SentenceError where the request cannot be repeated safely.
        """
        if within is None:
            check()
            return
        again = self._repeatable()
        until = time.monotonic() + within
        pause = _FIRST_PAUSE
        while True:
            try:
                check()
            except Mismatch as mismatch:
                left = until - time.monotonic()
                if left <= 0 or self._session.crashes_of_act:
                    raise Mismatch(
                        f"{mismatch}\nThis is the last of several tries within {within:g} seconds."
                    ) from None
            else:
                return
            self._session.client.run(_sleep, min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            self._all = [again()]

    def _repeatable(self) -> Callable[[], httpx2.Response]:
        method = self.last.request.method
        if self._again is None:
            raise SentenceError(
                f'" within …" sends the last request again, which is safe for GET and HEAD only; '
                f"the last one was {method}. Send a GET request before this step."
            )
        return self._again


async def _sleep(seconds: float) -> None:
    import anyio  # only where a scenario waits

    await anyio.sleep(seconds)


def _parsed(response: httpx2.Response) -> object:
    try:
        return json.loads(response.text)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type")
        raise Mismatch(f"The response body is not JSON ({kind}): {error}. It is {show(response.text)}") from None
