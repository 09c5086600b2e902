"""Platform hooks: executables below `.platform`, in the order of their names."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from standin.children import Children

_NAMESPACE = Path(__file__).with_name("namespace.sh")
_PROGRAMS = Path(__file__).resolve().parent / "instance_bin"
_SYSTEM_FOLDERS = {"bin", "dev", "etc", "lib", "proc", "root", "run", "sbin", "sys", "tmp", "usr"}


class HookError(Exception):
    """A hook failed; the text says which and how."""


@dataclass(frozen=True)
class Mount:
    """A file system's folder, and where the instances have it."""

    filesystem: Path
    point: str

    def translated(self, path: str) -> Path | None:
        """The real folder of one below the mount point; None for another one."""
        clean = os.path.normpath(path)
        if clean == self.point:
            return self.filesystem
        if clean.startswith(f"{self.point}/"):
            return self.filesystem / clean.removeprefix(f"{self.point}/")
        return None


@dataclass(frozen=True)
class HookRunner:
    """Runs hooks as root of an instance would: `scratch` is an empty folder to mount on."""

    children: Children
    mount: Mount
    scratch: Path
    timeout: float

    def run(self, bundle: Path, kind: str, variables: dict[str, str]) -> list[str]:
        """Runs `.platform/KIND/*` ("hooks/predeploy"); what they said, a line each."""
        folder = bundle / ".platform" / kind
        lines = []
        for hook in sorted(folder.iterdir()) if folder.is_dir() else []:
            lines += self._run(hook, bundle, f".platform/{kind}/{hook.name}", variables)
        return lines

    def _run(self, hook: Path, bundle: Path, name: str, variables: dict[str, str]) -> list[str]:
        if not os.access(hook, os.X_OK):
            raise HookError(f"{name} is not executable (permission denied)")
        first = self.mount.point.strip("/").split("/")[0]
        if first in _SYSTEM_FOLDERS or str(bundle).startswith(f"/{first}/"):
            raise HookError(f"the stand-in cannot mount on {self.mount.point}")
        self.scratch.mkdir(parents=True, exist_ok=True)
        own_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        arguments = [
            *("unshare", *own_user, "--mount", "--propagation", "private"),
            *(str(_NAMESPACE), str(self.scratch), str(self.mount.filesystem), self.mount.point),
            *(str(bundle), str(hook)),
        ]
        environment = {
            "HOME": "/root",
            "PATH": f"{_PROGRAMS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            **variables,
        }
        try:
            done = self.children.run(arguments, self.timeout, env=environment)
        except subprocess.TimeoutExpired as error:
            raise HookError(f"{name} did not end within {self.timeout:g} s") from error
        lines = [f"{name}: {line}" for line in done.stdout.splitlines()]
        if done.returncode:
            said = "; ".join(lines[-5:]) or "it said nothing"
            raise HookError(f"{name} failed with exit status {done.returncode}: {said}")
        return lines
