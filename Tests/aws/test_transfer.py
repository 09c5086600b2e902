"""Transfer servers: the data plane by OpenSSH's own sftp."""

from __future__ import annotations

import os
import subprocess
import unittest

from transfer_case import ROLE, SYSTEM, UID, TransferTest


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


if __name__ == "__main__":
    unittest.main()
