"""What all services share: places, clock, journal, settings of a test, and each other."""

from __future__ import annotations

import datetime
import threading
from copy import deepcopy
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from standin.children import Children
from standin.faults import Faults
from standin.journal import Journal
from standin.operators import Operators
from standin.registry.registry import Registry
from standin.service import Service
from standin.services import classes

ACCOUNT = "123456789012"
_NAMED = "environments"
"""The setting that holds settings of one environment each."""


class World:
    """The state of one stand-in."""

    def __init__(self, state: Path, region: str, operators: list[str], docker: bool):
        state.mkdir(parents=True, exist_ok=True)
        self.state = state
        self.region = region
        self.account = ACCOUNT
        self.docker = docker
        self.lock = threading.RLock()
        self.children = Children()
        self.journal = Journal(state / "journal.jsonl")
        self.faults = Faults()
        self.operators = Operators(operators)
        self.endpoint = ""
        """Our own address, for what is handed out to clients; known once the front listens."""
        self.upstream_endpoint = ""
        """MiniStack's address."""
        self._settings: dict[str, dict[str, Any]] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self.registry = Registry(self)
        self.services: dict[str, Service] = {}
        for kind in classes():
            self.services[kind.name] = kind(self)

    def clock(self) -> datetime.datetime:
        """Now by AWS's clock, with its zone (UTC); a test may set it apart from the machine's."""
        offset = float(self.settings("front").get("clock_offset", 0))
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset)

    def folder(self, *names: str) -> Path:
        """A folder below the state folder, made if it is missing."""
        path = self.state.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def filesystem(self, identity: str) -> Path:
        """The folder that stands for an EFS file system."""
        return self.folder("efs", identity)

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        """An ARN in our account."""
        where = self.region if region is None else region
        return f"arn:aws:{service}:{where}:{self.account}:{resource}"

    def settings(self, service: str) -> dict[str, Any]:
        """A copy of what a test has set for a service."""
        with self.lock:
            return deepcopy(self._settings.get(service, {}))

    def all_settings(self) -> dict[str, dict[str, Any]]:
        """A copy of what a test has set for all services."""
        with self.lock:
            return deepcopy(self._settings)

    def set(self, wanted: dict[str, dict[str, Any]]) -> None:
        """Lays settings over the ones that are there, those of environments name by name; null takes one away."""
        with self.lock:
            unknown = [name for name in wanted if name not in self.services]
            if unknown:
                raise ValueError(f"no such service here: {', '.join(unknown)}")
            for name, values in wanted.items():
                settings = self._settings.setdefault(name, {})
                actions = self.services[name].actions
                laid = {k: v for k, v in values.items() if k not in actions}
                if laid.get(_NAMED):
                    # Another test's site may be in the same account.
                    laid[_NAMED] = _without_null(settings.get(_NAMED, {}) | laid[_NAMED])
                self._settings[name] = _without_null(settings | laid)
        for name, values in wanted.items():
            self.services[name].changed(values)

    def upstream(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of MiniStack, without faults, journal and signature checks."""
        key = (service, region or self.region)
        with self.lock:
            if key not in self._clients:
                self._clients[key] = boto3.client(
                    service,
                    region_name=key[1],
                    endpoint_url=self.upstream_endpoint,
                    aws_access_key_id="standin",
                    aws_secret_access_key="standin",
                    config=Config(
                        retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
                    ),
                )
            return self._clients[key]

    def paid(self) -> list[dict[str, str]]:
        """What exists now and costs money, of all services."""
        return [each for service in self.services.values() for each in service.paid()]


def _without_null(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if value is not None}
