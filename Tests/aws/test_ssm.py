"""Commands that run on an instance, the instance's life, and parameters as a lock."""

from __future__ import annotations

import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from support import StandInCase, wait

ENDED = ("Success", "Failed", "Cancelled", "TimedOut")


def root_is_overlay() -> bool:
    """Whether an instance's disk is in memory: see `standin.services.machine`."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [kind for _, place, kind, *_ in mounts if place == "/"][-1:] == ["overlay"]


@unittest.skipUnless(os.geteuid() == 0, "the instances' namespaces need root")
class CommandTest(StandInCase):
    filesystem: str
    instance: str

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        made = cls.standin.client("efs").create_file_system(CreationToken="site")
        cls.filesystem = made["FileSystemId"]
        cls.instance = cls.launch("ReefGuide")

    @classmethod
    def launch(cls, name: str) -> str:
        made = cls.standin.client("ec2").run_instances(
            ImageId="ami-0c2023a1b2c3d4e5f",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}
            ],
        )
        instance_id: str = made["Instances"][0]["InstanceId"]
        return instance_id

    def setUp(self) -> None:
        super().setUp()
        self.ssm = self.standin.client("ssm")

    def send(
        self, *lines: str, parameters: dict[str, list[str]] | None = None, **params: Any
    ) -> str:
        command_id: str = self.ssm.send_command(
            InstanceIds=[self.instance],
            DocumentName="AWS-RunShellScript",
            Parameters={"commands": list(lines), **(parameters or {})},
            **params,
        )["Command"]["CommandId"]
        return command_id

    def seen(self, command_id: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.ssm.get_command_invocation(
                CommandId=command_id, InstanceId=self.instance
            )
        except self.ssm.exceptions.InvocationDoesNotExist:
            return None
        return found

    def ended(self, command_id: str) -> dict[str, Any]:
        def ask() -> dict[str, Any] | None:
            found = self.seen(command_id)
            return found if found and found["Status"] in ENDED else None

        found = wait(ask)
        assert found is not None
        return found

    def run_here(self, *lines: str, **params: Any) -> dict[str, Any]:
        return self.ended(self.send(*lines, **params))


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


class InstanceLife(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        self.ec2 = self.standin.client("ec2")

    def state(self, instance_id: str) -> str:
        found = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        state: str = found[0]["Instances"][0]["State"]["Name"]
        return state

    def test_stopping_and_starting_take_their_time(self) -> None:
        mine = self.launch("other")
        self.addCleanup(self.ec2.terminate_instances, InstanceIds=[mine])
        self.set("ec2", start_takes=0.5, stop_takes=0.5)
        self.ec2.stop_instances(InstanceIds=[mine])
        self.assertEqual(self.state(mine), "stopping")
        with self.assertRaisesRegex(Exception, "IncorrectInstanceState"):
            self.ec2.start_instances(InstanceIds=[mine])
        wait(lambda: self.state(mine) == "stopped")
        self.assertNotIn(mine, [each["id"] for each in self.standin.control("GET", "paid")])
        with self.assertRaises(self.ssm.exceptions.InvalidInstanceId):
            self.ssm.send_command(
                InstanceIds=[mine],
                DocumentName="AWS-RunShellScript",
                Parameters={"commands": ["true"]},
            )
        self.set("ssm", online_after=0.5)
        self.ec2.start_instances(InstanceIds=[mine])
        self.assertEqual(self.state(mine), "pending")
        wait(lambda: self.state(mine) == "running")
        self.assertIn(mine, [each["id"] for each in self.standin.control("GET", "paid")])
        filters = [{"Key": "InstanceIds", "Values": [mine]}]

        def is_online() -> bool:
            found = self.ssm.describe_instance_information(Filters=filters)
            return [each["PingStatus"] for each in found["InstanceInformationList"]] == ["Online"]

        wait(is_online)

    def test_instances_are_found_by_name_and_state(self) -> None:
        found = self.ec2.describe_instances(
            Filters=[
                {"Name": "tag:Name", "Values": ["ReefGuide"]},
                {"Name": "instance-state-name", "Values": ["running"]},
            ]
        )["Reservations"]
        self.assertEqual([each["Instances"][0]["InstanceId"] for each in found], [self.instance])

    def test_a_stop_ends_commands_and_mounts_and_keeps_the_disk(self) -> None:
        done = self.run_here(
            "mkdir -p /mnt/kept",
            f"mount -t efs {self.filesystem}:/ /mnt/kept",
            "mountpoint /mnt/kept",
        )
        self.assertEqual(done["Status"], "Success", done["StandardErrorContent"])
        self.ec2.stop_instances(InstanceIds=[self.instance])
        self.ec2.start_instances(InstanceIds=[self.instance])
        done = self.run_here("ls -d /mnt/kept", "mountpoint -q /mnt/kept || echo unmounted")
        kept = "" if root_is_overlay() else "/mnt/kept\n"
        self.assertEqual(done["StandardOutputContent"], f"{kept}unmounted\n")


class Killed(CommandTest):
    def setUp(self) -> None:
        # Nothing is to be asked of the stand-in afterwards.
        self.ssm = self.standin.client("ssm")

    def test_nothing_outlives_the_stand_in(self) -> None:
        folder = self.standin.state / "efs" / self.filesystem
        self.send(
            "mkdir -p /mnt/k",
            f"mount -t efs {self.filesystem}:/ /mnt/k",
            "touch /mnt/k/began",
            f"exec sh -c 'sleep 1000; : {self.standin.state}'",
        )
        wait((folder / "began").exists)
        self.assertGreater(len(processes_naming(str(self.standin.state))), 1)
        self.standin.process.kill()
        wait(lambda: not processes_naming(str(self.standin.state)))


def processes_naming(text: str) -> list[str]:
    """The processes whose arguments hold a text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if text.encode() in arguments:
            found.append(process.name)
    return found


class Parameters(CommandTest):
    def test_one_of_many_creates_it(self) -> None:
        def create(holder: int) -> bool:
            ssm = self.standin.client("ssm")
            try:
                ssm.put_parameter(Name="/lease", Value=str(holder), Type="String")
            except ssm.exceptions.ParameterAlreadyExists:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            created = list(pool.map(create, range(24)))
        self.assertEqual(created.count(True), 1)
        value = self.ssm.get_parameter(Name="/lease")["Parameter"]["Value"]
        self.assertEqual(value, str(created.index(True)))
        self.ssm.delete_parameter(Name="/lease")
        with self.assertRaises(self.ssm.exceptions.ParameterNotFound):
            self.ssm.delete_parameter(Name="/lease")

    def test_versions_count_and_tags_come_with_creation_only(self) -> None:
        tags = [{"Key": "holder", "Value": "alice"}]
        self.ssm.put_parameter(Name="/tagged", Value="1", Type="String", Tags=tags)
        with self.assertRaisesRegex(Exception, "ValidationException"):
            self.ssm.put_parameter(
                Name="/tagged", Value="2", Type="String", Overwrite=True, Tags=tags
            )
        answer = self.ssm.put_parameter(Name="/tagged", Value="2", Type="String", Overwrite=True)
        self.assertEqual(answer["Version"], 2)
        self.ssm.add_tags_to_resource(
            ResourceType="Parameter",
            ResourceId="/tagged",
            Tags=[{"Key": "reason", "Value": "test"}],
        )
        listed = self.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/tagged")
        self.assertEqual({each["Key"] for each in listed["TagList"]}, {"holder", "reason"})


if __name__ == "__main__":
    unittest.main()
