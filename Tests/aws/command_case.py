"""What tests of commands share: an instance, and how a command is sent and awaited."""

from __future__ import annotations

import os
import unittest
from typing import Any

from support import StandInCase, wait

ENDED = ("Success", "Failed", "Cancelled", "TimedOut")


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
