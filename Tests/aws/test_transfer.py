"""Transfer servers: the control plane by boto3, the data plane by OpenSSH's own sftp."""

from __future__ import annotations

import os
import socket
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


class DataPlane(TransferTest):
    def test_files_go_there_and_back_as_the_posix_user(self) -> None:
        server = self.server()
        self.user(server)
        content = os.urandom(3_000_000)
        path = self.write("table.feather", content)
        os.utime(path, (1_700_000_000, 1_700_000_001))
        done = self.sftp(
            server,
            "mkdir data",
            f"put -p {path} data/new",
            "rename data/new data/table.feather",
            f"get data/table.feather {self.folder}/back",
            "ls -l data",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("table.feather", done.stdout)
        self.assertEqual((self.folder / "back").read_bytes(), content)
        there = (self.site / "data" / "table.feather").stat()
        self.assertEqual((there.st_uid, there.st_gid), (UID, UID))
        self.assertEqual(there.st_mtime, 1_700_000_001)

    def test_a_rename_onto_a_file_fails_and_changes_nothing(self) -> None:
        server = self.server()
        self.user(server)
        old, new = self.write("old", b"old"), self.write("new", b"new")
        done = self.sftp(server, f"put {old} there", f"put {new} staged", "rename staged there")
        self.assertEqual(done.returncode, 1)
        self.assertEqual((self.site / "there").read_bytes(), b"old")
        self.assertEqual((self.site / "staged").read_bytes(), b"new")

    def test_any_user_name_is_let_in_by_its_own_key_alone(self) -> None:
        server = self.server()
        self.user(server, name="lab.member@site-1")
        self.assertEqual(self.sftp(server, "ls", user="lab.member@site-1").returncode, 0)
        self.assertEqual(self.sftp(server, "ls", user="somebody").returncode, 255)
        denied = self.sftp(server, "ls", user="lab.member@site-1", key="other")
        self.assertIn("Permission denied", denied.stderr)
        users = self.transfer.describe_user(ServerId=server, UserName="lab.member@site-1")["User"]
        key = users["SshPublicKeys"][0]["SshPublicKeyId"]
        self.transfer.delete_ssh_public_key(
            ServerId=server, UserName="lab.member@site-1", SshPublicKeyId=key
        )
        self.assertEqual(self.sftp(server, "ls", user="lab.member@site-1").returncode, 255)

    def test_a_home_of_type_path_begins_in_the_file_system(self) -> None:
        server = self.server()
        self.transfer.create_user(
            ServerId=server,
            UserName="uploader",
            Role=ROLE,
            HomeDirectory=f"/{SYSTEM}",
            PosixProfile={"Uid": 0, "Gid": 0},
            SshPublicKeyBody=self.public_key,
        )
        done = self.sftp(server, "pwd", "ls")
        self.assertIn(f"Remote working directory: /{SYSTEM}\n", done.stdout)
        self.assertIn("site", done.stdout)

    def test_nothing_outside_the_view_is_seen(self) -> None:
        server = self.server()
        self.user(server)
        (self.site / "out").symlink_to("/etc")
        self.addCleanup((self.site / "out").unlink)
        self.assertEqual(self.sftp(server, "ls ../../../etc/passwd").returncode, 1)
        self.assertEqual(self.sftp(server, f"get out/passwd {self.folder}/stolen").returncode, 1)

    def test_other_commands_are_refused(self) -> None:
        server = self.server()
        self.user(server)
        done = subprocess.run(
            ["ssh", *self.ssh_options(server), "uploader@127.0.0.1", "id"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "This service allows sftp connections only.\n")

    def test_a_quota_is_told_as_a_failure_and_can_be_lifted(self) -> None:
        server = self.server()
        self.user(server)
        path = self.write("large", bytes(500_000))
        self.set("transfer", room=100_000)
        self.assertIn("Failure", self.sftp(server, f"put {path} large").stderr)
        self.set("transfer", room=None)
        self.assertEqual(self.sftp(server, f"put {path} large").returncode, 0)
        self.assertEqual((self.site / "large").stat().st_size, 500_000)

    def test_a_session_can_end_in_the_middle(self) -> None:
        server = self.server()
        self.user(server)
        path = self.write("cut", bytes(2_000_000))
        self.set("transfer", end_session_after=1_000_000)
        self.assertEqual(self.sftp(server, f"put {path} cut").returncode, 255)
        size = (self.site / "cut").stat().st_size
        self.assertGreater(size, 0)
        self.assertLessEqual(size, 1_000_000)

    def test_opens_for_reading_and_writing_at_once_are_refused(self) -> None:
        server = self.server()
        self.user(server)
        reply = open_for_both(self.ssh_options(server))
        # A STATUS, request 1, FAILURE.
        self.assertEqual(reply[:9], bytes([101, 0, 0, 0, 1, 0, 0, 0, 4]))


def open_for_both(options: list[str]) -> bytes:
    """The reply to an OPEN for reading and writing, spoken over `ssh -s sftp`."""
    name = b"both"
    packets = (
        bytes([1, 0, 0, 0, 3]),
        bytes([3, 0, 0, 0, 1])
        + len(name).to_bytes(4, "big")
        + name
        + (1 | 2 | 8).to_bytes(4, "big")
        + bytes(4),
    )
    command = ["ssh", *options, "-s", "uploader@127.0.0.1", "sftp"]
    said = b"".join(len(packet).to_bytes(4, "big") + packet for packet in packets)
    out = subprocess.run(command, input=said, capture_output=True, timeout=30, check=True).stdout
    version = int.from_bytes(out[:4], "big")
    return out[4 + version + 4 :]


class ControlPlane(TransferTest):
    def test_a_server_is_told_as_it_was_made_and_found_by_its_tags(self) -> None:
        tags = [{"Key": "pipeline-run", "Value": "r1"}]
        server = self.server(Tags=tags, LoggingRole=ROLE, Protocols=["SFTP"])
        told = self.transfer.describe_server(ServerId=server)["Server"]
        self.assertEqual(
            (told["Domain"], told["EndpointType"], told["IdentityProviderType"]),
            ("EFS", "PUBLIC", "SERVICE_MANAGED"),
        )
        self.assertEqual((told["Tags"], told["LoggingRole"]), (tags, ROLE))
        # As the service writes it: base64 with its padding, which ssh-keygen leaves off.
        self.assertRegex(told["HostKeyFingerprint"], r"^SHA256:[A-Za-z0-9+/]{43}=$")
        listed = self.transfer.list_tags_for_resource(Arn=told["Arn"])["Tags"]
        self.assertEqual(listed, tags)

    def test_lists_come_in_pages(self) -> None:
        made = {self.server() for _ in range(3)}
        first = self.transfer.list_servers(MaxResults=2)
        self.assertEqual(len(first["Servers"]), 2)
        pages = self.transfer.get_paginator("list_servers").paginate(
            PaginationConfig={"PageSize": 2}
        )
        found = {each["ServerId"] for page in pages for each in page["Servers"]}
        self.assertLessEqual(made, found)

    def test_starting_takes_its_time_and_refuses_connections(self) -> None:
        self.set("transfer", online_after=1.0)
        server = self.server()
        self.assertEqual(self.state(server), "STARTING")
        address = self.address(server)
        assert address is not None
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((address["host"], address["port"]), timeout=5)
        wait(lambda: self.state(server) == "ONLINE")
        self.user(server)
        self.assertEqual(self.sftp(server, "ls").returncode, 0)

    def test_it_may_never_start_or_fail_to(self) -> None:
        self.set("transfer", never_online=True)
        self.assertEqual(self.state(self.server()), "STARTING")
        self.set("transfer", never_online=None, start_failed=True)
        self.assertEqual(self.state(self.server()), "START_FAILED")

    def test_a_new_address_is_not_known_at_once(self) -> None:
        self.set("transfer", address_after=1.0)
        server = self.server()
        self.assertIsNone(self.address(server))
        wait(lambda: self.address(server))

    def test_a_stopped_server_serves_nobody_and_is_still_paid_for(self) -> None:
        server = self.server()
        self.user(server)
        options = self.ssh_options(server)
        self.transfer.stop_server(ServerId=server)
        wait(lambda: self.state(server) == "OFFLINE")
        self.assertIn(server, [each["id"] for each in self.standin.control("GET", "paid")])

        def is_refused() -> bool:
            command = ["sftp", *options, "-b", "-", "uploader@127.0.0.1"]
            done = subprocess.run(command, input="ls\n", capture_output=True, text=True)
            return "Connection refused" in done.stderr

        wait(is_refused)
        self.transfer.start_server(ServerId=server)
        wait(lambda: self.state(server) == "ONLINE")
        wait(lambda: self.sftp(server, "ls").returncode == 0)

    def test_deleting_ends_sessions_and_the_bill(self) -> None:
        server = self.server()
        self.user(server)
        command = ["ssh", *self.ssh_options(server), "-s", "uploader@127.0.0.1", "sftp"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
            assert session.stdin is not None and session.stdout is not None
            session.stdin.write(bytes([0, 0, 0, 5, 1, 0, 0, 0, 3]))
            session.stdin.flush()
            self.assertEqual(session.stdout.read(9), bytes([0, 0, 0, 5, 2, 0, 0, 0, 3]))
            self.transfer.delete_server(ServerId=server)
            self.assertEqual(session.wait(30), 255)
        self.assertNotIn(server, [each["id"] for each in self.standin.control("GET", "paid")])
        with self.assertRaises(self.transfer.exceptions.ResourceNotFoundException):
            self.transfer.describe_server(ServerId=server)

    def test_somebody_else_may_delete_it(self) -> None:
        self.set("transfer", end_after=0.5)
        server = self.server()
        wait(lambda: server not in [each["id"] for each in self.standin.control("GET", "paid")])
        with self.assertRaises(self.transfer.exceptions.ResourceNotFoundException):
            self.transfer.list_users(ServerId=server)

    def test_a_host_key_that_is_brought_along_is_used(self) -> None:
        private = (self.folder / "other").read_text()
        server = self.server(HostKey=private)
        self.user(server)
        self.assertEqual(self.sftp(server, "ls").returncode, 0)
        keys = self.transfer.list_host_keys(ServerId=server)["HostKeys"]
        self.assertEqual(len(keys), 1)
        mine = fingerprint((self.folder / "other.pub").read_text())
        self.assertEqual(keys[0]["Fingerprint"].rstrip("="), mine)

    def test_wrong_calls_are_refused_as_the_service_does(self) -> None:
        server = self.server()
        self.user(server)
        errors = self.transfer.exceptions
        with self.assertRaises(errors.ResourceExistsException):
            self.user(server)
        with self.assertRaises(errors.InvalidRequestException):
            self.user(server, name="second", SshPublicKeyBody="ssh-ed25519 AAAA")
        with self.assertRaises(errors.ResourceNotFoundException):
            self.transfer.delete_user(ServerId=server, UserName="nobody")

    def test_the_command_line_client_drives_it(self) -> None:
        made = self.standin.run(
            *("aws", "transfer", "create-server", "--domain", "EFS"),
            *("--query", "ServerId", "--output", "text"),
        )
        self.assertEqual(made.returncode, 0, made.stdout)
        server = made.stdout.strip()
        deleted = self.standin.run("aws", "transfer", "delete-server", "--server-id", server)
        self.assertEqual(deleted.returncode, 0, deleted.stdout)
        self.assertNotIn(server, [each["id"] for each in self.standin.control("GET", "paid")])


if __name__ == "__main__":
    unittest.main()
