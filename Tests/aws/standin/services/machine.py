"""The inside of an EC2 instance: a disk of its own over this machine's, and mounts of EFS.

A holder process keeps a mount namespace and a PID namespace. Its root is an overlay over "/", so
that what a command writes stays on the instance's disk, and survives a stop and a start; mounts and
processes do not. `mount -t efs` and `mount -t nfs4` find the folders that stand for file systems.
Only root can make it.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standin.world import World

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHARED = "/run/standin"
_QUICK = Path(sys.prefix) / "quick" / "aws"
"""The client of a server that has the pinned `aws` loaded (Tests/aws/quick); `scripts/test` makes it."""

_BOOT = """\
set -eu
disk=$1 host=$2 efs=$3 points=$4
layers() { echo "lowerdir=/,upperdir=$1/upper,workdir=$1/work"; }
if ! mount -t overlay overlay -o "$(layers "$disk")" "$disk/root" 2>/dev/null; then
  # An overlay, as in a container, takes no second one's changes: the disk lives in memory then,
  # and does not survive a stop.
  mount -t tmpfs tmpfs "$disk/work"
  cp -a "$disk/upper" "$disk/work/"
  mkdir "$disk/work/work"
  mount -t overlay overlay -o "$(layers "$disk/work")" "$disk/root"
fi
cd "$disk/root"
mkdir -p proc dev run/standin run/efs run/access-points
mount -t proc proc proc
mount --rbind /dev dev
mount --bind "$host" run/standin
mount --bind "$efs" run/efs
mount --bind "$points" run/access-points
shift 4
for prefix in "$@"; do
  mkdir -p ".$prefix"
  mount --bind "$prefix" ".$prefix"
done
exec chroot . sh -c 'echo up; exec sleep infinity'
"""

_MOUNT = """\
#!/bin/sh
# mount(8) calls it for the types efs and nfs4: SOURCE FOLDER [-sfnvN] [-o OPTIONS]
source=$1 folder=$2
shift 2
options=
while [ $# -gt 0 ]; do
  case $1 in -o) options=$2; shift ;; esac
  shift
done
if [ -s /run/standin/mount-error ]; then cat /run/standin/mount-error >&2; exit 32; fi
case $source in *:*) host=${source%%:*} path=${source#*:} ;; *) host=$source path=/ ;; esac
system=${host%%.*}
from=/run/efs/$system$path
case ,$options, in
  *,accesspoint=*)
    point=${options#*accesspoint=}
    from=$(readlink "/run/access-points/${point%%,*}") || exit 32
    from=/run/efs/${from##*/efs/} ;;
esac
if [ ! -d "/run/efs/$system" ]; then
  echo "Failed to resolve \\"$host\\" - check that your file system ID is correct." >&2
  exit 1
fi
if [ ! -d "$from" ]; then
  echo "mount.nfs4: mounting $source failed, reason given by server: No such file or directory" >&2
  exit 32
fi
exec mount --bind "$from" "$folder"
"""


class Machine:
    """One instance's machine; booted when a command first needs it."""

    def __init__(self, world: World, instance_id: str, folder: Path):
        self._world = world
        self._id = instance_id
        self._folder = folder
        self._lock = threading.Lock()
        self._holder: subprocess.Popen[Any] | None = None
        self._init = 0
        for name in ("upper/usr/sbin", "upper/usr/local/bin", "work", "root", "host"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for kind in ("efs", "nfs4"):
            _program(folder / "upper/usr/sbin" / f"mount.{kind}", _MOUNT)
        # Where tests have started it.
        self._socket = world.state / "aws.sock"
        slow = f'#!/bin/sh\nexec {sys.prefix}/bin/aws "$@"\n'
        aws = folder / "upper/usr/local/bin/aws"
        if self._socket.exists() and _QUICK.exists():
            shutil.copy(_QUICK, aws)
        else:
            _program(aws, slow)

    def start(
        self,
        name: str,
        script: str,
        working_directory: str,
        stdout: IO[bytes],
        stderr: IO[bytes],
        mount_error: str | None = None,
    ) -> subprocess.Popen[Any]:
        """Starts a script as the agent does: a file that its first line or sh runs."""
        path = self._folder / "host" / f"{name}.sh"
        _program(path, script)
        (self._folder / "host" / "mount-error").write_text(mount_error or "")
        with self._lock:
            init = self._booted()
        return self._world.children.start(
            [
                *("nsenter", f"--target={init}", "--mount", "--pid", "--root"),
                *(f"--wdns={working_directory}", "--"),
                *("/bin/sh", "-c", f"{_SHARED}/{path.name}"),
            ],
            stdout=stdout,
            stderr=stderr,
            env=self._environment(),
        )

    def kill(self, child: subprocess.Popen[Any]) -> None:
        """Kills a script and what it has started in its process group."""
        self._world.children.end(child, signal.SIGKILL)

    def end(self) -> None:
        """Takes the power away: all processes and mounts are gone, the disk stays."""
        with self._lock:
            if self._holder is not None:
                self._world.children.end(self._holder, signal.SIGKILL)
                self._holder = None

    def _booted(self) -> int:
        if self._holder is not None and self._holder.poll() is None:
            return self._init
        # The machine's own programs are there as they are: one that was bound would hide what is laid over.
        prefixes = sorted({sys.prefix, sys.base_prefix, str(self._socket.parent)} - {"/usr"})
        # The index that overlayfs leaves behind does not fit the mount that comes after.
        shutil.rmtree(self._folder / "work" / "work", ignore_errors=True)
        with (self._folder / "log").open("ab") as log:
            holder = self._world.children.start(
                [
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                    *("--propagation", "private", "sh", "-c", _BOOT, "sh", str(self._folder)),
                    str(self._folder / "host"),
                    str(self._world.folder("efs")),
                    str(self._world.folder("access-points")),
                    *prefixes,
                ],
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert holder.stdout is not None
        if not holder.stdout.readline():
            raise RuntimeError(f"the machine of {self._id} does not boot: see {self._folder}/log")
        children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text()
        self._holder, self._init = holder, int(children.split()[0])
        return self._init

    def _environment(self) -> dict[str, str]:
        """What a command finds: the instance's own credentials, and no HOME, as with the agent."""
        credentials = self._world.operators.issue(self._id, 6 * 3600.0, "instance")
        return {
            "PATH": _PATH,
            "AWS_ENDPOINT_URL": self._world.endpoint,
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.token or "",
            "AWS_DEFAULT_REGION": self._world.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_SSM_INSTANCE_ID": self._id,
            "AWS_SSM_REGION_NAME": self._world.region,
            "PIPELINE_TEST_AWS_SOCKET": str(self._socket),
        }


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
