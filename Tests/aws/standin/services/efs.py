"""EFS: MiniStack keeps the records, each file system is a folder here.

A file system is STATE/efs/FILESYSTEMID, which Transfer's sessions and the instances' mounts show.
An access point is a symbolic link STATE/access-points/ACCESSPOINTID to its root folder.

Settings: `state`, the LifeCycleState that all file systems are said to be in.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from standin.service import AWSError, Call, Params, Service
from standin.services.forwarding import forward


class FileSystems(Service):
    """What has to do with the folders, and what MiniStack answers otherwise than EFS."""

    name = "efs"

    def CreateFileSystem(self, call: Call, params: Params) -> Params:
        token = params.get("CreationToken", "")
        for known in self._all():
            # MiniStack answers with the file system that is there.
            if token and known["CreationToken"] == token:
                raise AWSError(
                    "FileSystemAlreadyExists",
                    f"File system '{known['FileSystemId']}' already exists with creation token "
                    f"'{token}'",
                    409,
                    FileSystemId=known["FileSystemId"],
                )
        made = forward(self.world, "efs", "CreateFileSystem", params)
        self.world.filesystem(made["FileSystemId"]).chmod(0o755)
        return made

    def DescribeFileSystems(self, call: Call, params: Params) -> Params:
        asked: Params = {
            name: params[name] for name in ("FileSystemId", "CreationToken") if name in params
        }
        found = forward(self.world, "efs", "DescribeFileSystems", asked)["FileSystems"]
        # MiniStack knows no pages. The marker is the place of the next page's first.
        start = int(params.get("Marker", "0"))
        end = start + int(params.get("MaxItems", 100))
        answer: Params = {"FileSystems": [self._described(each) for each in found[start:end]]}
        if end < len(found):
            answer["NextMarker"] = str(end)
        return answer

    def DeleteFileSystem(self, call: Call, params: Params) -> Params:
        answer = forward(self.world, "efs", "DeleteFileSystem", params)
        shutil.rmtree(self.world.filesystem(params["FileSystemId"]))
        return answer

    def CreateAccessPoint(self, call: Call, params: Params) -> Params:
        made = forward(self.world, "efs", "CreateAccessPoint", params)
        root = params.get("RootDirectory", {})
        system = self.world.filesystem(params["FileSystemId"])
        folder = system / root.get("Path", "/").strip("/")
        creation = root.get("CreationInfo")
        # EFS makes the folder when the access point is first mounted, and only with this.
        if creation and not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(int(creation["Permissions"], 8))
            os.chown(folder, creation["OwnerUid"], creation["OwnerGid"])
        self._access_point(made["AccessPointId"]).symlink_to(folder)
        return made

    def DeleteAccessPoint(self, call: Call, params: Params) -> Params:
        answer = forward(self.world, "efs", "DeleteAccessPoint", params)
        self._access_point(params["AccessPointId"]).unlink(missing_ok=True)
        return answer

    def _all(self) -> list[Params]:
        found: list[Params] = forward(self.world, "efs", "DescribeFileSystems", {})["FileSystems"]
        return found

    def _described(self, system: Params) -> Params:
        size = _size(self.world.filesystem(system["FileSystemId"]))
        system["SizeInBytes"] |= {"Value": size, "ValueInStandard": size}
        system["LifeCycleState"] = self.settings.get("state", system["LifeCycleState"])
        return system

    def _access_point(self, identity: str) -> Path:
        return self.world.folder("access-points") / identity


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                continue
    return total
