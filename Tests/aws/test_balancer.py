"""What an environment's address answers when an instance goes away with a request in its hands."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
import unittest

from standin.beanstalk.balancer import Balancer

_REQUEST = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


class Gone(unittest.TestCase):
    """Instances that take a connection and end."""

    def answer(self, reset: bool, first: bytes = b"") -> bytes:
        """All that a visitor gets from an instance that says `first` and is gone."""
        instance = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(instance.close)
        balancer = Balancer(lambda: [instance.getsockname()[1]])
        self.addCleanup(balancer.close)

        def end() -> None:
            connection, _ = instance.accept()
            with connection:
                if first:
                    connection.recv(len(_REQUEST))
                    connection.sendall(first)
                if reset:
                    # Closing with nothing to linger for is a reset, as from a process that is killed.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        threading.Thread(target=end, daemon=True).start()
        with socket.create_connection(("127.0.0.1", balancer.port), timeout=10) as visitor:
            visitor.sendall(_REQUEST)
            found = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := visitor.recv(65536):
                    found += piece
            return found

    def test_a_request_without_an_answer_gets_502(self) -> None:
        for reset in (False, True):
            with self.subTest(reset=reset):
                self.assertTrue(self.answer(reset).startswith(b"HTTP/1.1 502 "))

    def test_an_answer_that_is_cut_stays_cut(self) -> None:
        cut = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
        self.assertEqual(self.answer(reset=False, first=cut), cut)

    def test_nothing_listens(self) -> None:
        balancer = Balancer(list)
        self.addCleanup(balancer.close)
        connection = http.client.HTTPConnection("127.0.0.1", balancer.port, timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/health")
        self.assertEqual(connection.getresponse().status, 502)


if __name__ == "__main__":
    unittest.main()
