"""The remote steps of a deployment, and what can go wrong at each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """A call that a deployment makes, and which of them is meant."""

    name: str
    call: str
    nth: int = 1
    place: str = "beanstalk"
    """Which kind of project makes the call: "beanstalk" (data by a temporary server), "bucket" (data by bucket and
    instance) or "ecs"."""


STEPS = [
    Step("registry login", "ecr-public:GetAuthorizationToken"),
    Step("image at registry?", "ecr-public:DescribeImages"),
    Step("lease taken", "s3:PutObject"),
    Step("server made", "transfer:CreateServer"),
    Step("user made", "transfer:CreateUser"),
    Step("server deleted", "transfer:DeleteServer"),
    Step("slot recorded", "s3:PutObject", 3),
    Step("bundle uploaded", "s3:PutObject", 4),
    Step("version made", "elasticbeanstalk:CreateApplicationVersion"),
    Step("environment updated", "elasticbeanstalk:UpdateEnvironment"),
    Step("update followed", "elasticbeanstalk:DescribeEvents", 2),
    Step("release recorded", "s3:PutObject", 6),
    Step("instance started", "ec2:StartInstances", place="bucket"),
    Step("command sent", "ssm:SendCommand", 2, place="bucket"),
    Step("command followed", "ssm:GetCommandInvocation", 2, place="bucket"),
    Step("objects deleted", "s3:DeleteObject", place="bucket"),
    Step("instance stopped", "ec2:StopInstances", place="bucket"),
    Step("backup started", "backup:StartBackupJob", place="ecs"),
    Step("revision registered", "ecs:RegisterTaskDefinition", 2, place="ecs"),
    Step("service updated", "ecs:UpdateService", 2, place="ecs"),
    Step("tasks looked at", "ecs:DescribeTasks", place="ecs"),
]

FAULTS = ["kill before", "kill after", "kill recorded", "lose reply", "throttle", "fail"]


def fault(step: Step, kind: str) -> dict[str, Any]:
    """The instructions that the stand-in has."""
    base: dict[str, Any] = {"match": step.call, "nth": step.nth}
    if kind == "kill before":
        return {**base, "do": "hang"}
    if kind == "kill after":
        return {**base, "do": "hold-reply"}
    if kind == "kill recorded":
        # Whatever is asked next comes after the record of what was done here.
        return {"match": "*", "after": step.call, "do": "hang"}
    if kind == "lose reply":
        return {**base, "do": "lose-reply"}
    if kind == "throttle":
        return {**base, "do": "throttle"}
    return {**base, "do": "error", "code": "InternalFailure", "status": 500}
