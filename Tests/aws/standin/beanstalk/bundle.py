"""Source bundles: what Beanstalk reads out of the zip archive of a version."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from standin.beanstalk.records import Options


class BundleError(Exception):
    """The bundle cannot be used; the text says why."""


@dataclass(frozen=True)
class Dockerrun:
    """Version 1 of Dockerrun.aws.json; volumes are folders of the host and of the container."""

    image: str
    container_port: int
    volumes: list[tuple[str, str]]


def unpack(content: bytes, folder: Path) -> None:
    """Unpacks into a folder that is made again; modes are kept, links and ways out are refused."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _archive(content) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename)
            mode = entry.external_attr >> 16
            if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(mode):
                raise BundleError(f'the bundle holds "{entry.filename}", which is not allowed')
            place = Path(archive.extract(entry, folder))
            if not entry.is_dir() and stat.S_IMODE(mode):
                place.chmod(stat.S_IMODE(mode))


def validate(content: bytes) -> None:
    """What `Process` checks: the archive can be read, and so can its configuration."""
    with _archive(content) as archive:
        broken = archive.testzip()
        if broken:
            raise BundleError(f'"{broken}" is damaged')
        names = archive.namelist()
        if "Dockerrun.aws.json" in names:
            _json(archive.read("Dockerrun.aws.json"))
        for name in _extensions(names):
            _yaml(name, archive.read(name))


def option_settings(content: bytes) -> Options:
    """The options of .ebextensions; later files win, in the order of their names."""
    found: Options = {}
    with _archive(content) as archive:
        for name in _extensions(archive.namelist()):
            document = _yaml(name, archive.read(name))
            found |= _options(name, document.get("option_settings") or {})
    return found


def dockerrun(folder: Path) -> Dockerrun:
    """Reads Dockerrun.aws.json of an unpacked bundle."""
    path = folder / "Dockerrun.aws.json"
    if not path.exists():
        raise BundleError("the bundle has no Dockerrun.aws.json at its top")
    document = _json(path.read_bytes())
    if str(document.get("AWSEBDockerrunVersion")) != "1":
        raise BundleError("AWSEBDockerrunVersion is not 1")
    try:
        ports = document.get("Ports") or [{"ContainerPort": 80}]
        return Dockerrun(
            str(document["Image"]["Name"]),
            int(ports[0]["ContainerPort"]),
            [
                (str(each["HostDirectory"]), str(each["ContainerDirectory"]))
                for each in document.get("Volumes") or []
            ],
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BundleError(f"Dockerrun.aws.json lacks or misuses {error}") from error


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise BundleError("the bundle is not a zip archive") from error


def _extensions(names: list[str]) -> list[str]:
    return sorted(
        name
        for name in names
        if name.startswith(".ebextensions/") and name.endswith(".config") and name.count("/") == 1
    )


def _json(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise BundleError(f"Dockerrun.aws.json is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BundleError("Dockerrun.aws.json is not an object")
    return document


def _yaml(name: str, content: bytes) -> dict[str, Any]:
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BundleError(f"{name} is neither YAML nor JSON: {error}") from error
    if not isinstance(document, dict):
        raise BundleError(f"{name} is not a mapping")
    return document


def _options(name: str, settings: Any) -> Options:
    try:
        if isinstance(settings, dict):
            return {
                (namespace, str(option)): _text(value)
                for namespace, options in settings.items()
                for option, value in options.items()
            }
        return {
            (each.get("namespace", ""), each["option_name"]): _text(each["value"])
            for each in settings
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise BundleError(f"option_settings of {name} have a form that is not known") from error


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
