"""Users of a Transfer server: what the API tells of them, and what their sessions see."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standin.service import AWSError, Params

_KINDS = ("ssh-rsa", "ssh-ed25519", *(f"ecdsa-sha2-nistp{size}" for size in (256, 384, 521)))


@dataclass
class User:
    """A user as CreateUser made it, with its public keys by their identifiers."""

    name: str
    params: Params
    keys: dict[str, Params] = field(default_factory=dict)

    def add_key(self, body: str) -> str:
        """Adds a public key; returns its identifier."""
        body = body.strip()
        if not _is_public_key(body):
            raise AWSError(
                "InvalidRequestException", "Unsupported or invalid SSH public key format"
            )
        if any(body.split()[1] == known.split()[1] for known in self.key_bodies()):
            raise AWSError("ResourceExistsException", "SSH public key already exists")
        key_id = f"key-{secrets.token_hex(9)[:17]}"
        self.keys[key_id] = {
            "DateImported": datetime.now(UTC),
            "SshPublicKeyBody": body,
            "SshPublicKeyId": key_id,
        }
        return key_id

    def key_bodies(self) -> list[str]:
        return [key["SshPublicKeyBody"] for key in self.keys.values()]

    def listed(self) -> Params:
        """As ListUsers tells it."""
        told: Params = {
            "HomeDirectoryType": self.params.get("HomeDirectoryType", "PATH"),
            "Role": self.params["Role"],
            "SshPublicKeyCount": len(self.keys),
            "UserName": self.name,
        }
        if "HomeDirectory" in self.params:
            told["HomeDirectory"] = self.params["HomeDirectory"]
        return told

    def described(self) -> Params:
        """As DescribeUser tells it."""
        told = self.listed()
        del told["SshPublicKeyCount"]
        for name in ("HomeDirectoryMappings", "Policy", "PosixProfile"):
            if name in self.params:
                told[name] = self.params[name]
        told["SshPublicKeys"] = list(self.keys.values())
        return told


def _is_public_key(line: str) -> bool:
    """Whether it is "KIND BASE64 …" with the kind named again inside."""
    kind, _, rest = line.partition(" ")
    try:
        blob = base64.b64decode(rest.partition(" ")[0], validate=True)
    except binascii.Error:
        return False
    inner = len(kind).to_bytes(4, "big") + kind.encode()
    return "\n" not in line and kind in _KINDS and blob.startswith(inner)


def session_record(user: User, server: Params, efs: Path, settings: dict[str, Any]) -> Params:
    """What sftp_session needs to know of a user.

    With HomeDirectoryType PATH a session sees whole file systems as /FILESYSTEM and begins in its
    home; with LOGICAL it sees the mappings alone and begins at "/". A server over S3 shows nothing.
    """
    profile = user.params.get("PosixProfile", {"Uid": 65534, "Gid": 65534})
    view: dict[str, str] = {}
    home = "/"
    if server.get("Domain") == "EFS":
        if user.params.get("HomeDirectoryType") == "LOGICAL":
            for mapping in user.params.get("HomeDirectoryMappings", []):
                view[mapping["Entry"]] = str(_folder(efs, mapping["Target"]))
        elif home_directory := user.params.get("HomeDirectory", ""):
            home = "/" + home_directory.strip("/")
            system = home.split("/")[1]
            view[f"/{system}"] = str(_folder(efs, f"/{system}"))
            _folder(efs, home)
    return {
        "view": view,
        "home": home,
        "uid": profile["Uid"],
        "gid": profile["Gid"],
        "groups": profile.get("SecondaryGids", []),
        "limits": {
            "room": settings.get("room"),
            "end_after": settings.get("end_session_after"),
            "read_write": bool(settings.get("read_write")),
            "rename_replaces": bool(settings.get("rename_replaces")),
        },
    }


def _folder(efs: Path, path: str) -> Path:
    """The folder here that is PATH of /FILESYSTEM/PATH; it is looked for when a session begins."""
    folder = (efs / path.strip("/")).resolve()
    if efs.resolve() not in folder.parents:
        raise AWSError("InvalidRequestException", f"Invalid home directory: {path}")
    return folder
