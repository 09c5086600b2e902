"""The environment's address: a loopback port that stays, in front of instances that come and go."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable

_PIECE = 64 * 1024
_GONE = (
    b"HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Type: text/html\r\n"
    b"Content-Length: 24\r\nConnection: close\r\n\r\n<h1>502 Bad Gateway</h1>"
)


class Balancer:
    """Hands each connection to the next of the ports that `targets` gives."""

    def __init__(self, targets: Callable[[], list[int]]):
        self._targets = targets
        self._turn = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name=f"balancer-{self.port}").start()

    def close(self) -> None:
        """Refuses connections from now on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            # Who only connects has asked for nothing, and an instance is chosen for a request.
            request = client.recv(_PIECE)
            if not request:
                return
            server = self._connected()
            if server is None:
                client.sendall(_GONE)
                return
            with server:
                _splice(client, server, request)

    def _connected(self) -> socket.socket | None:
        ports = self._targets()
        self._turn += 1
        for index in range(len(ports)):
            with contextlib.suppress(OSError):
                port = ports[(self._turn + index) % len(ports)]
                return socket.create_connection(("127.0.0.1", port), timeout=10)
        return None


def _splice(client: socket.socket, server: socket.socket, request: bytes) -> None:
    """Bytes both ways until one side ends. If the server goes away before it has said anything, 502 is the answer."""
    answered = False
    _send(server, request)
    while True:
        readable, _, _ = select.select([client, server], [], [], 600)
        if not readable:
            return
        if client in readable:
            piece = client.recv(_PIECE)
            if not piece:
                return
            _send(server, piece)
        if server in readable:
            piece = _received(server)
            if not piece:
                if not answered:
                    client.sendall(_GONE)
                return
            answered = True
            client.sendall(piece)


def _send(server: socket.socket, piece: bytes) -> None:
    with contextlib.suppress(OSError):
        # Where it is gone, its own socket reports it.
        server.sendall(piece)


def _received(server: socket.socket) -> bytes:
    """A piece; none when it has ended, or was killed with a request unread."""
    try:
        return server.recv(_PIECE)
    except OSError:
        return b""
