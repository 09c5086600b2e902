"""Operations that only look."""

from __future__ import annotations

import secrets
from typing import Any

from standin.beanstalk.environment import Environment
from standin.beanstalk.instance import Instance
from standin.beanstalk.records import PLATFORM, PLATFORM_BRANCH, platform_arn
from standin.beanstalk.store import Store
from standin.messages import Request, Response
from standin.service import Answer, Call, Params
from standin.services.paging import page
from standin.world import World

_SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
_LOGS = "/elasticbeanstalk-logs/"
_HEALTH_KINDS = ("NoData", "Unknown", "Pending", "Ok", "Info", "Warning", "Degraded", "Severe")


class Questions:
    """Part of the service."""

    world: World
    store: Store
    log_pages: dict[str, str]

    def DescribeEnvironments(self, call: Call, params: Params) -> Answer:
        found = [
            each.shape()
            for each in self.store.environments()
            if _is_wanted(each, params)
            and (params.get("IncludeDeleted", True) or each.status != "Terminated")
        ]
        return {"Environments": found}

    def DescribeEvents(self, call: Call, params: Params) -> Answer:
        start, end = params.get("StartTime"), params.get("EndTime")
        least = _SEVERITIES.index(params.get("Severity") or "TRACE")
        found = [
            event.shape()
            for event in self.store.events()
            if params.get("ApplicationName") in (None, event.application)
            and params.get("EnvironmentName") in (None, event.environment)
            and params.get("EnvironmentId") in (None, event.environment_id)
            and params.get("VersionLabel") in (None, event.version)
            and params.get("RequestId") in (None, event.request_id)
            and _SEVERITIES.index(event.severity) >= least
            and (start is None or event.date.replace(tzinfo=None) >= start)
            and (end is None or event.date.replace(tzinfo=None) < end)
        ]
        first = int(params.get("NextToken") or 0)
        last = first + (params.get("MaxRecords") or 1000)
        rest = str(last) if last < len(found) else None
        return {"Events": found[first:last], "NextToken": rest}

    def DescribeEnvironmentHealth(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        color, status, causes = environment.health()
        counts = dict.fromkeys(_HEALTH_KINDS, 0)
        for instance in environment.instances:
            counts[_health(environment, instance)[1]] += 1
        return {
            "EnvironmentName": environment.name,
            "HealthStatus": status,
            "Status": environment.status,
            "Color": color,
            "Causes": causes,
            "InstancesHealth": counts,
            "RefreshedAt": self.world.clock(),
        }

    def DescribeInstancesHealth(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        shapes = []
        for instance in environment.instances:
            color, status, causes = _health(environment, instance)
            deployment = instance.deployment
            shapes.append(
                {
                    "InstanceId": instance.identity,
                    "HealthStatus": status,
                    "Color": color,
                    "Causes": causes,
                    "LaunchedAt": instance.launched,
                    "Deployment": deployment.shape() if deployment else None,
                    "AvailabilityZone": f"{self.world.region}a",
                    "InstanceType": "t3.medium",
                }
            )
        wanted = set(params.get("AttributeNames") or [])
        if wanted and "All" not in wanted:
            kept = wanted | {"InstanceId"}
            shapes = [{key: each[key] for key in each if key in kept} for each in shapes]
        size = int(self.world.settings("elasticbeanstalk").get("page", 100))
        told = page(shapes, params, "InstanceHealthList", size)
        return {**told, "RefreshedAt": self.world.clock()}

    def DescribeEnvironmentResources(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        resources: dict[str, Any] = {
            "EnvironmentName": environment.name,
            "AutoScalingGroups": [{"Name": f"awseb-{environment.identity}-AutoScalingGroup"}],
            "Instances": [{"Id": each.identity} for each in environment.instances],
            "LaunchConfigurations": [],
            "LaunchTemplates": [],
            "LoadBalancers": [],
            "Triggers": [],
            "Queues": [],
        }
        return {"EnvironmentResources": resources}

    def DescribeConfigurationSettings(self, call: Call, params: Params) -> Answer:
        self.store.application(params["ApplicationName"])
        environment = self.store.environment(params)
        fleet = environment.fleet
        kind = "SingleInstance" if fleet == 1 else "LoadBalanced"
        options = {
            ("aws:elasticbeanstalk:environment", "EnvironmentType"): kind,
            ("aws:elasticbeanstalk:command", "DeploymentPolicy"): "AllAtOnce",
            ("aws:elasticbeanstalk:healthreporting:system", "SystemType"): "enhanced",
            ("aws:autoscaling:asg", "MinSize"): str(fleet),
            ("aws:autoscaling:asg", "MaxSize"): str(fleet),
            **self.extension_options(environment),
            **environment.options,
        }
        settings = {
            "ApplicationName": environment.application,
            "EnvironmentName": environment.name,
            "SolutionStackName": PLATFORM,
            "PlatformArn": platform_arn(self.world.region),
            "DeploymentStatus": "pending" if environment.operation else "deployed",
            "DateCreated": environment.created,
            "DateUpdated": environment.updated,
            "OptionSettings": [
                {"Namespace": space, "OptionName": name, "Value": value}
                for (space, name), value in sorted(options.items())
            ],
        }
        return {"ConfigurationSettings": [settings]}

    def extension_options(self, environment: Environment) -> dict[tuple[str, str], str]:
        """The options that the deployed version brings."""
        if environment.version is None:
            return {}
        return self.store.extensions(environment.application, environment.version)

    def DescribePlatformVersion(self, call: Call, params: Params) -> Answer:
        description = {
            "PlatformArn": params.get("PlatformArn") or platform_arn(self.world.region),
            "PlatformName": PLATFORM_BRANCH,
            "PlatformVersion": "4.3.1",
            "PlatformStatus": "Ready",
            "SolutionStackName": PLATFORM,
            "PlatformOwner": "AWSElasticBeanstalk",
            "PlatformLifecycleState": "Recommended",
            "PlatformBranchName": PLATFORM_BRANCH,
            "PlatformBranchLifecycleState": "Supported",
        }
        return {"PlatformDescription": description}

    def ListPlatformBranches(self, call: Call, params: Params) -> Answer:
        branch = {
            "PlatformName": "Docker",
            "BranchName": PLATFORM_BRANCH,
            "LifecycleState": "Supported",
            "BranchOrder": 1,
            "SupportedTierList": ["WebServer/Standard", "Worker/SQS/HTTP"],
        }
        return {"PlatformBranchSummaryList": [branch]}

    def RequestEnvironmentInfo(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        environment.tell("logs-requested")
        logs = [(self.world.clock(), i.identity, i.tail()) for i in environment.instances]
        with environment.lock:
            environment.logs = logs
        for _, identity, _ in logs:
            environment.tell("logs", instance=identity)
        return None

    def RetrieveEnvironmentInfo(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        found = []
        for date, identity, content in environment.logs:
            page = secrets.token_urlsafe(24)
            self.log_pages[page] = content
            found.append(
                {
                    "InfoType": params["InfoType"],
                    "Ec2InstanceId": identity,
                    "SampleTimestamp": date,
                    "Message": f"{self.world.endpoint}{_LOGS}{page}?X-Amz-Expires=900",
                }
            )
        return {"EnvironmentInfo": found}

    def page(self, request: Request) -> Response | None:
        """A log, at an address that was handed out."""
        if not request.path.startswith(_LOGS):
            return None
        content = self.log_pages.get(request.path.removeprefix(_LOGS))
        if content is None or self.world.settings("elasticbeanstalk").get("logs_expire"):
            return Response(403, b"AccessDenied", {"Content-Type": "text/plain"})
        return Response(200, content.encode(), {"Content-Type": "text/plain"})


def _is_wanted(environment: Environment, params: Params) -> bool:
    names, identities = params.get("EnvironmentNames"), params.get("EnvironmentIds")
    return (
        params.get("ApplicationName") in (None, environment.application)
        and params.get("VersionLabel") in (None, environment.version)
        and (not names or environment.name in names)
        and (not identities or environment.identity in identities)
    )


def _health(environment: Environment, instance: Instance) -> tuple[str, str, list[str]]:
    """An instance's own health: that of its environment, except where only others are ill."""
    color, status, causes = environment.health()
    if status != "Severe":
        return color, status, causes
    own = environment.instance_causes(instance)
    if not own and not environment.is_red:
        return "Green", "Ok", []
    return "Red", "Severe", own or causes
