"""The one HTTP endpoint: from a request's bytes to its answer, with everything between."""

from __future__ import annotations

import contextlib
import socket
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from werkzeug.datastructures import Headers

from standin import control
from standin.bodies import pieces
from standin.faults import Dropped, Fault, hold, suffer
from standin.journal import masked
from standin.messages import Request, Response
from standin.ministack import MiniStack
from standin.service import AWSError, Call
from standin.signature import Claim, claim_of, verify
from standin.wire import Wire, service_of_scope, wire
from standin.world import World

_UNREADABLE = "?"


class Front(ThreadingHTTPServer):
    """Listens on loopback; a thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, ministack: MiniStack, port: int):
        self.world = world
        self.ministack = ministack
        super().__init__(("127.0.0.1", port), _Handler)
        world.endpoint = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Front

    def log_message(self, format: str, *args: Any) -> None:
        """The journal says what was asked."""

    def _serve(self) -> None:
        try:
            request = self._read()
        except ConnectionError:
            # It went away before it had said what it wants.
            self.close_connection = True
            return
        if request.path.startswith(control.PREFIX):
            self._send(control.answer(self.server.world, request))
            return
        exchange = _Exchange(self.server.world, self.server.ministack, request, self.connection)
        try:
            self._send(exchange.answer())
        except Dropped:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

    def _read(self) -> Request:
        body = b"".join(pieces(self.rfile, self.headers))
        return Request(self.command, self.path, Headers(self.headers.items()), body)

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string(self.server.world.clock().timestamp()))
        for name, value in response.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        if response.status == 204:
            # It has no body by definition; bytes after it would begin the next response.
            self.end_headers()
            return
        # To HEAD a length may be given of a body that is not sent.
        length = response.headers.get("Content-Length") or response.headers.get("content-length")
        is_head = self.command == "HEAD"
        self.send_header(
            "Content-Length", length if is_head and length else str(len(response.body))
        )
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            if not is_head:
                self.wfile.write(response.body)


class _Exchange:
    """One call of one client, from its claim to its entry in the journal."""

    def __init__(
        self, world: World, ministack: MiniStack, request: Request, connection: socket.socket
    ):
        self.world = world
        self.ministack = ministack
        self.request = request
        self.connection = connection
        self.request_id = str(uuid.uuid4())
        self.claim: Claim | None = claim_of(request)
        scope = self.claim.service if self.claim else "s3"
        self.service = service_of_scope(scope) or scope
        self.wire: Wire | None = wire(self.service) if service_of_scope(scope) else None
        self.operation = self._operation()
        self.operator = _UNREADABLE
        self.parameters: dict[str, Any] = {}
        self.fault: Fault | None = None

    def _operation(self) -> str:
        found = self.wire.operation(self.request) if self.wire else None
        return found or f"{self.request.method} {self.request.path}"

    def answer(self) -> Response:
        """The response; raises Dropped where a fault says that there is none."""
        outcome, status = "dropped", 0
        try:
            try:
                response = self._acted()
                outcome = "ok" if response.status < 400 else str(response.status)
            except AWSError as error:
                response = self._refusal(error)
                outcome = error.code
            except Dropped:
                raise
            except Exception as error:  # noqa: BLE001 - a defect here is an answer, not a hang
                traceback.print_exc()
                response = self._refusal(AWSError("InternalFailure", repr(error), 500))
                outcome = "InternalFailure"
            status = response.status
            if self.fault and self.fault.do == "lose-reply":
                raise Dropped
            if self.fault and self.fault.do == "hold-reply":
                self.fault.held += 1
                hold(self.connection, self.fault.seconds)
            return response
        finally:
            self._enter(outcome, status)

    def _acted(self) -> Response:
        if self.claim is None:
            return self._unsigned()
        credentials = verify(
            self.request, self.claim, self.world.operators, self.world.clock().timestamp()
        )
        self.operator = credentials.operator
        self.fault = self.world.faults.next(f"{self.service}:{self.operation}", self.operator)
        if self.fault:
            suffer(self.fault, self.connection)
        service = self.world.services.get(self.service)
        handler = service.handler(self.operation) if service else None
        if not (service and handler and self.wire and self.wire.known(self.operation)):
            return self._forwarded()
        self.parameters = self.wire.parse(self.request, self.operation, service.invalid_parameters)
        call = Call(
            service=self.service,
            operation=self.operation,
            operator=self.operator,
            access_key=self.claim.access_key,
            region=self.claim.region,
            request_id=self.request_id,
            headers=dict(self.request.headers.items()),
        )
        result = handler(call, self.parameters)
        return self.wire.result(self.operation, result or {}, self.request_id)

    def _unsigned(self) -> Response:
        for service in self.world.services.values():
            page = service.page(self.request)
            if page is not None:
                self.service, self.operator = service.name, "(nobody)"
                return page
        raise AWSError("MissingAuthenticationToken", "Missing Authentication Token", 403)

    def _forwarded(self) -> Response:
        """What MiniStack says; its parameters go into the journal as far as they can be read."""
        if self.wire and self.wire.known(self.operation):
            with contextlib.suppress(AWSError):
                self.parameters = self.wire.parse(self.request, self.operation, None)
        return self.ministack.forward(self.request)

    def _refusal(self, error: AWSError) -> Response:
        speaker = self.wire or wire("sts")
        return speaker.error(self.operation, error, self.request_id)

    def _enter(self, outcome: str, status: int) -> None:
        self.world.journal.call(
            operator=self.operator,
            service=self.service,
            action=self.operation,
            region=self.claim.region if self.claim else None,
            parameters=masked({k: v for k, v in self.parameters.items() if v is not None}),
            outcome=outcome,
            status=status,
            fault=self.fault.do if self.fault else None,
            request_id=self.request_id,
        )
