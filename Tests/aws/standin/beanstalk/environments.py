"""Operations that change environments."""

from __future__ import annotations

from functools import partial

from standin.beanstalk.environment import Environment
from standin.beanstalk.instance import Release
from standin.beanstalk.records import Options, Version
from standin.beanstalk.store import Store, invalid
from standin.service import Answer, AWSError, Call, Params
from standin.world import World


class Environments:
    """Part of the service."""

    world: World
    store: Store

    def CreateEnvironment(self, call: Call, params: Params) -> Answer:
        application = params["ApplicationName"]
        self.store.application(application)
        label = params.get("VersionLabel")
        version = self._deployable(application, label) if label else None
        name = params.get("EnvironmentName") or f"{application[:30]}-env"
        options = _options(params)
        environment = Environment(self.world, application, name, self.store.tell, options)
        try:
            self.store.add(environment)
        except AWSError:
            environment.close()
            raise
        release = self.store.release(environment, version) if version else None
        environment.begin(
            "Launching", call.operator, call.request_id, partial(environment.launch, release)
        )
        return environment.shape()

    def UpdateEnvironment(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        label = params.get("VersionLabel")
        with environment.lock:
            environment.require_ready()
            version = self._deployable(environment.application, label) if label else None
            for each in params.get("OptionsToRemove") or []:
                key = (each.get("Namespace", ""), each.get("OptionName", ""))
                environment.options.pop(key, None)
            environment.options |= _options(params)
            if version:
                act = partial(environment.deploy, self.store.release(environment, version))
            else:
                act = partial(environment.configure, self.current_release(environment))
            environment.begin("Updating", call.operator, call.request_id, act)
        return environment.shape()

    def current_release(self, environment: Environment) -> Release | None:
        """The release of the environment's version; None while it has none."""
        if environment.version is None:
            return None
        version = self.store.version(environment.application, environment.version)
        return self.store.release(environment, version)

    def AbortEnvironmentUpdate(self, call: Call, params: Params) -> Answer:
        self.store.environment(params).abort()
        return None

    def RestartAppServer(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        with environment.lock:
            environment.require_ready()
            environment.begin("Updating", call.operator, call.request_id, environment.restart)
        return None

    def TerminateEnvironment(self, call: Call, params: Params) -> Answer:
        environment = self.store.environment(params)
        with environment.lock:
            environment.require_ready()
            act = environment.terminate
            environment.begin("Terminating", call.operator, call.request_id, act)
        return environment.shape()

    def _deployable(self, application: str, label: str) -> Version:
        version = self.store.version(application, label)
        if version.status in ("PROCESSING", "FAILED"):
            raise invalid(f"Application Version {label} is in an invalid state: {version.status}.")
        return version


def _options(params: Params) -> Options:
    return {
        (each.get("Namespace", ""), each.get("OptionName", "")): each.get("Value", "")
        for each in params.get("OptionSettings") or []
    }
