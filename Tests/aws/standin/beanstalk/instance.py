"""One instance of an environment: where a version is unpacked, hooked and run."""

from __future__ import annotations

import datetime
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standin.beanstalk import bundle
from standin.beanstalk.bundle import BundleError, Dockerrun
from standin.beanstalk.container import Container, ContainerError, Engine, Start, status_of
from standin.beanstalk.hooks import HookError, HookRunner, Mount
from standin.children import Children


class InstanceError(Exception):
    """A command failed on the instance; the text says why."""


@dataclass(frozen=True)
class Release:
    """What is brought onto instances: a version's bundle and the variables for it."""

    label: str | None
    content: bytes
    variables: dict[str, str]


@dataclass
class Deployment:
    """The last deployment to an instance, as DescribeInstancesHealth has it."""

    label: str | None
    number: int
    status: str
    time: datetime.datetime

    def shape(self) -> dict[str, Any]:
        return {
            "VersionLabel": self.label,
            "DeploymentId": self.number,
            "Status": self.status,
            "DeploymentTime": self.time,
        }


class Instance:
    """An instance; its operations are called by one thread at a time, its questions by any."""

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        children: Children,
        mount: Callable[[], Mount],
        hook_seconds: float,
    ):
        self.identity = f"i-{secrets.token_hex(17)[:17]}"
        self.launched = datetime.datetime.now(datetime.UTC)
        self.deployment: Deployment | None = None
        self.release: Release | None = None
        self._folder = folder / self.identity
        self._folder.mkdir(parents=True)
        self._engine = engine
        self._mount = mount
        self._children = children
        self._hook_seconds = hook_seconds
        self._lock = threading.Lock()
        self._container: Container | None = None

    @property
    def _current(self) -> Path:
        return self._folder / "current"

    def deploy(
        self, release: Release, number: int, check_seconds: float, hooks: str = "hooks"
    ) -> None:
        """Brings a version onto the instance, as the platform's engine does it.

        A changed configuration runs other hooks ("confighooks"), and is the same otherwise.
        """
        now = datetime.datetime.now(datetime.UTC)
        self.deployment = Deployment(release.label, number, "In Progress", now)
        try:
            self._deploy(release, check_seconds, hooks)
        except (BundleError, ContainerError, HookError) as error:
            self.deployment.status = "Failed"
            self._note(f"ERROR {error}")
            raise InstanceError(str(error)) from error
        self.deployment.status = "Deployed"
        self.release = release

    def _deploy(self, release: Release, check_seconds: float, hooks: str) -> None:
        staging = self._folder / "staging"
        self._note(f"deploying {release.label}")
        bundle.unpack(release.content, staging)
        dockerrun = bundle.dockerrun(staging)
        variables = {**release.variables, "PORT": str(dockerrun.container_port)}
        self._hook(staging, f"{hooks}/prebuild", variables)
        self._engine.pull(dockerrun.image)
        self._hook(staging, f"{hooks}/predeploy", variables)
        # From here on the version before is gone, whatever becomes of this one.
        self._stop()
        shutil.rmtree(self._current, ignore_errors=True)
        staging.rename(self._current)
        self._run(Start(dockerrun, self._volumes(dockerrun), variables), check_seconds)
        self._hook(self._current, f"{hooks}/postdeploy", variables)

    def restart(self, check_seconds: float) -> None:
        """Starts the container of what is deployed again, without hooks."""
        if self.release is None:
            return
        self._stop()
        try:
            dockerrun = bundle.dockerrun(self._current)
            variables = {**self.release.variables, "PORT": str(dockerrun.container_port)}
            self._run(Start(dockerrun, self._volumes(dockerrun), variables), check_seconds)
        except (BundleError, ContainerError) as error:
            raise InstanceError(str(error)) from error

    def _run(self, start: Start, check_seconds: float) -> None:
        container = self._engine.start(start, self._folder)
        with self._lock:
            self._container = container
        # The platform looks once, after a few seconds, whether it is still there.
        time.sleep(check_seconds)
        if not container.is_running():
            log = container.log().strip().splitlines()[-5:]
            raise ContainerError(
                f"The Docker container unexpectedly ended after it was started: {'; '.join(log)}"
            )

    def _volumes(self, dockerrun: Dockerrun) -> list[tuple[Path, str]]:
        return [(self._real(host), inside) for host, inside in dockerrun.volumes]

    def _hook(self, folder: Path, kind: str, variables: dict[str, str]) -> None:
        scratch = self._folder / "root"
        runner = HookRunner(self._children, self._mount(), scratch, self._hook_seconds)
        for line in runner.run(folder, kind, variables):
            self._note(line)

    def _real(self, host: str) -> Path:
        folder = self._mount().translated(host)
        if folder is None:
            # On the instance's own disk.
            folder = self._folder / "disk" / host.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def crash(self) -> None:
        """Ends the container, as one that exits by itself."""
        self._stop()

    def _stop(self) -> None:
        with self._lock:
            container, self._container = self._container, None
        if container:
            container.stop()

    def terminate(self) -> None:
        """Ends all that the instance runs."""
        self._stop()

    @property
    def port(self) -> int | None:
        """Where its container listens; None while none runs."""
        with self._lock:
            container = self._container
        return container.port or None if container else None

    def causes(self, path: str) -> list[str]:
        """What keeps it from being healthy, found by asking its container."""
        port = self.port
        status = status_of(port, path) if port else None
        if status is None:
            return ["Instance has not sent any data; the application does not answer."]
        if status >= 500:
            return [f"100.0 % of the requests are failing with HTTP 5xx ({status})."]
        return []

    def tail(self) -> str:
        """The end of its logs, as a request for logs brings them."""
        with self._lock:
            container = self._container
        engine = self._folder / "eb-engine.log"
        parts = ["----------------------------------------", "/var/log/eb-engine.log"]
        parts += [engine.read_text()[-20000:] if engine.exists() else ""]
        parts += ["----------------------------------------", "/var/log/eb-docker/containers"]
        parts += [container.log()[-20000:] if container else ""]
        return "\n".join(parts) + "\n"

    def _note(self, line: str) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        with (self._folder / "eb-engine.log").open("a", encoding="utf-8") as log:
            log.write(f"{now} {line}\n")
