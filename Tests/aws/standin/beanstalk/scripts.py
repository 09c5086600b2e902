"""What a test has set for Beanstalk, read out of its settings."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standin.beanstalk.hooks import Mount

if TYPE_CHECKING:
    from standin.world import World

OUTCOMES = ("ok", "fail", "red", "stuck", "half", "lags", "exits-after")
_DEFAULT_FILESYSTEM = "fs-00000000000000000"


@dataclass(frozen=True)
class Script:
    """How the deployments of a version are to go."""

    outcome: str = "ok"
    deploy_seconds: float = 0
    seconds: float = 1


@dataclass(frozen=True)
class Settings:
    """The settings of `elasticbeanstalk`, with what is set for one environment on top."""

    values: dict[str, Any]

    @classmethod
    def of(cls, world: World, environment: str | None = None) -> Settings:
        values = world.settings("elasticbeanstalk")
        own = values.get("environments", {}).get(environment, {})
        return cls({**values, **own})

    def number(self, name: str, default: float) -> float:
        return float(self.values.get(name, default))

    @property
    def vary_texts(self) -> bool:
        return bool(self.values.get("vary_texts", False))

    def script(self, label: str | None) -> Script:
        """The first script whose glob matches the version's label."""
        for each in self.values.get("scripts", []):
            if fnmatch.fnmatch(label or "", each.get("version", "*")):
                outcome = each.get("outcome", "ok")
                if outcome not in OUTCOMES:
                    raise ValueError(f'"outcome" is "{outcome}"; it is one of {OUTCOMES}')
                return Script(
                    outcome,
                    float(each.get("deploy_seconds", self.number("deploy_seconds", 0))),
                    float(each.get("seconds", 1)),
                )
        return Script(deploy_seconds=self.number("deploy_seconds", 0))

    def mount(self, world: World) -> Mount:
        """The EFS folder of the environment and where its instances have it.

        Without a setting it is that of the only file system there is.
        """
        point = "/" + str(self.values.get("mount_point", "/efs")).strip("/")
        return Mount(world.filesystem(self._filesystem(world.state / "efs")), point)

    def _filesystem(self, folder: Path) -> str:
        wanted = self.values.get("filesystem")
        if wanted:
            return str(wanted)
        found = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
        found.discard(_DEFAULT_FILESYSTEM)
        return found.pop() if len(found) == 1 else _DEFAULT_FILESYSTEM
