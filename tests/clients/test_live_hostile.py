"""Deployed servers that fail: each failure is told, and nothing waits without end."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import anyio
import httpx2
import pytest
import trustme

from asgherkin.clients import live_transport
from asgherkin.clients.network import failed
from asgherkin.errors import NotObservable, Unreachable
from tests.clients.peers import OK, once, remote, request_of, saying, serving
from tests.streams.board import open_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.clients.in_process import Client

pytestmark = pytest.mark.usefixtures("no_thread_left")
TRIED = "\nThe client live tried GET {url}/notes, with a timeout of {timeout}. {advice}"
UP = "Is the server up, and asgi_base_url right?"
DROPPED = "{place} dropped the connection without an answer. Does it want https?"
SLOW = "Is it up to its work? asgi_timeout says how long an answer may take."
NO_ANSWER = "The server did not answer within 0.1 seconds."
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"


def notes(client: Client) -> httpx2.Response:
    return client.request("GET", "/notes", follow_redirects=True)


def failure(client: Client, act: Callable[[Client], object] = notes) -> str:
    """What a request fails with."""
    with pytest.raises(Unreachable) as caught:
        act(client)
    return str(caught.value)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(notes, id="a request"),
        pytest.param(lambda client: client.request_together(3, "GET", "/notes", follow_redirects=True), id="many"),
        pytest.param(lambda client: client.http.get("/notes"), id="sync code"),
        pytest.param(lambda client: client.run(client.async_http.get, "/notes"), id="async code"),
        pytest.param(lambda client: open_stream(client, "/notes"), id="a stream"),
    ],
)
def test_a_server_that_is_not_there(act: Callable[[Client], object]) -> None:
    """The connection is refused, whoever asks for it."""
    url = f"http://127.0.0.1:{unused_port()}"

    with remote(url) as client:
        told = failure(client, act)

        assert client.recorder.exchanges[0].lost
    assert told == (
        f"The connection was refused: nothing listens at {url[7:]}."
        + TRIED.format(url=url, timeout="5 seconds", advice=UP)
    )


def test_a_host_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name cannot be looked up. The password in the URL is not told."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with remote("http://ann:secret@staging.invalid") as client:
        told = failure(client)

    assert told == 'The host name "staging.invalid" is unknown.' + TRIED.format(
        url="http://staging.invalid", timeout="5 seconds", advice=UP
    )


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        pytest.param(b"", DROPPED, id="nothing"),
        pytest.param(b"HTTP/1.1 20", DROPPED, id="half a status line"),
        pytest.param(
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "What {place} answered is no HTTP: illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.2').",
            id="another protocol",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            "The connection was dropped in the middle of the response: the status 200 came, and 4 bytes of the body.",
            id="half a body",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nrubbish\r\n",
            "The connection was dropped in the middle of the response: the status 200 came, and 1 byte of the body.",
            id="a broken chunk",
        ),
    ],
)
def test_a_server_that_drops_the_connection(answer: bytes, seen: str) -> None:
    """Before its answer, or in the middle of it; or it answers rubbish."""
    with serving(once(answer)) as peer, remote(peer.url) as client:
        told = failure(client)

    tried = TRIED.format(url=peer.url, timeout="5 seconds", advice=UP)
    assert told == seen.format(place=f"127.0.0.1:{peer.port}") + tried


@pytest.mark.parametrize(
    ("act", "answer", "seen"),
    [
        pytest.param(notes, b"", "The server did not answer within 0.1 seconds.", id="at all"),
        pytest.param(
            lambda client: open_stream(client, "/notes"),
            b"",
            "The server did not answer within 0.1 seconds.",
            id="a stream",
        ),
        pytest.param(
            notes,
            CHUNKED,
            "The server did not come to the end of its response within 0.1 seconds: "
            "the status 200 came, and 4 bytes of the body.",
            id="to the end",
        ),
    ],
)
def test_a_slow_server(act: Callable[[Client], object], answer: bytes, seen: str) -> None:
    """It is given the timeout."""
    with serving(saying(answer)) as peer, remote(peer.url, timeout=0.1) as client:
        told = failure(client, act)

    assert told == seen + TRIED.format(url=peer.url, timeout="0.1 seconds", advice=SLOW)


def test_a_server_that_never_stops_sending() -> None:
    """One deadline holds for the whole response."""

    def endless(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(CHUNKED)
        while True:
            connection.sendall(b"1\r\nx\r\n" * 100)

    with serving(endless) as peer, remote(peer.url, timeout=0.2) as client:
        told = failure(client)

    assert told.startswith("The server did not come to the end of its response within 0.2 seconds: the status 200 came")


def test_a_server_that_dies_between_two_requests() -> None:
    """The next request finds nobody."""
    with serving(saying(OK)) as peer, remote(peer.url) as client:
        assert notes(client).text == "hi"
        for connection in peer.connections:
            connection.shutdown(socket.SHUT_RDWR)
        again = notes(client).text

        assert (again, len(peer.connections)) == ("hi", 2)

    with remote(peer.url) as client:
        assert failure(client).startswith("The connection was refused: nothing listens at ")


@pytest.mark.parametrize(("method", "connections"), [("GET", 2), ("POST", 1)])
def test_a_kept_connection_that_is_closed_under_a_request(method: str, connections: int) -> None:
    """What changes nothing is sent once more, by a fresh connection; anything else is not."""

    def one_answer(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(OK)
        request_of(connection)

    with serving(one_answer) as peer, remote(peer.url) as client:
        notes(client)
        if method == "GET":
            assert notes(client).text == "hi"
        else:
            told = failure(client, lambda _: client.request("POST", "/notes", follow_redirects=True))
            assert told.startswith(f"127.0.0.1:{peer.port} dropped the connection without an answer.")

        assert len(peer.connections) == connections


def test_connections_are_kept() -> None:
    """Several requests share one, those of the next scenario too; one that ended in a 500 is not used again."""
    sad = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
    with serving(saying(OK)) as peer, remote(peer.url) as client:
        for _ in range(3):
            notes(client)
        assert len(peer.connections) == 1

    with serving(saying(sad)) as peer, remote(peer.url) as client:
        for _ in range(2):
            assert notes(client).status_code == 500
        assert len(peer.connections) == 2


def tls_of(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    """A server's side, with a certificate for a host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_that_is_not_trusted() -> None:
    """It is said how to trust an authority of one's own."""
    with serving(saying(OK), tls=tls_of(trustme.CA())) as peer, remote(f"https://127.0.0.1:{peer.port}") as client:
        told = failure(client)

    assert told.startswith(f"The certificate of 127.0.0.1:{peer.port} was not accepted: ")
    assert "put its certificate into a file, and name it in the environment variable SSL_CERT_FILE." in told


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("example.org", False)])
def test_a_certificate_of_ones_own_authority(
    name: str, trusted: bool, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is trusted where SSL_CERT_FILE names it, and where it is for this host."""
    authority = trustme.CA()
    with authority.cert_pem.tempfile(dir=str(tmp_path)) as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        tls = tls_of(authority, name)

        with serving(saying(OK), tls=tls) as peer, remote(f"https://127.0.0.1:{peer.port}") as client:
            if trusted:
                assert notes(client).text == "hi"
            else:
                assert "IP address mismatch" in failure(client)


def test_no_tls_where_some_is_wanted() -> None:
    """It may be an http that was meant."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(refuse) as peer, remote(f"https://127.0.0.1:{peer.port}") as client:
        told = failure(client)

    assert told.startswith(f"127.0.0.1:{peer.port} does not speak TLS: ")


def test_https_where_none_is_spoken() -> None:
    """A server that wants it drops what it cannot read."""
    with serving(saying(OK), tls=tls_of(trustme.CA())) as peer, remote(peer.url) as client:
        told = failure(client)

    assert told.startswith(DROPPED.format(place=f"127.0.0.1:{peer.port}"))


def test_a_request_that_cannot_be_sent() -> None:
    """It is no matter of the server's."""
    with serving(saying(OK)) as peer, remote(peer.url) as client, pytest.raises(httpx2.LocalProtocolError):
        client.request("GET", "/notes", follow_redirects=True, headers={"X-Broken": "a\nb"})


def test_a_stream_in_whose_place_the_app_has_crashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare 500 stands for a response that a server of this process did not give."""

    async def known(*_: object) -> None: ...

    monkeypatch.setattr(live_transport._Sending, "lost", known)  # noqa: SLF001 - nothing else makes it crash
    with remote(f"http://127.0.0.1:{unused_port()}") as client:
        stream = open_stream(client, "/notes")

        assert (stream.response.status_code, stream.read(5)) == (500, None)


@pytest.mark.parametrize(
    ("cause", "seen"),
    [
        pytest.param(
            OSError("Network is unreachable"), "There is no connection to a:80: Network is unreachable.", id="no route"
        ),
        pytest.param(
            ExceptionGroup("", [OSError("no IPv6"), ConnectionRefusedError()]),
            "The connection was refused: nothing listens at a:80.",
            id="of several addresses",
        ),
        pytest.param(
            ExceptionGroup("", [OSError("no IPv6"), OSError("no IPv4")]),
            "There is no connection to a:80: no IPv6.",
            id="of all addresses",
        ),
    ],
)
def test_other_reasons_for_no_connection(cause: Exception, seen: str) -> None:
    """What the system says is told."""
    error = httpx2.ConnectError("")
    error.__cause__ = cause

    told = str(failed(error, httpx2.Request("GET", "http://a/"), 5))

    assert told.partition("\n")[0] == seen


def test_a_stream_that_breaks_off() -> None:
    """What came before is read first, and then that it broke off."""
    with serving(once(CHUNKED)) as peer, remote(peer.url) as client:
        stream = open_stream(client, "/notes")

        assert stream.read(5) == b"half"
        told = failure(client, lambda _: stream.read(5))
        assert stream.read(5) is None

    assert told.startswith("The connection was dropped in the middle of the response: the status 200 came, and 4 bytes")


def test_a_client_that_gives_up_on_a_stream() -> None:
    """The cancellation of a user's own code closes the connection."""
    with serving(saying(CHUNKED)) as peer, remote(peer.url) as client:

        async def give_up() -> bool:
            with anyio.move_on_after(0.05) as late:
                await client.async_http.get("/notes")
            return late.cancelled_caught

        assert client.run(give_up)


def test_nothing_is_shut_down() -> None:
    """A deployed app is not started and not shut down from here."""
    with remote("http://127.0.0.1:1") as client:
        client.start()
        with pytest.raises(NotObservable, match=r"^not observable here: the start of a deployed app$"):
            client.start(again=True)
        with pytest.raises(NotObservable, match=r"^not observable here: the shut-down of a deployed app$"):
            client.shut_down()
