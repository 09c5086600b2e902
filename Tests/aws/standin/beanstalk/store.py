"""Everything that Beanstalk keeps, and how versions become releases for instances."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from standin.beanstalk import bundle
from standin.beanstalk.bundle import BundleError
from standin.beanstalk.environment import Environment
from standin.beanstalk.instance import Release
from standin.beanstalk.records import (
    ENVIRONMENT_VARIABLES,
    Application,
    Event,
    Options,
    Version,
    platform_arn,
)
from standin.beanstalk.scripts import Settings
from standin.beanstalk.texts import text
from standin.service import AWSError

if TYPE_CHECKING:
    from standin.world import World


class Store:
    """Applications, environments and events; safe to use from many threads."""

    def __init__(self, world: World):
        self.world = world
        self.lock = threading.RLock()
        self.applications: dict[str, Application] = {}
        self._environments: list[Environment] = []
        self._events: list[Event] = []

    def application(self, name: str) -> Application:
        with self.lock:
            found = self.applications.get(name)
        if found is None:
            raise invalid(f"No Application named '{name}' found.")
        return found

    def version(self, application: str, label: str) -> Version:
        with self.lock:
            found = self.application(application).versions.get(label)
        if found is None:
            raise invalid(f"No Application Version named '{label}' found.")
        return found

    def add(self, environment: Environment) -> None:
        """Keeps an environment; its name must not be in use."""
        with self.lock:
            if any(
                each.name == environment.name and each.status != "Terminated"
                for each in self._environments
            ):
                raise invalid(f"Environment {environment.name} already exists.")
            self._environments.append(environment)

    def environments(self) -> list[Environment]:
        with self.lock:
            return list(self._environments)

    def environment(self, params: dict[str, Any]) -> Environment:
        """The living environment that a call names or gives the id of."""
        name, identity = params.get("EnvironmentName"), params.get("EnvironmentId")
        if not (name or identity):
            raise AWSError("MissingParameter", "Either EnvironmentName or EnvironmentId is needed.")
        for each in self.environments():
            is_it = identity in (None, each.identity) and name in (None, each.name)
            if is_it and each.status != "Terminated":
                return each
        raise invalid(f"No Environment found for EnvironmentName = '{name or identity}'.")

    def content(self, version: Version) -> bytes:
        """The bundle out of S3."""
        try:
            answer = self.world.upstream("s3").get_object(Bucket=version.bucket, Key=version.key)
        except ClientError as error:
            raise invalid(
                f"Unable to download from S3 location (Bucket: {version.bucket} "
                f"Key: {version.key}). Reason: {error.response['Error'].get('Message')}"
            ) from error
        return answer["Body"].read()

    def release(self, environment: Environment, version: Version) -> Release:
        """What is to be brought onto the instances for a version, by the options of now."""
        try:
            content = self.content(version)
            extensions = bundle.option_settings(content)
        except (AWSError, BundleError):
            # The deployment will say so: an instance that finds no archive fails.
            content, extensions = b"", {}
        return Release(version.label, content, variables({**extensions, **environment.options}))

    def extensions(self, application: str, label: str) -> Options:
        """The options that a version brings in .ebextensions."""
        try:
            return bundle.option_settings(self.content(self.version(application, label)))
        except (AWSError, BundleError):
            return {}

    def tell(
        self,
        environment: Environment,
        key: str,
        severity: str,
        version: str | None,
        request_id: str,
        **values: Any,
    ) -> None:
        """Enters an event of an environment."""
        words = text(key, Settings.of(self.world).vary_texts, **values)
        event = Event(
            self.world.clock(),
            words,
            severity,
            environment.application,
            environment.name,
            environment.identity,
            version,
            request_id,
            platform_arn(self.world.region),
        )
        with self.lock:
            self._events.append(event)

    def events(self) -> list[Event]:
        """The newest first."""
        with self.lock:
            return list(reversed(self._events))


def variables(options: Options) -> dict[str, str]:
    """The variables of the container among the options."""
    return {
        name: value for (space, name), value in options.items() if space == ENVIRONMENT_VARIABLES
    }


def invalid(message: str) -> AWSError:
    """The error that Beanstalk answers most mistakes with."""
    return AWSError("InvalidParameterValue", message)
