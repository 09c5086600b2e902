"""The port that Docker talks to: ECR's rules, then docker-registry; bodies are streamed."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from standin.bodies import PIECE, is_chunked, pieces
from standin.faults import Dropped, Fault, suffer
from standin.registry.rules import ANONYMOUS, Refused, Target, authenticate, permit, target
from standin.registry.sizes import image_of
from standin.registry.tokens import Token
from standin.service import AWSError

if TYPE_CHECKING:
    from standin.registry.registry import Registry

_DRAIN_SECONDS = 5
_OF_ONE_CONNECTION = {"connection", "transfer-encoding", "keep-alive", "expect", "authorization"}
_LARGEST_MANIFEST = 4 * 1024 * 1024


class Proxy(ThreadingHTTPServer):
    """Listens on a loopback port that the system chooses."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, registry: Registry):
        self.registry = registry
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def log_message(self, format: str, *args: Any) -> None:
        """The journal says what was asked."""

    def _serve(self) -> None:
        world = self.server.registry.world
        action, operator, outcome, status = "?", "(nobody)", "dropped", 0
        fault: Fault | None = None
        wanted: Target | None = None
        try:
            wanted = target(self.command, unquote(urlsplit(self.path).path))
            action = wanted.action
            token = self._authenticated(wanted)
            operator = token.operator if token else operator
            fault = world.faults.next(f"registry:{action}", operator)
            if fault:
                suffer(fault, self.connection)
            alias = self.server.registry.alias
            permit(wanted, token, self.server.registry.catalogue, alias)
            if wanted.action == "Token":
                status = self._send_json({"token": token.password if token else ANONYMOUS})
            else:
                status = self._pass_on(wanted, answer=not (fault and fault.do == "lose-reply"))
            outcome = "ok" if status < 400 else str(status)
        except Refused as refusal:
            outcome, status = refusal.code, refusal.status
            self._refuse(refusal)
        except AWSError as error:
            outcome, status = error.code, error.status
            self._refuse(Refused(error.status, error.code, error.message))
        except (Dropped, ConnectionError):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        finally:
            world.journal.call(
                operator=operator,
                service="registry",
                action=action,
                parameters={
                    "repository": wanted.repository if wanted else "",
                    "reference": wanted.reference if wanted else "",
                },
                outcome=outcome,
                status=status,
                fault=fault.do if fault else None,
            )

    def _authenticated(self, wanted: Target) -> Token | None:
        authorization = self.headers.get("Authorization")
        if authorization:
            return authenticate(authorization, self.server.registry.tokens)
        if wanted.action == "Token":
            return None
        raise Refused(401, "UNAUTHORIZED", "Not Authorized")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _refuse(self, refusal: Refused) -> None:
        self.close_connection = True
        challenge = {}
        if refusal.status == 401:
            realm = f'realm="http://{self.server.registry.address}/token/"'
            challenge = {"WWW-Authenticate": f'Bearer {realm},service="ecr"'}
        errors = [{"code": refusal.code, "message": refusal.message}]
        with contextlib.suppress(OSError):
            self._send_json({"errors": errors}, refusal.status, {"Connection": "close"} | challenge)
            self._drain()

    def _drain(self) -> None:
        """Lets the client read the refusal: closing before it has sent all would reset it."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_DRAIN_SECONDS)
        with contextlib.suppress(TimeoutError):
            while self.rfile.read1(PIECE):
                pass

    def _send_json(
        self, value: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
    ) -> int:
        body = json.dumps(value).encode()
        self.send_response_only(status)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return status

    def _pass_on(self, wanted: Target, answer: bool) -> int:
        manifest: bytes | None = None
        if wanted.action == "PushManifest":
            manifest = b"".join(pieces(self.rfile, self.headers))
            if len(manifest) > _LARGEST_MANIFEST:
                raise Refused(413, "SIZE_INVALID", "The manifest is too large.")
        upstream = http.client.HTTPConnection(self.server.registry.daemon.address, timeout=600)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_ONE_CONNECTION:
                    upstream.putheader(name, value)
            in_chunks = manifest is None and is_chunked(self.headers)
            if in_chunks:
                upstream.putheader("Transfer-Encoding", "chunked")
            elif is_chunked(self.headers):
                upstream.putheader("Content-Length", str(len(manifest or b"")))
            upstream.endheaders()
            for piece in [manifest] if manifest is not None else pieces(self.rfile, self.headers):
                if in_chunks:
                    upstream.send(b"%x\r\n%b\r\n" % (len(piece), piece))
                else:
                    upstream.send(piece)
            if in_chunks:
                upstream.send(b"0\r\n\r\n")
            response = upstream.getresponse()
            if manifest is not None and response.status == 201:
                self._enter(wanted, manifest, response)
            if not answer:
                response.read()
                raise Dropped
            self._copy(response)
            return response.status
        finally:
            upstream.close()

    def _enter(self, wanted: Target, manifest: bytes, response: http.client.HTTPResponse) -> None:
        registry = self.server.registry
        digest = response.headers["Docker-Content-Digest"]
        media_type = self.headers.get("Content-Type", "")
        image = image_of(manifest, digest, media_type, registry.world.clock())
        registry.catalogue.pushed(wanted.repository, wanted.reference, image)

    def _copy(self, response: http.client.HTTPResponse) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        has_length = "Content-Length" in response.headers or response.status in (204, 304)
        if not has_length and self.command != "HEAD":
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        while self.command != "HEAD" and (piece := response.read1(PIECE)):
            self.wfile.write(piece)
