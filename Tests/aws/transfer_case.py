"""What tests of transfer servers share: keys, a folder that stands for EFS, and a server."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from support import StandInCase, wait

ROLE = "arn:aws:iam::123456789012:role/transfer"
SYSTEM = "fs-0123456789abcdef0"
UID = 4321


@unittest.skipUnless(os.geteuid() == 0, "the sessions' namespaces need root")
class TransferTest(StandInCase):
    """Keys, a folder that stands for EFS, and a server when asked for."""

    def setUp(self) -> None:
        super().setUp()
        self.transfer = self.standin.client("transfer")
        folder = tempfile.TemporaryDirectory(prefix="transfer-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("id", "other"):
            key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
            subprocess.run(key, check=True)
        self.public_key = (self.folder / "id.pub").read_text()
        self.efs = self.standin.state / "efs" / SYSTEM
        self.site = self.efs / "site"
        self.site.mkdir(parents=True, exist_ok=True)
        os.chown(self.site, UID, UID)

    def server(self, **params: Any) -> str:
        server_id: str = self.transfer.create_server(Domain="EFS", **params)["ServerId"]
        self.addCleanup(self.delete, server_id)
        return server_id

    def delete(self, server_id: str) -> None:
        known = [each["ServerId"] for each in self.transfer.list_servers()["Servers"]]
        if server_id in known:
            self.transfer.delete_server(ServerId=server_id)

    def user(self, server_id: str, name: str = "uploader", **params: Any) -> None:
        mappings = [{"Entry": "/", "Target": f"/{SYSTEM}/site"}]
        params = {
            "HomeDirectoryType": "LOGICAL",
            "HomeDirectoryMappings": mappings,
            "PosixProfile": {"Uid": UID, "Gid": UID},
            "SshPublicKeyBody": self.public_key,
        } | params
        self.transfer.create_user(ServerId=server_id, UserName=name, Role=ROLE, **params)

    def address(self, server_id: str) -> dict[str, Any] | None:
        """Where it is to be found; None while its name is new."""
        try:
            found: dict[str, Any] = self.standin.control("GET", f"transfer/{server_id}")
        except HTTPError as error:
            with error:
                self.assertEqual(error.code, 404)
            return None
        return found

    def state(self, server_id: str) -> str:
        state: str = self.transfer.describe_server(ServerId=server_id)["Server"]["State"]
        return state

    def ssh_options(self, server_id: str, key: str = "id") -> list[str]:
        """Options for sftp and ssh, with the host key pinned as the API tells it."""
        address = wait(lambda: self.address(server_id))
        known = self.folder / "known_hosts"
        if not known.exists():
            host_keys = wait(lambda: scan(address["port"]))
            told = self.transfer.describe_server(ServerId=server_id)["Server"]["HostKeyFingerprint"]
            self.assertEqual(fingerprint(host_keys), told.rstrip("="))
            known.write_text(host_keys)
        return [
            *("-F", "none", "-o", f"UserKnownHostsFile={known}", "-o", "BatchMode=yes"),
            *("-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes"),
            *("-o", f"IdentityFile={self.folder / key}", "-o", f"Port={address['port']}"),
        ]

    def sftp(
        self, server_id: str, *lines: str, user: str = "uploader", key: str = "id"
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sftp", *self.ssh_options(server_id, key), "-b", "-", f"{user}@127.0.0.1"],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


def scan(port: int) -> str:
    """The host keys that an SSH server shows, as lines of known_hosts."""
    command = ["ssh-keyscan", "-T", "5", "-p", str(port), "127.0.0.1"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    return "".join(line for line in found.splitlines(True) if not line.startswith("#"))


def fingerprint(host_keys: str) -> str:
    command = ["ssh-keygen", "-l", "-f", "-"]
    found = subprocess.run(command, input=host_keys, capture_output=True, text=True, check=True)
    return found.stdout.split()[1]
