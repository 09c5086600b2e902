"""MiniStack, the child that serves everything that this package does not."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from standin.children import Children
from standin.messages import Request, Response
from standin.ports import free_port
from standin.service import AWSError

_OF_ONE_CONNECTION = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "expect",
    "date",
    "server",
}
_SIGNING = {
    f"X-Amz-{name}"
    for name in (
        "Algorithm",
        "Credential",
        "Date",
        "Expires",
        "SignedHeaders",
        "Signature",
        "Security-Token",
    )
}
_PATIENCE = 60


class MiniStackError(Exception):
    """MiniStack does not start."""


class MiniStack:
    """The running child."""

    def __init__(self, children: Children, folder: Path, region: str, account: str):
        self._children = children
        self._folder = folder
        self._settings = {
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "SFTP_HOST": "127.0.0.1",
            "MINISTACK_REGION": region,
            "MINISTACK_ACCOUNT_ID": account,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It would look for containers of its own to remove.
            "DOCKER_HOST": f"unix://{folder}/no-engine.sock",
            "TMPDIR": str(folder),
            "S3_DATA_DIR": str(folder / "s3"),
            "LOG_LEVEL": "WARNING",
        }
        self.endpoint = ""

    def start(self) -> None:
        """Starts it and waits until it answers; tries another port when one was taken."""
        for _ in range(3):
            port = free_port()
            with (self._folder / "log").open("ab") as log:
                child = self._children.start(
                    [sys.executable, "-m", "ministack"],
                    stdout=log,
                    stderr=log,
                    cwd=self._folder,
                    env={**os.environ, **self._settings, "GATEWAY_PORT": str(port)},
                )
            if _answers(child, port):
                self.endpoint = f"http://127.0.0.1:{port}"
                return
        end = (self._folder / "log").read_text(errors="replace")[-1000:]
        raise MiniStackError(f"MiniStack does not start; its log ends:\n{end}")

    def forward(self, request: Request) -> Response:
        """Hands a request on unchanged, and hands back what MiniStack says to it."""
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=600)
        try:
            connection.putrequest(
                request.method, _unsigned(request), skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers.items():
                if name.lower() not in _OF_ONE_CONNECTION:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            body = answer.read()
            headers = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in _OF_ONE_CONNECTION or request.method == "HEAD"
            }
            return Response(answer.status, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise AWSError("InternalFailure", f"MiniStack does not answer: {error}", 500) from error
        finally:
            connection.close()


def _unsigned(request: Request) -> str:
    """The target without a presigned address's signature: MiniStack does not know our keys."""
    if "X-Amz-Signature=" not in request.query:
        return request.target
    kept = [part for part in request.query.split("&") if part.split("=")[0] not in _SIGNING]
    return request.path + ("?" + "&".join(kept) if kept else "")


def _answers(child: subprocess.Popen[Any], port: int) -> bool:
    end = time.monotonic() + _PATIENCE
    while child.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/_ministack/ready")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            # Nothing tells when it listens.
            time.sleep(0.02)
        finally:
            connection.close()
    return False
