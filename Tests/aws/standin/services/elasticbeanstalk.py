"""Elastic Beanstalk; the package standin.beanstalk has its parts."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import Any

from standin.beanstalk.environments import Environments
from standin.beanstalk.questions import Questions
from standin.beanstalk.store import Store
from standin.beanstalk.versions import Versions
from standin.service import Service
from standin.world import World


class ElasticBeanstalk(Versions, Environments, Questions, Service):
    """The service. Its settings are described in README.md of this package."""

    name = "elasticbeanstalk"
    actions = frozenset({"update_by", "replace_instance"})

    def __init__(self, world: World):
        super().__init__(world)
        self.store = Store(world)
        self.log_pages: dict[str, str] = {}
        self._watchdog: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.world.docker:
            # It must outlive us, to remove what we leave: none of our other children.
            self._watchdog = subprocess.Popen(
                [sys.executable, "-m", "standin.beanstalk.watchdog", self.world.registry.address],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self) -> None:
        if self._watchdog and self._watchdog.stdin:
            self._watchdog.stdin.close()
            self._watchdog.wait()

    def changed(self, settings: dict[str, Any]) -> None:
        other = settings.get("update_by")
        if other:
            environment = self.store.environment({"EnvironmentName": other["environment"]})
            operator = other.get("operator", "somebody")
            if other.get("version"):
                version = self.store.version(environment.application, other["version"])
                act = partial(environment.deploy, self.store.release(environment, version))
            else:
                act = partial(environment.idle, float(other.get("seconds", 1)))
            with environment.lock:
                environment.require_ready()
                environment.begin("Updating", operator, f"by-{operator}", act)
        lost = settings.get("replace_instance")
        if lost:
            environment = self.store.environment({"EnvironmentName": lost})
            act = partial(environment.replace, self.current_release(environment))
            with environment.lock:
                environment.require_ready()
                environment.begin("Updating", "(Beanstalk)", "auto-scaling", act)
