"""One SFTP session as AWS Transfer Family serves it over EFS: version 3, no extensions.

    python -I -S sftp_session.py USERS

sshd runs it as root for the user that has logged in (`USER`), in a mount namespace of its own.
USERS/NAME.json says what the user sees and as whom; see `sshd.write_user`. The session builds that
view, changes root into it, becomes the POSIX user and speaks SFTP on its standard streams.

OpenSSH's own internal-sftp cannot do this: it refuses to change root into a folder that is not
root's, as the home of a user with a POSIX profile is. It would also offer extensions
(posix-rename@openssh.com, statvfs@openssh.com) that the real service does not promise.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

# Isolated, Python does not look where the script lies.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from standin.sftp.session import Limits, Session, serve

_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_NEW_MOUNTS = 0x00020000


def enter(user: dict[str, Any], mount_point: Path) -> None:
    """Makes the user's view the root of this process, and this process the user's.

    The mounts are in a namespace of this process and go away with it.
    """
    system = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: Any) -> None:
        if getattr(system, name)(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"{name}: {os.strerror(code)}")

    def mount(source: Path, target: Path, kind: bytes | None, flags: int) -> None:
        call("mount", os.fsencode(source), os.fsencode(target), kind, flags, None)

    call("unshare", _NEW_MOUNTS)
    mount(Path("none"), Path("/"), None, _RECURSIVE | _PRIVATE)
    mount(Path("tmpfs"), mount_point, b"tmpfs", 0)
    os.chmod(mount_point, 0o755)
    for entry, target in sorted(user["view"].items()):
        place = mount_point / entry.strip("/")
        place.mkdir(parents=True, exist_ok=True)
        mount(Path(target), place, None, _BIND)
    os.chroot(mount_point)
    os.setgroups(user["groups"])
    os.setgid(user["gid"])
    os.setuid(user["uid"])
    os.umask(0o022)
    os.chdir(user["home"])


def main() -> int:
    users = Path(sys.argv[1])
    if not os.environ.get("SSH_ORIGINAL_COMMAND", "").endswith(" sftp"):
        print("This service allows sftp connections only.")
        return 1
    user = json.loads((users / f"{os.environ['USER']}.json").read_text())
    try:
        enter(user, users.parent / "root")
    except OSError as error:
        print(f"the home directory cannot be entered: {error}", file=sys.stderr)
        return 1
    serve(Session(Limits(**user["limits"])).answer, 0, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
