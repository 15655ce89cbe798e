"""Servers that behave badly: plain sockets in a thread, which say what a test lets them say."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.clients.live import RemoteAdapter
from asgherkin.clients.loop import make_loop
from asgherkin.clients.recorder import Recorder
from asgherkin.clients.server_threads import ServerThreads
from asgherkin.session.opening import deployed
from tests.clients.conftest import ROOT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Talk = Callable[[socket.socket], object]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Peer(NamedTuple):
    """A server: where it is, how many connections it had, and the way to let it go on."""

    port: int
    connections: list[socket.socket]
    door: threading.Event

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A server that calls `talk` with each connection, and closes it afterwards."""
    listener = socket.create_server(("127.0.0.1", 0))
    peer = Peer(listener.getsockname()[1], [], threading.Event())
    threads: list[threading.Thread] = []

    def answer(connection: socket.socket) -> None:
        with suppress(OSError), connection:  # a client that leaves is no matter here
            if tls is None:
                talk(connection)
                return
            with tls.wrap_socket(connection, server_side=True) as wrapped:
                talk(wrapped)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                peer.connections.append(connection)
                threads.append(threading.Thread(target=answer, args=(connection,)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield peer
    finally:
        peer.door.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in peer.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def request_of(connection: socket.socket) -> bytes:
    """The head of one request; empty where the client has left."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return b""
        head += part
    return head


def saying(answer: bytes) -> Talk:
    """Answer every request of a connection with these bytes, then wait for the next."""

    def talk(connection: socket.socket) -> None:
        while request_of(connection):
            connection.sendall(answer)

    return talk


def once(answer: bytes) -> Talk:
    """Answer one request with these bytes, and hang up."""

    def talk(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(answer)

    return talk


@contextmanager
def remote(url: str, *, timeout: float = 5) -> Iterator[RemoteAdapter]:
    """The client live of a deployed server."""
    server_threads = ServerThreads(timeout, ROOT)
    user_loop = make_loop("asyncio")
    recorder = Recorder(deployed, timeout=timeout, root=ROOT, listens=False)
    client = RemoteAdapter(recorder, server_threads.thread("asyncio"), url, lambda: user_loop)
    try:
        yield client
        client.finish()
    finally:
        client.close_loop()
        user_loop.close()
        server_threads.close()
