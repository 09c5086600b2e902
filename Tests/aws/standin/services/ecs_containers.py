"""The containers of ECS tasks, where they are really run: with the file system mounted, behind one address
for each service."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from standin.beanstalk.balancer import Balancer
from standin.beanstalk.bundle import Dockerrun
from standin.beanstalk.container import (
    Container,
    ContainerError,
    DockerEngine,
    Engine,
    ProcessEngine,
    Start,
)
from standin.service import Params

if TYPE_CHECKING:
    from standin.services.ecs_rollout import Deployment, RollingService, Task
    from standin.world import World

_STEADY_SECONDS = 0.5


class TaskContainers:
    """Starts the containers of a deployment's tasks, decides by them how it ends, and stops them."""

    def __init__(self, world: World, lock: threading.RLock):
        self._world = world
        self._lock = lock
        self._engine: Engine = DockerEngine(world) if world.docker else ProcessEngine(world)
        self._running: dict[str, list[Container]] = {}
        self._balancers: dict[str, Balancer] = {}

    def address(self, service: RollingService) -> str:
        """Where the running tasks of a service answer."""
        if service.arn not in self._balancers:
            self._balancers[service.arn] = Balancer(lambda: self._ports(service))
        return f"http://127.0.0.1:{self._balancers[service.arn].port}/"

    def begin(self, service: RollingService, deployment: Deployment, tasks: list[Task]) -> None:
        """Lets a deployment's end be that of its containers."""
        deployment.outcome = "stuck"
        threading.Thread(target=self._begin, args=(deployment, tasks), daemon=True).start()

    def stop(self, task: Task) -> None:
        """Ends a task's containers, some time later."""
        containers = self._running.pop(task.arn, [])
        for each in containers:
            threading.Thread(target=each.stop, daemon=True).start()

    def _begin(self, deployment: Deployment, tasks: list[Task]) -> None:
        outcome = "ok"
        try:
            for task in tasks:
                self._start(task)
        except ContainerError as error:
            deployment.failure = str(error)
            outcome = "fail"
        with self._lock:
            deployment.takes = 0
            deployment.outcome = outcome

    def _start(self, task: Task) -> None:
        for definition in task.definition["containerDefinitions"]:
            self._engine.pull(definition["image"])
            ports = definition.get("portMappings") or [{"containerPort": 8000}]
            port = int(ports[0]["containerPort"])
            volumes = [
                self._mount(task.definition, mount) for mount in definition.get("mountPoints", [])
            ]
            variables = {each["name"]: each["value"] for each in definition.get("environment", [])}
            variables.setdefault("PORT", str(port))
            start = Start(Dockerrun(definition["image"], port, []), volumes, variables)
            folder = self._world.folder("ecs", task.arn.rpartition("/")[2])
            container = self._engine.start(start, folder)
            self._running.setdefault(task.arn, []).append(container)
            self._await(container)

    def _await(self, container: Container) -> None:
        """Without a load balancer and a health check, a task that does not end is healthy."""
        time.sleep(_STEADY_SECONDS)
        if not container.is_running():
            last = container.log().strip().splitlines()[-5:]
            raise ContainerError(f"Essential container in task exited: {'; '.join(last)}")

    def _mount(self, definition: Params, mount: Params) -> tuple[Path, str]:
        volumes = {each["name"]: each for each in definition.get("volumes", [])}
        efs = volumes[mount["sourceVolume"]]["efsVolumeConfiguration"]
        point = efs.get("authorizationConfig", {}).get("accessPointId")
        if point:
            root = self._world.folder("access-points") / point
        else:
            root = self._world.filesystem(efs["fileSystemId"])
            root = root / efs.get("rootDirectory", "/").strip("/")
        if not root.is_dir():
            raise ContainerError(
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS "
                f"volumes: No such file or directory: {efs.get('rootDirectory')}"
            )
        suffix = ":ro" if mount.get("readOnly") else ""
        return root.resolve(), mount["containerPath"] + suffix

    def _ports(self, service: RollingService) -> list[int]:
        ports = []
        with contextlib.suppress(RuntimeError):
            for task in service.tasks:
                if task.status == "RUNNING":
                    ports += [each.port for each in self._running.get(task.arn, [])]
        return ports
