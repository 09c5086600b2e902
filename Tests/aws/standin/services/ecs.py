"""ECS: services whose deployments take their time and may fail. Clusters and task definitions are
MiniStack's. Containers are run only where `containers` is set.

Settings, read when a deployment begins, `execute` and `image_digest` when asked for:
    rollout         "ok", "fail" (tasks exit; the circuit breaker decides) or "stuck" ("ok")
    rollout_takes   seconds until then (0)
    execute         "ok" or the code of the error that ExecuteCommand gives
                    ("TargetNotConnectedException")
    containers      whether tasks run real containers, whose end is then that of the rollout (false);
                    /standin/ecs/NAME tells where those of a service answer
    image_digest    the digest that containers tell whose image is not named by one
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any

from standin.service import AWSError, Call, Params, Service
from standin.services.ecs_answers import containers, told_service, told_task
from standin.services.ecs_containers import TaskContainers
from standin.services.ecs_rollout import (
    RUNNING,
    STOPPED,
    RollingService,
    Task,
)
from standin.services.forwarding import forward
from standin.services.paging import page

if TYPE_CHECKING:
    from standin.world import World

_NOT_OF_A_SERVICE = ("cluster", "service", "forceNewDeployment", "taskDefinition", "desiredCount")


class ElasticContainers(Service):
    """Services and tasks."""

    name = "ecs"

    def __init__(self, world: World):
        super().__init__(world)
        self._lock = threading.RLock()
        self._services: dict[str, RollingService] = {}
        self._runner = TaskContainers(world, self._lock)

    def look(self, what: str) -> dict[str, Any] | None:
        with self._lock:
            for service in self._services.values():
                if service.name == what:
                    return {"address": self._runner.address(service)}
        return None

    def paid(self) -> list[dict[str, str]]:
        with self._lock:
            for service in self._services.values():
                service.advance()
            return [
                {"kind": "ecs-task", "id": task.arn, "state": task.status}
                for service in self._services.values()
                for task in service.tasks
                if task.status != STOPPED
            ]

    # Services.

    def CreateService(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        name = params["serviceName"]
        definition = self._definition(params["taskDefinition"])
        arn = self.world.arn("ecs", f"service/{_last(cluster)}/{name}")
        with self._lock:
            known = self._services.get(arn)
            if known is not None and known.status == "ACTIVE":
                raise AWSError(
                    "InvalidParameterException", "Creation of service was not idempotent."
                )
            kept = {key: value for key, value in params.items() if key != "cluster"}
            service = RollingService(
                arn=arn,
                name=name,
                cluster_arn=cluster,
                params=kept,
                created=self.world.clock(),
                clock=self.world.clock,
                new_task_arn=lambda: self._new_task_arn(cluster),
            )
            self._services[arn] = service
            self._begin(service, definition)
            return {"service": told_service(service)}

    def UpdateService(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        wanted = params.get("taskDefinition")
        definition = self._definition(wanted) if wanted else None
        with self._lock:
            service = self._service(cluster, params["service"])
            if service.status != "ACTIVE":
                raise AWSError("ServiceNotActiveException", "Service was not ACTIVE.")
            service.params |= {
                key: value for key, value in params.items() if key not in _NOT_OF_A_SERVICE
            }
            if "desiredCount" in params:
                service.scale(params["desiredCount"])
            current = service.primary.definition
            changed = definition and definition["taskDefinitionArn"] != current["taskDefinitionArn"]
            if changed or params.get("forceNewDeployment"):
                self._begin(service, definition or current)
            return {"service": told_service(service)}

    def DescribeServices(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        if len(params["services"]) > 10:
            raise AWSError("InvalidParameterException", "Services cannot be more than 10.")
        found, failures = [], []
        with self._lock:
            for each in params["services"]:
                arn = self._arn(cluster, each)
                if arn in self._services:
                    found.append(told_service(self._services[arn]))
                else:
                    failures.append({"arn": arn, "reason": "MISSING"})
        return {"services": found, "failures": failures}

    def ListServices(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        with self._lock:
            arns = [
                each.arn
                for each in self._services.values()
                if each.cluster_arn == cluster and each.status == "ACTIVE"
            ]
        return page(arns, params, "serviceArns", 10, token="nextToken", limit="maxResults")

    def DeleteService(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        with self._lock:
            service = self._service(cluster, params["service"])
            if service.desired > 0 and not params.get("force"):
                raise AWSError(
                    "InvalidParameterException",
                    "The service cannot be stopped while it is scaled above 0.",
                )
            service.end()
            return {"service": told_service(service)}

    # Tasks.

    def ListTasks(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        wanted = params.get("desiredStatus", RUNNING)
        name = params.get("serviceName")
        with self._lock:
            if name is not None:
                self._service(cluster, name)
            arns = [
                task.arn
                for service, task in self._tasks(cluster)
                if name in (None, service.name, service.arn)
                and (task.status == STOPPED) == (wanted == STOPPED)
                and params.get("family", task.definition["family"]) == task.definition["family"]
            ]
        return page(arns, params, "taskArns", 100, token="nextToken", limit="maxResults")

    def DescribeTasks(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        found, failures = [], []
        with self._lock:
            known = {_last(task.arn): each for each in self._tasks(cluster) for task in each[1:]}
            for each in params["tasks"]:
                if _last(each) in known:
                    found.append(told_task(*known[_last(each)], self.settings.get("image_digest")))
                else:
                    failures.append({"arn": each, "reason": "MISSING"})
        return {"tasks": found, "failures": failures}

    def ExecuteCommand(self, call: Call, params: Params) -> Params:
        cluster = self._cluster(params)
        with self._lock:
            for _, task in self._tasks(cluster):
                if _last(task.arn) == _last(params["task"]):
                    return self._execute(cluster, task, params)
        raise AWSError("InvalidParameterException", "The specified task was not found.")

    # Inside.

    def _execute(self, cluster: str, task: Task, params: Params) -> Params:
        outcome = self.settings.get("execute", "TargetNotConnectedException")
        if not task.exec_enabled:
            raise AWSError(
                "InvalidParameterException",
                "The execute command failed because execute command was not enabled when the task "
                "was run or the execute command agent isn't running.",
            )
        if outcome != "ok":
            raise AWSError(outcome, "The execute command failed due to an internal error.")
        session = f"ecs-execute-command-{secrets.token_hex(9)[:17]}"
        stream = f"wss://ssmmessages.{self.world.region}.amazonaws.com/v1/data-channel/{session}"
        return {
            "clusterArn": cluster,
            "taskArn": task.arn,
            "containerName": params.get("container", containers(task, None)[0]["name"]),
            "interactive": params["interactive"],
            "session": {
                "sessionId": session,
                "streamUrl": stream,
                "tokenValue": secrets.token_hex(64),
            },
        }

    def _cluster(self, params: Params) -> str:
        """The ARN of the cluster that is meant."""
        wanted = params.get("cluster", "default")
        found = forward(self.world, "ecs", "DescribeClusters", {"clusters": [wanted]})["clusters"]
        if not found or found[0]["status"] != "ACTIVE":
            raise AWSError("ClusterNotFoundException", "Cluster not found.")
        arn: str = found[0]["clusterArn"]
        return arn

    def _definition(self, wanted: str) -> Params:
        asked = {"taskDefinition": wanted}
        try:
            answer = forward(self.world, "ecs", "DescribeTaskDefinition", asked)
        except AWSError:
            raise AWSError("ClientException", "TaskDefinition not found.") from None
        definition: Params = answer["taskDefinition"]
        if definition["status"] != "ACTIVE":
            raise AWSError("ClientException", "TaskDefinition is inactive")
        return definition

    def _begin(self, service: RollingService, definition: Params) -> None:
        settings = self.settings
        takes = float(settings.get("rollout_takes", 0))
        if settings.get("containers"):
            service.containers = self._runner
        service.begin(definition, settings.get("rollout", "ok"), takes)

    def _service(self, cluster: str, name: str) -> RollingService:
        found = self._services.get(self._arn(cluster, name))
        if found is None:
            raise AWSError("ServiceNotFoundException", "Service not found.")
        found.advance()
        return found

    def _arn(self, cluster: str, name: str) -> str:
        if name.startswith("arn:"):
            return name
        return self.world.arn("ecs", f"service/{_last(cluster)}/{name}")

    def _new_task_arn(self, cluster: str) -> str:
        return self.world.arn("ecs", f"task/{_last(cluster)}/{secrets.token_hex(16)}")

    def _tasks(self, cluster: str) -> list[tuple[RollingService, Task]]:
        found = []
        for service in self._services.values():
            if service.cluster_arn == cluster:
                service.advance()
                found += [(service, task) for task in service.tasks]
        return found


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
