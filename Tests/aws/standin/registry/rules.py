"""Who may do what at the registry, as ECR says it: a pure decision on a request's head."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from standin.registry.images import Catalogue
from standin.registry.tokens import Token, Tokens

_PATH = re.compile(
    r"/v2/(?P<name>.+?)/"
    r"(?:manifests/(?P<reference>[^/]+)|blobs/uploads/(?P<upload>[^/]*)|"
    r"blobs/(?P<blob>[^/]+)|(?P<tags>tags/list))"
)
_READING = ("GET", "HEAD")


class Refused(Exception):
    """An error of the distribution API."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Target:
    """What a request is about; `repository` is empty for the base address."""

    action: str
    repository: str = ""
    reference: str = ""


def target(method: str, path: str) -> Target:
    """Reads a request's first line; the action is what faults and the journal call it."""
    if path in ("/v2/", "/v2"):
        return Target("Ping")
    if path in ("/token/", "/token"):
        return Target("Token")
    found = _PATH.fullmatch(path)
    if not found:
        raise Refused(404, "UNSUPPORTED", "The operation is unsupported.")
    is_reading = method in _READING
    if found["reference"]:
        verb = {"PUT": "Push", "DELETE": "Delete"}.get(method, "Pull")
        return Target(f"{verb}Manifest", found["name"], found["reference"])
    if found["upload"] is not None:
        names = {"POST": "StartUpload", "PATCH": "UploadChunk", "PUT": "FinishUpload"}
        return Target(names.get(method, "AskUpload"), found["name"])
    if found["blob"]:
        names = {"HEAD": "CheckBlob", "GET": "PullBlob"}
        return Target(names.get(method, "DeleteBlob"), found["name"])
    if is_reading:
        return Target("ListTags", found["name"])
    raise Refused(405, "UNSUPPORTED", "The operation is unsupported.")


ANONYMOUS = "anonymous"


def authenticate(authorization: str, tokens: Tokens) -> Token | None:
    """Whose password it is; None for nobody's, with which public images can be pulled."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        if value == ANONYMOUS:
            return None
        user, password = "AWS", value
    else:
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
    token = tokens.find(password)
    if user != "AWS" or token is None:
        raise Refused(400, "DENIED", "Your authorization token is invalid.")
    if token.is_expired:
        raise Refused(
            403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."
        )
    return token


def permit(wanted: Target, token: Token | None, catalogue: Catalogue, alias: str) -> None:
    """Raises Refused unless this token may do it."""
    if not wanted.repository:
        return
    is_public = wanted.repository.startswith(f"{alias}/")
    is_reading = wanted.action in ("PullManifest", "PullBlob", "CheckBlob", "ListTags")
    if token is None and not (is_public and is_reading):
        raise Refused(403, "DENIED", "Not Authorized")
    if token and token.kind != ("ecr-public" if is_public else "ecr"):
        raise Refused(403, "DENIED", "This password is for the other kind of registry.")
    repository = catalogue.at(wanted.repository)
    if repository is None:
        name = wanted.repository.removeprefix(f"{alias}/")
        raise Refused(
            404, "NAME_UNKNOWN", f"The repository with name '{name}' does not exist in the registry"
        )
    if wanted.action in ("DeleteManifest", "DeleteBlob"):
        raise Refused(405, "UNSUPPORTED", "The operation is unsupported.")
    if wanted.action == "PullManifest" and repository.find(wanted.reference) is None:
        raise Refused(404, "MANIFEST_UNKNOWN", "Requested image not found")
    is_tag = wanted.action == "PushManifest" and ":" not in wanted.reference
    if is_tag and repository.immutable and repository.find(wanted.reference):
        raise Refused(
            400,
            "TAG_INVALID",
            f"The image tag '{wanted.reference}' already exists in the '{repository.name}' "
            "repository and cannot be overwritten because the tag is immutable.",
        )
