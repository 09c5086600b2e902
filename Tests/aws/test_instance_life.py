"""The life of an instance, and what is left when the stand-in is killed."""

from __future__ import annotations

import unittest
from pathlib import Path

from command_case import CommandTest
from support import wait
from test_ssm import root_is_overlay


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


if __name__ == "__main__":
    unittest.main()
