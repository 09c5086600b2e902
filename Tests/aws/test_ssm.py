"""Commands that run on an instance."""

from __future__ import annotations

import unittest
from pathlib import Path

from command_case import CommandTest
from support import wait


def root_is_overlay() -> bool:
    """Whether an instance's disk is in memory: see `standin.services.machine`."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [kind for _, place, kind, *_ in mounts if place == "/"][-1:] == ["overlay"]


class Commands(CommandTest):
    def test_output_and_code_are_told(self) -> None:
        done = self.run_here("echo out", "echo err >&2", "exit 3")
        self.assertEqual((done["Status"], done["ResponseCode"]), ("Failed", 3))
        self.assertEqual(
            (done["StandardOutputContent"], done["StandardErrorContent"]), ("out\n", "err\n")
        )
        self.assertEqual(self.run_here("true")["Status"], "Success")

    def test_the_first_line_chooses_the_interpreter(self) -> None:
        done = self.run_here("#!/usr/bin/python3", "print(6 * 7)")
        self.assertEqual(done["StandardOutputContent"], "42\n", done["StandardErrorContent"])

    def test_file_systems_are_mounted_in_both_ways(self) -> None:
        host = f"{self.filesystem}.efs.us-east-2.amazonaws.com"
        done = self.run_here(
            "set -e",
            "mkdir -p /mnt/efs /mnt/nfs",
            f"mount -t efs -o tls {self.filesystem}:/ /mnt/efs",
            f"mount -t nfs4 -o nfsvers=4.1 {host}:/ /mnt/nfs",
            "echo content > /mnt/efs/file",
            "cat /mnt/nfs/file",
            "umount /mnt/efs /mnt/nfs",
            "test ! -e /mnt/efs/file",
        )
        self.assertEqual(done["Status"], "Success", done["StandardErrorContent"])
        self.assertEqual(done["StandardOutputContent"], "content\n")
        file = self.standin.state / "efs" / self.filesystem / "file"
        self.assertEqual(file.read_text(), "content\n")

    def test_an_access_point_is_the_root_of_its_mount(self) -> None:
        point = self.standin.client("efs").create_access_point(
            ClientToken="slot",
            FileSystemId=self.filesystem,
            RootDirectory={
                "Path": "/slots/a",
                "CreationInfo": {"OwnerUid": 7, "OwnerGid": 8, "Permissions": "750"},
            },
        )["AccessPointId"]
        done = self.run_here(
            "set -e",
            "mkdir -p /mnt/point",
            f"mount -t efs -o tls,accesspoint={point} {self.filesystem}:/ /mnt/point",
            "stat -c '%u %g %a' /mnt/point",
            "umount /mnt/point",
        )
        self.assertEqual(done["StandardOutputContent"], "7 8 750\n", done["StandardErrorContent"])

    def test_mounting_can_fail(self) -> None:
        mount = f"mkdir -p /mnt/x && mount -t efs {self.filesystem}:/ /mnt/x"
        self.assertEqual(self.run_here("mount -t efs fs-0123:/ /mnt")["Status"], "Failed")
        self.set("ssm", mount_error="mount.nfs4: Connection timed out")
        done = self.run_here(mount)
        self.assertEqual(done["ResponseCode"], 32)
        self.assertIn("Connection timed out", done["StandardErrorContent"])

    def test_what_a_command_writes_stays_on_the_instance(self) -> None:
        path = "/opt/standin-test-of-the-disk"
        self.assertEqual(self.run_here(f"echo kept > {path}")["Status"], "Success")
        self.assertFalse(Path(path).exists())
        self.assertEqual(self.run_here(f"cat {path}")["StandardOutputContent"], "kept\n")

    def test_the_aws_client_there_is_the_instance(self) -> None:
        done = self.run_here("aws sts get-caller-identity --query Arn --output text")
        self.assertIn(":assumed-role/", done["StandardOutputContent"], done["StandardErrorContent"])

    def test_long_output_is_cut_and_whole_in_the_bucket(self) -> None:
        s3 = self.standin.client("s3")
        configuration = {"LocationConstraint": "us-east-2"}
        s3.create_bucket(Bucket="outputs", CreateBucketConfiguration=configuration)
        done = self.run_here(
            "head -c 50000 /dev/zero | tr '\\0' x",
            OutputS3BucketName="outputs",
            OutputS3KeyPrefix="runs",
        )
        self.assertEqual(len(done["StandardOutputContent"]), 24_000)
        key = done["StandardOutputUrl"].partition("/outputs/")[2]
        self.assertTrue(key.endswith("/awsrunShellScript/0.awsrunShellScript/stdout"))
        self.assertEqual(s3.get_object(Bucket="outputs", Key=key)["Body"].read(), b"x" * 50_000)

    def test_the_execution_timeout_ends_it(self) -> None:
        done = self.run_here("exec sleep 1000", parameters={"executionTimeout": ["1"]})
        self.assertEqual((done["Status"], done["StatusDetails"]), ("TimedOut", "ExecutionTimedOut"))
        self.assertEqual(done["ResponseCode"], -1)

    def test_it_can_be_cancelled(self) -> None:
        marker = self.standin.state / "efs" / self.filesystem / "began"
        command = self.send(
            "mkdir -p /mnt/c",
            f"mount -t efs {self.filesystem}:/ /mnt/c",
            "touch /mnt/c/began",
            "exec sleep 1000",
        )
        wait(marker.exists)
        self.ssm.cancel_command(CommandId=command)
        self.assertEqual(self.ended(command)["Status"], "Cancelled")
        listed = self.ssm.list_commands(CommandId=command)["Commands"]
        self.assertEqual([each["Status"] for each in listed], ["Cancelled"])
        self.assertEqual(self.run_here("pgrep -x sleep -a | grep 1000")["Status"], "Failed")

    def test_a_new_invocation_is_not_known_at_once(self) -> None:
        self.set("ssm", visible_after=0.5)
        command = self.send("true")
        self.assertIsNone(self.seen(command))
        self.assertEqual(self.ended(command)["Status"], "Success")

    def test_given_up_it_still_runs_to_its_end(self) -> None:
        self.set("ssm", given_up_after=0)
        folder = self.standin.state / "efs" / self.filesystem
        command = self.send(
            "mkdir -p /mnt/g",
            f"mount -t efs {self.filesystem}:/ /mnt/g",
            "touch /mnt/g/started",
            "while [ ! -e /mnt/g/go ]; do sleep 0.05; done",
            "touch /mnt/g/finished",
        )
        self.assertEqual(self.ended(command)["Status"], "TimedOut")
        wait((folder / "started").exists)
        self.assertFalse((folder / "finished").exists())
        (folder / "go").touch()
        wait((folder / "finished").exists)
        self.assertEqual(self.ended(command)["Status"], "TimedOut")

    def test_a_lost_agent_gets_nothing(self) -> None:
        self.set("ssm", agent_lost=True, delivery_timeout=0.5)
        listed = self.ssm.describe_instance_information()["InstanceInformationList"]
        self.assertEqual([each["PingStatus"] for each in listed], ["ConnectionLost"])
        done = self.run_here("true")
        self.assertEqual((done["Status"], done["StatusDetails"]), ("TimedOut", "DeliveryTimedOut"))

    def test_lists_have_the_plugin_with_its_output(self) -> None:
        command = self.send("echo listed")
        self.ended(command)
        found = self.ssm.list_command_invocations(CommandId=command, Details=True)
        plugin = found["CommandInvocations"][0]["CommandPlugins"][0]
        self.assertEqual((plugin["Name"], plugin["Output"]), ("aws:runShellScript", "listed\n"))

    def test_the_client_misses_its_session_plugin(self) -> None:
        done = self.standin.run("aws", "ssm", "start-session", "--target", self.instance)
        self.assertEqual(done.returncode, 255)
        self.assertIn("SessionManagerPlugin is not found", done.stdout)


if __name__ == "__main__":
    unittest.main()
