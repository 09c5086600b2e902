"""What Beanstalk keeps: applications, versions, events."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

ENVIRONMENT_VARIABLES = "aws:elasticbeanstalk:application:environment"
PLATFORM = "64bit Amazon Linux 2023 v4.3.1 running Docker"
PLATFORM_BRANCH = "Docker running on 64bit Amazon Linux 2023"

Options = dict[tuple[str, str], str]
"""Values by namespace and name."""


def platform_arn(region: str) -> str:
    """The one platform there is."""
    return f"arn:aws:elasticbeanstalk:{region}::platform/{PLATFORM_BRANCH}/4.3.1"


@dataclass
class Application:
    """An application with its versions by label, in the order of their making."""

    name: str
    arn: str
    description: str | None
    created: datetime.datetime
    updated: datetime.datetime
    versions: dict[str, Version] = field(default_factory=dict)

    def shape(self) -> dict[str, Any]:
        return {
            "ApplicationArn": self.arn,
            "ApplicationName": self.name,
            "Description": self.description,
            "DateCreated": self.created,
            "DateUpdated": self.updated,
            "Versions": list(reversed(self.versions)),
            "ConfigurationTemplates": [],
        }


@dataclass
class Version:
    """An application version: a bundle in S3 with a label."""

    application: str
    label: str
    arn: str
    description: str | None
    bucket: str
    key: str
    status: str
    created: datetime.datetime
    updated: datetime.datetime

    def shape(self) -> dict[str, Any]:
        return {
            "ApplicationVersionArn": self.arn,
            "ApplicationName": self.application,
            "VersionLabel": self.label,
            "Description": self.description,
            "SourceBundle": {"S3Bucket": self.bucket, "S3Key": self.key},
            "DateCreated": self.created,
            "DateUpdated": self.updated,
            "Status": self.status,
        }


@dataclass(frozen=True)
class Event:
    """A line of what happened."""

    date: datetime.datetime
    message: str
    severity: str
    application: str
    environment: str | None
    environment_id: str | None
    version: str | None
    request_id: str
    platform: str | None

    def shape(self) -> dict[str, Any]:
        return {
            "EventDate": self.date,
            "Message": self.message,
            "Severity": self.severity,
            "ApplicationName": self.application,
            "EnvironmentName": self.environment,
            "VersionLabel": self.version,
            "RequestId": self.request_id,
            "PlatformArn": self.platform,
        }
