"""Transfer servers: the control plane by boto3."""

from __future__ import annotations

import socket
import subprocess
import unittest

from support import wait
from transfer_case import ROLE, TransferTest, fingerprint


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
