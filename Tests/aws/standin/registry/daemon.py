"""docker-registry, the child that stores what is pushed."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

from standin.children import Children
from standin.ports import free_port

_PATIENCE = 30


class RegistryError(Exception):
    """The registry does not start, or does not work as configured."""


class Daemon:
    """The running child, reached without any password."""

    def __init__(self, children: Children, folder: Path):
        self._children = children
        self._folder = folder
        self.address = ""

    def start(self) -> None:
        """Starts it and waits until it answers; tries another port when one was taken."""
        for _ in range(3):
            self.address = f"127.0.0.1:{free_port()}"
            configuration = self._folder / "config.yml"
            configuration.write_text(json.dumps(self._configuration()))
            with (self._folder / "log").open("ab") as log:
                child = self._children.start(
                    ["docker-registry", "serve", str(configuration)], stdout=log, stderr=log
                )
            if self._answers(child):
                return
        end = (self._folder / "log").read_text(errors="replace")[-1000:]
        raise RegistryError(f"docker-registry does not start; its log ends:\n{end}")

    def _configuration(self) -> dict[str, Any]:
        # JSON is YAML.
        return {
            "version": "0.1",
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "data")},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": self.address},
        }

    def _answers(self, child: subprocess.Popen[Any]) -> bool:
        end = time.monotonic() + _PATIENCE
        while child.poll() is None and time.monotonic() < end:
            try:
                if self.ask("GET", "/v2/") == 200:
                    return True
            except OSError:
                # Nothing tells when it listens.
                time.sleep(0.02)
        return False

    def ask(self, method: str, path: str) -> int:
        """The status that it answers a request without a body with."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path)
            return connection.getresponse().status
        finally:
            connection.close()

    def delete(self, path: str, digest: str) -> None:
        """Deletes a manifest."""
        status = self.ask("DELETE", f"/v2/{path}/manifests/{digest}")
        if status not in (202, 404):
            raise RegistryError(f"deleting {path}@{digest} answers {status}")
