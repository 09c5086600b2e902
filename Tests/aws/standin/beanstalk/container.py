"""What an instance runs: a real container, or a process that stands in for one."""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from standin.beanstalk.bundle import Dockerrun

if TYPE_CHECKING:
    from standin.world import World

_PULL_SECONDS = 600


class ContainerError(Exception):
    """The image cannot be had, or the container does not start or stay."""


@dataclass(frozen=True)
class Start:
    """What a container is started with; `volumes` are real folders and folders inside."""

    dockerrun: Dockerrun
    volumes: list[tuple[Path, str]]
    variables: dict[str, str]


class Container(Protocol):
    """A started container."""

    port: int

    def is_running(self) -> bool: ...

    def stop(self) -> None: ...

    def log(self) -> str: ...


class Engine(Protocol):
    """What can pull and start."""

    def pull(self, image: str) -> None: ...

    def start(self, start: Start, folder: Path) -> Container: ...


def status_of(port: int, path: str) -> int | None:
    """The status that is answered at a loopback port; None for no answer within two seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class DockerEngine:
    """Real containers. All carry a label with our address, by which the watchdog removes them."""

    def __init__(self, world: World):
        self._world = world

    def pull(self, image: str) -> None:
        configuration = self._world.folder("beanstalk", "docker")
        (configuration / "config.json").write_text(json.dumps(self._logins(image)))
        done = self._docker("--config", str(configuration), "pull", "--quiet", image)
        if done.returncode:
            raise ContainerError(f"Failed to pull docker image {image}: {done.stdout.strip()}")

    def _logins(self, image: str) -> dict[str, Any]:
        """An instance pulls from the private registry by its role; the public one needs none."""
        registry = self._world.registry
        if not image.startswith(f"{registry.address}/"):
            return {}
        if image.startswith(f"{registry.address}/{registry.alias}/"):
            return {}
        token = registry.tokens.issue("ecr", "(instance role)", _PULL_SECONDS)
        login = base64.b64encode(f"AWS:{token.password}".encode()).decode()
        return {"auths": {registry.address: {"auth": login}}}

    def start(self, start: Start, folder: Path) -> Container:
        arguments = ["run", "--detach", "--label", f"standin={self._world.registry.address}"]
        arguments += ["--publish", f"127.0.0.1::{start.dockerrun.container_port}"]
        for host, inside in start.volumes:
            arguments += ["--volume", f"{host}:{inside}"]
        for name, value in start.variables.items():
            arguments += ["--env", f"{name}={value}"]
        done = self._docker(*arguments, start.dockerrun.image)
        if done.returncode:
            raise ContainerError(f"Docker container failed to start: {done.stdout.strip()}")
        container = DockerContainer(self._world, done.stdout.split()[-1])
        container.find_port()
        return container

    def _docker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return docker(self._world, *arguments)


def docker(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Docker's client to its end."""
    return world.children.run(["docker", *arguments], _PULL_SECONDS)


class DockerContainer:
    """A container of Docker's engine."""

    def __init__(self, world: World, identity: str):
        self._world = world
        self._identity = identity
        self.port = 0

    def find_port(self) -> None:
        """Asks which port of the host was given; a container that has ended has none."""
        done = docker(self._world, "port", self._identity)
        if done.returncode == 0 and ":" in done.stdout:
            self.port = int(done.stdout.splitlines()[0].rpartition(":")[2])

    def is_running(self) -> bool:
        done = docker(self._world, "inspect", "--format", "{{.State.Running}}", self._identity)
        return done.stdout.strip() == "true"

    def stop(self) -> None:
        docker(self._world, "rm", "--force", "--volumes", self._identity)

    def log(self) -> str:
        return docker(self._world, "logs", "--tail", "100", self._identity).stdout


class ProcessEngine:
    """Stands in where no containers are wanted: pulling asks whether the registry has the image."""

    def __init__(self, world: World):
        self._world = world

    def pull(self, image: str) -> None:
        registry = self._world.registry
        address, _, rest = image.partition("/")
        path, reference = rest, "latest"
        if "@" in rest:
            path, _, reference = rest.partition("@")
            path = path.rpartition(":")[0] if ":" in path else path
        elif ":" in rest:
            path, _, reference = rest.rpartition(":")
        repository = registry.catalogue.at(path) if address == registry.address else None
        if repository is None or repository.find(reference) is None:
            raise ContainerError(f"Failed to pull docker image {image}: manifest unknown")

    def start(self, start: Start, folder: Path) -> Container:
        log = folder / "container.log"
        data = str(start.volumes[0][0]) if start.volumes else ""
        with log.open("ab") as output:
            child = self._world.children.start(
                [sys.executable, "-m", "standin.beanstalk.site", data],
                stdout=subprocess.PIPE,
                stderr=output,
                env={"PYTHONPATH": ":".join(sys.path), **start.variables},
            )
        return ProcessContainer(self._world, child, log)


class ProcessContainer:
    """A process that answers as a site would."""

    def __init__(self, world: World, child: subprocess.Popen[bytes], log: Path):
        self._world = world
        self._child = child
        self._log = log
        assert child.stdout is not None
        with child.stdout as output:
            line = output.readline().strip()
        self.port = int(line) if line else 0

    def is_running(self) -> bool:
        return self._child.poll() is None

    def stop(self) -> None:
        self._world.children.end(self._child)

    def log(self) -> str:
        return self._log.read_text(errors="replace")
