"""What takes time in an environment; each runs in the operation's thread."""

from __future__ import annotations

import datetime
import threading
from typing import TYPE_CHECKING

from standin.beanstalk.hooks import Mount
from standin.beanstalk.instance import Instance, InstanceError, Release

if TYPE_CHECKING:
    pass

from standin.beanstalk.environment_state import EnvironmentState, Operation

HOOK_SECONDS = 600


class Environment(EnvironmentState):
    def launch(self, release: Release | None, operation: Operation) -> None:
        """Makes the instances and brings the first version onto them."""
        self.tell("launching")
        operation.aborted.wait(self.settings.number("launch_seconds", 0))
        for _ in range(self.fleet):
            with self.lock:
                self.instances.append(self._new_instance())
        if release is not None:
            self.deploy(release, operation)
        self.tell("launched")

    def _new_instance(self) -> Instance:
        def mount() -> Mount:
            return self.settings.mount(self.world)

        seconds = self.settings.number("hook_seconds", HOOK_SECONDS)
        return Instance(self.folder, self._engine, self.world.children, mount, seconds)

    def deploy(self, release: Release, operation: Operation) -> None:
        """Brings a version onto all instances; the label changes only when all have it."""
        script = self.settings.script(release.label)
        label = release.label
        self.tell("starting", version=label)
        with self.lock:
            self._deployments += 1
            self.is_red = False
        operation.aborted.wait(script.deploy_seconds / 2)
        self.tell("deploying", version=label)
        before = [each.release for each in self.instances]
        failed = script.outcome == "fail"
        if failed:
            self._tell_failure(self.instances[0], "a failure that was asked for", label)
        if script.outcome == "stuck":
            operation.aborted.wait()
        skipped = failed or script.outcome == "lags"
        for index, instance in enumerate([] if skipped else self.instances):
            if operation.aborted.is_set():
                break
            if script.outcome == "half" and index == len(self.instances) - 1 and index > 0:
                self._tell_failure(instance, "a failure that was asked for", label)
                failed = True
                break
            try:
                check = self.settings.number("check_seconds", 0.3)
                instance.deploy(release, self._deployments, check)
            except InstanceError as error:
                # All instances deploy at once: the others go on.
                self._tell_failure(instance, str(error), label)
                failed = True
        operation.aborted.wait(script.deploy_seconds / 2)
        if operation.aborted.is_set():
            self._roll_back(release, before)
            return
        if failed:
            self.tell("failed", "ERROR", label)
            return
        self._deployed(release, script.outcome, script.seconds)

    def _tell_failure(self, instance: Instance, reason: str, label: str | None) -> None:
        values = {"instance": instance.identity, "reason": reason}
        self.tell("instance-failed", "ERROR", label, **values)
        self.tell("command-failed", "ERROR", label, **values)

    def _deployed(self, release: Release, outcome: str, seconds: float) -> None:
        with self.lock:
            self.version = release.label
            self.is_red = outcome == "red"
            grey = datetime.timedelta(seconds=self.settings.number("grey_seconds", 0))
            self._grey_until = self.world.clock() + grey
        self.tell("deployed", version=release.label)
        if outcome == "red":
            cause = "ELB processes are not healthy on all instances."
            self.tell("red", "WARN", release.label, cause=cause)
        if outcome == "exits-after":
            timer = threading.Timer(seconds, self._crash, (release,))
            timer.daemon = True
            timer.start()
        self.tell("completed", version=release.label)

    def _crash(self, release: Release) -> None:
        for instance in self.instances:
            if instance.release is release:
                instance.crash()

    def _roll_back(self, release: Release, before: list[Release | None]) -> None:
        self.tell("aborting", "WARN", release.label)
        for instance, old in zip(self.instances, before, strict=True):
            if old and instance.deployment and instance.deployment.label == release.label:
                try:
                    instance.deploy(old, self._deployments, 0)
                except InstanceError as error:
                    self._tell_failure(instance, str(error), old.label)
        self.tell("aborted")

    def configure(self, release: Release | None, operation: Operation) -> None:
        """Changed options: the containers start again with the changed variables."""
        self.tell("starting")
        with self.lock:
            self._deployments += 1
        for instance in self.instances:
            if release is None or operation.aborted.is_set():
                break
            try:
                instance.deploy(release, self._deployments, 0, "confighooks")
            except InstanceError as error:
                self._tell_failure(instance, str(error), release.label)
        self.tell("configured")
        self.tell("completed")

    def restart(self, operation: Operation) -> None:
        """Restarts every container."""
        self.tell("restarting")
        for instance in self.instances:
            try:
                instance.restart(self.settings.number("check_seconds", 0.3))
            except InstanceError as error:
                self._tell_failure(instance, str(error), self.version)
        self.tell("restarted")

    def replace(self, release: Release | None, operation: Operation) -> None:
        """An instance is lost and a new one takes its place, with the environment's version."""
        with self.lock:
            old = self.instances.pop(0)
            new = self._new_instance()
            self.instances.append(new)
        old.terminate()
        self.tell("replaced", "WARN", old=old.identity, instance=new.identity)
        if release:
            try:
                new.deploy(release, self._deployments, self.settings.number("check_seconds", 0.3))
            except InstanceError as error:
                self._tell_failure(new, str(error), release.label)

    def idle(self, seconds: float, operation: Operation) -> None:
        """An update that changes nothing and lasts so long, unless it is aborted."""
        self.tell("starting")
        operation.aborted.wait(seconds)
        self.tell("aborted" if operation.aborted.is_set() else "completed")

    def terminate(self, operation: Operation) -> None:
        """Ends the instances and gives the address up."""
        self.tell("terminating")
        for instance in self.instances:
            instance.terminate()
        self.close()
        with self.lock:
            self.instances = []
            self.status = "Terminated"
        self.tell("terminated")
