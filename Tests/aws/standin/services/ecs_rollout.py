"""A service of ECS and its deployments as time goes by; where containers are run, they decide how it ends.

A rolling deployment is the PRIMARY one from its beginning; the one before it is ACTIVE, with its
tasks still running, until the new one's tasks are steady, and is then no longer listed.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from standin.service import Params

if TYPE_CHECKING:
    from standin.services.ecs_containers import TaskContainers

RUNNING, PENDING, STOPPED = "RUNNING", "PENDING", "STOPPED"


@dataclass
class Task:
    """One copy of a task definition."""

    arn: str
    definition: Params
    deployment: str
    created: datetime
    status: str = PENDING
    reason: str = ""
    code: int | None = None
    exec_enabled: bool = False
    ended: datetime | None = None


@dataclass
class Deployment:
    """One rollout; `outcome` ("ok", "fail" or "stuck") comes `takes` seconds after `began`."""

    definition: Params
    desired: int
    created: datetime
    outcome: str
    takes: float
    status: str = "PRIMARY"
    rollout: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    failure: str = "Essential container in task exited"
    began: float = field(default_factory=time.monotonic)
    updated: datetime | None = None
    id: str = field(default_factory=lambda: f"ecs-svc/{secrets.randbelow(10**19):019}")

    @property
    def is_due(self) -> bool:
        return self.rollout == "IN_PROGRESS" and time.monotonic() - self.began >= self.takes


@dataclass
class RollingService:
    """A service with the deployments that are listed, the newest first, and all of its tasks."""

    arn: str
    name: str
    cluster_arn: str
    params: Params
    created: datetime
    clock: Callable[[], datetime]
    new_task_arn: Callable[[], str]
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    events: list[Params] = field(default_factory=list)
    containers: TaskContainers | None = None

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def desired(self) -> int:
        return int(self.params.get("desiredCount", 1))

    def begin(self, definition: Params, outcome: str, takes: float) -> None:
        """Begins a deployment; what was PRIMARY goes on as ACTIVE until it is replaced."""
        for each in self.deployments:
            each.status = "ACTIVE"
        made = Deployment(definition, self.desired, self.clock(), outcome, takes)
        made.reason = f"ECS deployment {made.id} in progress."
        self.deployments.insert(0, made)
        enabled = bool(self.params.get("enableExecuteCommand"))
        tasks = []
        for _ in range(made.desired):
            arn = self.new_task_arn()
            task = Task(arn, definition, made.id, self.clock(), exec_enabled=enabled)
            tasks.append(task)
        self.tasks += tasks
        self._tell(f"has started {made.desired} tasks.")
        if self.containers:
            self.containers.begin(self, made, tasks)

    def scale(self, count: int) -> None:
        """Another number of tasks, at once."""
        self.params["desiredCount"] = count
        self.primary.desired = count
        mine = [each for each in self._of(self.primary) if each.status != STOPPED]
        for task in mine[count:]:
            self._stop(task, "Scaling activity initiated by deployment", None)
        for _ in range(count - len(mine)):
            task = Task(self.new_task_arn(), self.primary.definition, self.primary.id, self.clock())
            task.exec_enabled = bool(self.params.get("enableExecuteCommand"))
            task.status = RUNNING if self.primary.rollout == "COMPLETED" else PENDING
            self.tasks.append(task)

    def advance(self) -> None:
        """Lets happen what is due by now; called before anybody looks."""
        while self.deployments and self.primary.is_due:
            if self.primary.outcome == "ok":
                self._complete()
            elif self.primary.outcome == "fail":
                if not self._fail():
                    return
            else:
                return

    def end(self) -> None:
        """Deletes the service: its tasks stop."""
        self.status = "INACTIVE"
        self.deployments = []
        for task in self.tasks:
            if task.status != STOPPED:
                self._stop(task, "Task stopped by service deletion", None)

    def count(self, status: str, deployment: Deployment | None = None) -> int:
        tasks = self.tasks if deployment is None else self._of(deployment)
        return sum(1 for each in tasks if each.status == status)

    def _complete(self) -> None:
        done = self.primary
        for task in self.tasks:
            if task.deployment == done.id:
                task.status = RUNNING if task.status == PENDING else task.status
            elif task.status != STOPPED:
                self._stop(task, f"Scaling activity initiated by deployment {done.id}", None)
        done.rollout, done.updated = "COMPLETED", self.clock()
        done.reason = f"ECS deployment {done.id} completed."
        self.deployments = [done]
        self._tell("has reached a steady state.")

    def _fail(self) -> bool:
        """Whether something was decided: without a circuit breaker ECS tries for ever."""
        bad = self.primary
        for task in self._of(bad):
            if task.status != STOPPED:
                self._stop(task, bad.failure, 1)
                bad.failed += 1
        configuration = self.params.get("deploymentConfiguration", {})
        breaker = configuration.get("deploymentCircuitBreaker", {})
        if not breaker.get("enable"):
            return False
        bad.rollout, bad.updated = "FAILED", self.clock()
        bad.reason = "ECS deployment circuit breaker: tasks failed to start."
        self._tell(f"deployment {bad.id} deployment failed: tasks failed to start.")
        if breaker.get("rollback") and len(self.deployments) > 1:
            earlier = self.deployments[1].definition
            self.begin(earlier, "ok", bad.takes)
            self.primary.reason = (
                f"ECS deployment circuit breaker: rolling back to deploymentId {bad.id}."
            )
        return True

    def _of(self, deployment: Deployment) -> list[Task]:
        return [each for each in self.tasks if each.deployment == deployment.id]

    def _stop(self, task: Task, reason: str, code: int | None) -> None:
        task.status, task.reason, task.code, task.ended = STOPPED, reason, code, self.clock()
        if self.containers:
            self.containers.stop(task)

    def _tell(self, what: str) -> None:
        event = {
            "id": secrets.token_hex(16),
            "createdAt": self.clock(),
            "message": f"(service {self.name}) {what}",
        }
        self.events.insert(0, event)


def image_digest(image: str, told: str | None) -> str:
    """The digest that an image's name pins, else the one a test has told, else one of the name."""
    if "@" in image:
        return image.rpartition("@")[2]
    return told or f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"
