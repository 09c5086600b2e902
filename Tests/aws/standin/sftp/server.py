"""A server of AWS Transfer Family: its state, its host keys, and the errors of its service."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from standin.service import AWSError, Params
from standin.sftp import sshd
from standin.sftp.users import User


@dataclass
class Server:
    """A server; times are of time.monotonic."""

    id: str
    params: Params
    settings: dict[str, Any]
    endpoint: sshd.Endpoint
    host_keys: list[tuple[str, str, Path]]
    """Identifier, kind and file of each; the oldest first."""
    created: float = field(default_factory=time.monotonic)
    changed: float = field(default_factory=time.monotonic)
    wanted: str = "ONLINE"
    users: dict[str, User] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The state that follows from what was asked last, and how long ago."""
        past = time.monotonic() - self.changed
        if self.wanted == "OFFLINE":
            return "STOPPING" if past < float(self.settings.get("stop_takes", 0)) else "OFFLINE"
        if self.settings.get("never_online") or past < float(self.settings.get("online_after", 0)):
            return "STARTING"
        return "START_FAILED" if self.settings.get("start_failed") else "ONLINE"

    @property
    def is_ended(self) -> bool:
        """Whether somebody else has deleted it by now."""
        end = self.settings.get("end_after")
        return end is not None and time.monotonic() - self.created >= float(end)

    @property
    def has_address(self) -> bool:
        return time.monotonic() - self.created >= float(self.settings.get("address_after", 0))

    def fingerprint(self, path: Path) -> str:
        """As the service tells it: padded, where ssh-keygen is not."""
        value = sshd.fingerprint(path)
        if self.settings.get("plain_fingerprint"):
            return value
        return value + "=" * (-len(value.removeprefix("SHA256:")) % 4)


def make_host_keys(
    folder: Path, body: str | None, settings: dict[str, Any]
) -> list[tuple[str, str, Path]]:
    # "rsa" alone is what the service makes by itself.
    kinds = ["imported"] if body else settings.get("host_keys", ["rsa"])
    keys = []
    for kind in kinds:
        path = folder / f"host_{kind}"
        if body:
            try:
                sshd.import_key(path, body)
            except ValueError:
                raise invalid("Unsupported or invalid SSH private key") from None
        else:
            sshd.make_key(path, kind)
        keys.append((f"hostkey-{secrets.token_hex(9)[:17]}", kind, path))
    return keys


def invalid(message: str) -> AWSError:
    return AWSError("InvalidRequestException", message)


def missing(kind: str) -> AWSError:
    return AWSError(
        "ResourceNotFoundException", f"Unknown {kind}", Resource=kind, ResourceType=kind
    )
