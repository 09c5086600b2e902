"""Systems Manager: commands that really run on instances. Parameters are MiniStack's.

Settings, asked whenever they matter:
    online_after        seconds from "running" until the agent answers (0)
    agent_lost          the agent is gone: PingStatus is ConnectionLost, nothing is delivered and
                        no end is reported
    delivered_after     seconds until a command begins (0)
    held                commands whose comment matches this glob when they are sent begin only
                        once "delivered" is set
    visible_after       seconds until GetCommandInvocation knows a new command (0)
    delivery_timeout    seconds in place of TimeoutSeconds, which cannot be under 30
    given_up_after      seconds after which the status is TimedOut while the command goes on
    mount_error         what mounting EFS fails with
    no_upload           output is not put into the bucket
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from standin.service import AWSError, Call, Params, Service
from standin.services.ec2 import Instance, Instances
from standin.services.paging import page
from standin.services.ssm_commands import PLUGIN, Command, Invocation, Runner

if TYPE_CHECKING:
    from standin.world import World

_DOCUMENT = "AWS-RunShellScript"
_PAGE = 50


class SystemsManager(Service):
    """Run Command and the managed nodes."""

    name = "ssm"

    def __init__(self, world: World):
        super().__init__(world)
        self._lock = threading.RLock()
        self._commands: dict[str, Command] = {}
        self._runner = Runner(world, lambda: self.settings)

    def DescribeInstanceInformation(self, call: Call, params: Params) -> Params:
        listed = [
            {
                "InstanceId": each.id,
                "PingStatus": "ConnectionLost" if self._is_lost(each) else "Online",
                "LastPingDateTime": self.world.clock(),
                "AgentVersion": "3.3.1611.0",
                "IsLatestVersion": True,
                "PlatformType": "Linux",
                "PlatformName": "Amazon Linux",
                "PlatformVersion": "2023",
                "ResourceType": "EC2Instance",
                "IPAddress": "10.0.0.10",
                "ComputerName": f"{each.id}.internal",
            }
            for each in self._instances.known()
            if self._is_registered(each)
        ]
        wanted = [
            *((each["Key"], each["Values"]) for each in params.get("Filters", [])),
            *(
                (each["key"], each["valueSet"])
                for each in params.get("InstanceInformationFilterList", [])
            ),
        ]
        names = {"InstanceIds": "InstanceId", "PingStatus": "PingStatus"}
        for key, values in wanted:
            listed = [each for each in listed if each.get(names.get(key, key)) in values]
        return page(listed, params, "InstanceInformationList", _PAGE)

    def SendCommand(self, call: Call, params: Params) -> Params:
        if params["DocumentName"] != _DOCUMENT:
            raise AWSError("InvalidDocument", f"Document {params['DocumentName']} does not exist")
        script = params.get("Parameters", {})
        if not script.get("commands"):
            raise AWSError("InvalidParameters", "Parameters must include: commands")
        names = self._targets(params)
        # A node whose agent was lost is still registered; its command waits for delivery.
        instances = [self._instances.running(each) for each in names]
        valid = [each for each in instances if each is not None and self._is_registered(each)]
        if len(valid) < len(instances):
            raise AWSError(
                "InvalidInstanceId",
                f"Instances [[{', '.join(names)}]] not in a valid state for account "
                f"{self.world.account}",
            )
        command_id = str(uuid.uuid4())
        made = {each.id: self._invocation(command_id, each, params) for each in valid}
        command = Command(command_id, params, self.world.clock(), made)
        with self._lock:
            self._commands[command_id] = command
        for invocation in made.values():
            self._runner.start(invocation)
        return {"Command": self._told(command)}

    def GetCommandInvocation(self, call: Call, params: Params) -> Params:
        command = self._commands.get(params["CommandId"])
        invocation = command.invocations.get(params["InstanceId"]) if command else None
        if command is None or invocation is None or not self._is_visible(command):
            raise AWSError("InvocationDoesNotExist", "")
        if params.get("PluginName", PLUGIN) != PLUGIN:
            raise AWSError("InvalidPluginName", "")
        elapsed = "PT0S"
        if invocation.began and invocation.ended:
            elapsed = f"PT{(invocation.ended - invocation.began).total_seconds():.3f}S"
        ended = invocation.is_ended
        return self._outline(command, invocation) | {
            "PluginName": PLUGIN,
            "ResponseCode": invocation.code if ended else -1,
            "ExecutionStartDateTime": _text(invocation.began),
            "ExecutionElapsedTime": elapsed if ended else "",
            "ExecutionEndDateTime": _text(invocation.ended) if ended else "",
            "StandardOutputContent": invocation.stdout if ended else "",
            "StandardErrorContent": invocation.stderr if ended else "",
            "CloudWatchOutputConfig": {
                "CloudWatchLogGroupName": "",
                "CloudWatchOutputEnabled": False,
            },
        }

    def ListCommands(self, call: Call, params: Params) -> Params:
        listed = [
            self._told(each)
            for each in self._newest(params)
            if "InstanceId" not in params or params["InstanceId"] in each.invocations
        ]
        for wanted in params.get("Filters", []):
            name = {"Status": "Status", "DocumentName": "DocumentName"}.get(wanted["key"])
            if name:
                listed = [each for each in listed if each[name] == wanted["value"]]
        return page(listed, params, "Commands", _PAGE)

    def ListCommandInvocations(self, call: Call, params: Params) -> Params:
        listed = []
        for command in self._newest(params):
            for invocation in command.invocations.values():
                if params.get("InstanceId", invocation.instance.id) != invocation.instance.id:
                    continue
                told = self._outline(command, invocation)
                told["RequestedDateTime"] = command.requested
                if params.get("Details"):
                    told["CommandPlugins"] = [self._plugin(invocation)]
                listed.append(told)
        return page(listed, params, "CommandInvocations", _PAGE)

    def CancelCommand(self, call: Call, params: Params) -> Params:
        command = self._commands.get(params["CommandId"])
        if command is None:
            raise AWSError("InvalidCommandId", "")
        for instance_id in params.get("InstanceIds", list(command.invocations)):
            invocation = command.invocations.get(instance_id)
            if invocation is None:
                raise AWSError("InvalidInstanceId", "")
            # What has ended stays as it ended.
            invocation.cancelled.set()
        return {}

    def StartSession(self, call: Call, params: Params) -> Params:
        target = self._instances.running(params["Target"])
        if target is None or not self._is_registered(target) or self._is_lost(target):
            raise AWSError("TargetNotConnected", f"{params['Target']} is not connected.")
        session = f"{call.operator}-{secrets.token_hex(9)[:17]}"
        stream = f"wss://ssmmessages.{self.world.region}.amazonaws.com/v1/data-channel/{session}"
        return {"SessionId": session, "TokenValue": secrets.token_hex(64), "StreamUrl": stream}

    def TerminateSession(self, call: Call, params: Params) -> Params:
        return {"SessionId": params["SessionId"]}

    # Inside.

    @property
    def _instances(self) -> Instances:
        return cast(Instances, self.world.services["ec2"])

    def _is_registered(self, instance: Instance) -> bool:
        up_for = instance.up_for
        return up_for is not None and up_for >= float(self.settings.get("online_after", 0))

    def _is_lost(self, instance: Instance) -> bool:
        return bool(self.settings.get("agent_lost")) or instance.state != "running"

    def _is_visible(self, command: Command) -> bool:
        after = float(self.settings.get("visible_after", 0))
        return time.monotonic() - command.made >= after

    def _targets(self, params: Params) -> list[str]:
        names = list(params.get("InstanceIds", []))
        for target in params.get("Targets", []):
            if target["Key"].lower() == "instanceids":
                names += target["Values"]
        if not names:
            raise AWSError("InvalidInstanceId", "no instances are named")
        return names

    def _invocation(self, command_id: str, instance: Instance, params: Params) -> Invocation:
        script = params["Parameters"]
        delivery: float = params.get("TimeoutSeconds", 3600)
        return Invocation(
            command_id=command_id,
            instance=instance,
            script="\n".join(script["commands"]) + "\n",
            working_directory=next(iter(script.get("workingDirectory", [])), "") or "/usr/bin",
            execution_timeout=float(next(iter(script.get("executionTimeout", [])), 3600)),
            delivery_timeout=float(self.settings.get("delivery_timeout", delivery)),
            bucket=params.get("OutputS3BucketName"),
            prefix=params.get("OutputS3KeyPrefix", ""),
            comment=params.get("Comment", ""),
        )

    def _newest(self, params: Params) -> list[Command]:
        with self._lock:
            commands = list(reversed(self._commands.values()))
        return [
            each
            for each in commands
            if self._is_visible(each) and params.get("CommandId", each.id) == each.id
        ]

    def _told(self, command: Command) -> Params:
        invocations = list(command.invocations.values())
        ended = [each for each in invocations if each.is_ended]
        bad = [each for each in ended if each.status != "Success"]
        worst = (bad or invocations)[0] if len(ended) == len(invocations) else None
        begun = any(each.status != "Pending" for each in invocations)
        status = worst.status if worst else "InProgress" if begun else "Pending"
        timeout = int(command.params.get("TimeoutSeconds", 3600))
        return {
            "CommandId": command.id,
            "DocumentName": command.params["DocumentName"],
            "DocumentVersion": command.params.get("DocumentVersion", "$DEFAULT"),
            "Comment": command.params.get("Comment", ""),
            "ExpiresAfter": command.requested + timedelta(seconds=timeout),
            "Parameters": command.params["Parameters"],
            "InstanceIds": list(command.invocations),
            "Targets": command.params.get("Targets", []),
            "RequestedDateTime": command.requested,
            "Status": status,
            "StatusDetails": worst.details if worst else status,
            "OutputS3BucketName": command.params.get("OutputS3BucketName", ""),
            "OutputS3KeyPrefix": command.params.get("OutputS3KeyPrefix", ""),
            "TargetCount": len(invocations),
            "CompletedCount": len(ended),
            "ErrorCount": len(bad),
            "TimeoutSeconds": timeout,
        }

    def _outline(self, command: Command, invocation: Invocation) -> Params:
        # The status first: what it stands for was in place before it changed.
        status = invocation.status
        return {
            "CommandId": command.id,
            "InstanceId": invocation.instance.id,
            "Comment": command.params.get("Comment", ""),
            "DocumentName": command.params["DocumentName"],
            "DocumentVersion": command.params.get("DocumentVersion", "$DEFAULT"),
            "Status": status,
            "StatusDetails": invocation.details,
            "StandardOutputUrl": self._url(invocation, "stdout"),
            "StandardErrorUrl": self._url(invocation, "stderr"),
        }

    def _plugin(self, invocation: Invocation) -> Params:
        ended = invocation.is_ended
        told: Params = {
            "Name": PLUGIN,
            "Status": invocation.status,
            "StatusDetails": invocation.details,
            "ResponseCode": invocation.code if ended else -1,
            "Output": invocation.plugin_output if ended else "",
            "StandardOutputUrl": self._url(invocation, "stdout"),
            "StandardErrorUrl": self._url(invocation, "stderr"),
        }
        if invocation.began:
            told["ResponseStartDateTime"] = invocation.began
        if ended and invocation.ended:
            told["ResponseFinishDateTime"] = invocation.ended
        return told

    def _url(self, invocation: Invocation, name: str) -> str:
        if invocation.bucket is None:
            return ""
        host = f"https://s3.{self.world.region}.amazonaws.com"
        return f"{host}/{invocation.bucket}/{invocation.key}/{name}"


def _text(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else ""
