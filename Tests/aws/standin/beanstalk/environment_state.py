"""An environment: its state, the one operation that runs in it, and what is asked of it."""

from __future__ import annotations

import datetime
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standin.beanstalk.balancer import Balancer
from standin.beanstalk.container import DockerEngine, Engine, ProcessEngine
from standin.beanstalk.instance import Instance
from standin.beanstalk.records import PLATFORM, Options, platform_arn
from standin.beanstalk.scripts import Settings
from standin.service import AWSError

if TYPE_CHECKING:
    from standin.world import World

_MIN_SIZE = ("aws:autoscaling:asg", "MinSize")
HEALTH_PATH = ("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath")

Tell = Callable[..., None]


@dataclass
class Operation:
    """What goes on: who started it, and whether it is to be given up."""

    operator: str
    request_id: str
    aborted: threading.Event = field(default_factory=threading.Event)


class EnvironmentState:
    """All state is guarded by `lock`; what takes time happens in a thread without holding it."""

    def __init__(
        self, world: World, application: str, name: str, tell: Tell, options: Options | None = None
    ):
        self.world = world
        self.application = application
        self.name = name
        self.identity = f"e-{secrets.token_hex(5)}"
        self.lock = threading.RLock()
        self.status = "Launching"
        self.version: str | None = None
        self.options: Options = options or {}
        self.created = self.updated = world.clock()
        self.operation: Operation | None = None
        self.instances: list[Instance] = []
        self.logs: list[tuple[datetime.datetime, str, str]] = []
        self._tell = tell
        self._deployments = 0
        self.is_red = False
        self._grey_until: datetime.datetime | None = None
        self._engine: Engine = DockerEngine(world) if world.docker else ProcessEngine(world)
        self._balancer = Balancer(self._ports)

    @property
    def settings(self) -> Settings:
        return Settings.of(self.world, self.name)

    @property
    def fleet(self) -> int:
        """How many instances it is to have."""
        return int(self.settings.number("instances", float(self.options.get(_MIN_SIZE, 1))))

    @property
    def folder(self) -> Path:
        return self.world.folder("beanstalk", self.name)

    def _ports(self) -> list[int]:
        with self.lock:
            return [each.port for each in self.instances if each.port]

    def tell(self, key: str, severity: str = "INFO", version: str | None = None, **v: Any) -> None:
        """Enters an event."""
        operation = self.operation
        request_id = operation.request_id if operation else "none"
        self._tell(self, key, severity, version, request_id, name=self.name, **v)

    # Starting what takes time.

    def require_ready(self) -> None:
        """Raises as AWS does while anything goes on."""
        if self.status != "Ready":
            raise AWSError(
                "InvalidParameterValue",
                f"Environment named {self.name} is in an invalid state for this operation. "
                "Must be Ready.",
            )

    def begin(
        self, status: str, operator: str, request_id: str, act: Callable[[Operation], None]
    ) -> None:
        """Puts the environment into a status, and lets `act` run in a thread."""
        with self.lock:
            operation = Operation(operator, request_id)
            self.operation = operation
            self.status = status
            self.updated = self.world.clock()
        threading.Thread(target=self._run, args=(operation, act), daemon=True).start()

    def _run(self, operation: Operation, act: Callable[[Operation], None]) -> None:
        try:
            act(operation)
        finally:
            with self.lock:
                if self.status not in ("Terminated",):
                    self.status = "Ready"
                self.operation = None
                self.updated = self.world.clock()

    def close(self) -> None:
        """Gives the address up."""
        self._balancer.close()

    def abort(self) -> None:
        """Lets the update that goes on be given up."""
        with self.lock:
            if self.operation is None or self.status != "Updating":
                raise AWSError(
                    "InvalidParameterValue",
                    f"Environment named {self.name} is in an invalid state for this operation. "
                    "Must be pending deployment.",
                )
            self.status = "Aborting"
            self.operation.aborted.set()

    # What is asked.

    def uses(self, label: str) -> bool:
        """Whether a version is, or is just becoming, the one that an instance runs."""
        with self.lock:
            deployed = [each.deployment for each in self.instances]
        return label == self.version or any(each and each.label == label for each in deployed)

    def health(self) -> tuple[str, str, list[str]]:
        """Colour, status and causes, from asking every instance now."""
        with self.lock:
            status, instances = self.status, list(self.instances)
            grey = self._grey_until is not None and self.world.clock() < self._grey_until
            is_red = self.is_red
        if status == "Terminated":
            return "Grey", "NoData", []
        if status == "Launching":
            return "Grey", "Pending", []
        if status in ("Updating", "Aborting", "Terminating"):
            return "Grey", "Info", []
        if grey or not instances:
            return "Grey", "NoData", []
        if is_red:
            return "Red", "Severe", ["ELB processes are not healthy on all instances."]
        if all(each.release is None and each.deployment is None for each in instances):
            # A new environment runs Beanstalk's sample, which is healthy.
            return "Green", "Ok", []
        causes = [cause for each in instances for cause in self.instance_causes(each)]
        return ("Red", "Severe", causes) if causes else ("Green", "Ok", [])

    def instance_causes(self, instance: Instance) -> list[str]:
        """What keeps an instance from being healthy."""
        if instance.deployment is None:
            return []
        return instance.causes(self.options.get(HEALTH_PATH, "/"))

    def shape(self) -> dict[str, Any]:
        """The environment as DescribeEnvironments has it."""
        color, health_status, _ = self.health()
        address = f"127.0.0.1:{self._balancer.port}"
        with self.lock:
            return {
                "EnvironmentName": self.name,
                "EnvironmentId": self.identity,
                "EnvironmentArn": self.world.arn(
                    "elasticbeanstalk", f"environment/{self.application}/{self.name}"
                ),
                "ApplicationName": self.application,
                "VersionLabel": self.version,
                "SolutionStackName": PLATFORM,
                "PlatformArn": platform_arn(self.world.region),
                "EndpointURL": address,
                "CNAME": address,
                "DateCreated": self.created,
                "DateUpdated": self.updated,
                "Status": self.status,
                "AbortableOperationInProgress": self.status == "Updating",
                "Health": color,
                "HealthStatus": health_status,
                "Tier": {"Name": "WebServer", "Type": "Standard", "Version": "1.0"},
                "EnvironmentLinks": [],
            }
