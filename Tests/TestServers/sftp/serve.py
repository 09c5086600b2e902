"""Starts one SFTP server on loopback and says how to reach it.

    serve.py NAME FOLDER

FOLDER, which must exist, gets keys, settings and logs; the server's files lie in FOLDER/root. Once the server
listens a line of JSON is printed: port, user, identity, known_hosts and the root as the server names it. It runs
until standard input ends. Exit code 3, with the reason on standard error: the server is not installed here.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
SFTP_SERVER = "/usr/lib/openssh/sftp-server"


class NotInstalled(Exception):
    """What the server is made of is missing."""


@dataclass
class Scene:
    """The folder of one server."""

    folder: Path
    port: int
    user: str = field(default_factory=getpass.getuser)
    root: str = ""
    host_key: str = "host"

    def key(self, name: str, *options: str) -> Path:
        path = self.folder / name
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", path, *options], check=True)
        return path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    @property
    def data(self) -> Path:
        return self.folder / "root"


def program(name: str) -> str:
    """The path of an installed program."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")
    if path is None:
        raise NotInstalled(f"{name} is not installed")
    return path


def openssh(scene: Scene, settings: str) -> list[str]:
    """OpenSSH's sshd with these lines of sshd_config(5) at the end."""
    sshd = program("sshd")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    config = scene.write(
        "sshd_config",
        f"""Port {scene.port}
ListenAddress 127.0.0.1
HostKey {scene.key("host", "-t", "ed25519")}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
AuthorizedKeysFile {scene.folder}/id.pub
{settings}
""",
    )
    return [sshd, "-D", "-e", "-f", str(config)]


def chroot(scene: Scene) -> list[str]:
    """OpenSSH with an account that sees nothing but its folder: sshd wants that to belong to root alone."""
    user = os.environ.get("PIPELINE_TEST_SFTP_USER")
    if os.getuid() != 0 or not user:
        raise NotInstalled("a chroot needs root and an account for it")
    cage = Path(f"/var/lib/pipeline-chroot-{os.getpid()}")
    (cage / "efs").mkdir(parents=True)
    shutil.chown(cage / "efs", user)
    shutil.copy(scene.folder / "id.pub", cage / "key")
    scene.data.rmdir()
    scene.data.symlink_to(cage / "efs")
    scene.user, scene.root = user, "/efs"
    return openssh(
        scene,
        f"""Subsystem sftp internal-sftp
Match User {user}
  AuthorizedKeysFile {cage}/key
  ChrootDirectory {cage}
  ForceCommand internal-sftp""",
    )


def proftpd(scene: Scene) -> list[str]:
    """ProFTPD with mod_sftp, as its packages have it."""
    server = program("proftpd")
    if not Path("/usr/lib/proftpd/mod_sftp.so").exists():
        raise NotInstalled("proftpd-mod-crypto is not installed")
    host = scene.key("host", "-t", "rsa", "-b", "3072", "-m", "PEM")
    keys = subprocess.run(
        ["ssh-keygen", "-e", "-m", "RFC4716", "-f", scene.folder / "id.pub"], check=True, capture_output=True, text=True
    )
    scene.write("id_rfc4716", keys.stdout)
    config = scene.write(
        "proftpd.conf",
        f"""ServerName test
ServerType standalone
Port 0
ModulePath /usr/lib/proftpd
LoadModule mod_sftp.c
DefaultAddress 127.0.0.1
SocketBindTight on
UseIPv6 off
PidFile {scene.folder}/proftpd.pid
ScoreboardFile {scene.folder}/scoreboard
DelayEngine off
RootLogin on
AuthOrder mod_auth_unix.c
RequireValidShell off
WtmpLog off
SystemLog {scene.folder}/system.log
<VirtualHost 127.0.0.1>
Port {scene.port}
RootLogin on
AllowOverwrite on
SFTPEngine on
SFTPLog {scene.folder}/sftp.log
SFTPHostKey {host}
SFTPAuthMethods publickey
SFTPAuthorizedUserKeys file:{scene.folder}/id_rfc4716
UseFtpUsers off
</VirtualHost>
""",
    )
    if os.getuid() == 0:
        config.write_text("User root\nGroup root\n" + config.read_text())
    return [server, "--nodaemon", "--config", str(config)]


def dropbear(scene: Scene) -> list[str]:
    """Dropbear with OpenSSH's sftp-server; it takes keys from the home folder alone, so it gets one of its own."""
    server = program("dropbear")
    if os.getuid() != 0 or not Path("/usr/lib/sftp-server").exists():
        raise NotInstalled("dropbear is tested as root, with openssh-sftp-server")
    keys = scene.folder / "home" / ".ssh"
    keys.mkdir(parents=True, mode=0o700)
    shutil.copy(scene.folder / "id.pub", keys / "authorized_keys")
    (keys / "authorized_keys").chmod(0o600)
    host = scene.folder / "host"
    subprocess.run(["dropbearkey", "-t", "ed25519", "-f", host], check=True, capture_output=True)
    text = subprocess.run(["dropbearkey", "-y", "-f", host], check=True, capture_output=True, text=True).stdout
    scene.write("host.pub", next(line for line in text.splitlines() if line.startswith("ssh-")) + "\n")
    script = 'mount --bind "$0" /root && exec "$@"'
    serve = [server, "-F", "-E", "-s", "-p", f"127.0.0.1:{scene.port}", "-r", str(host), "-P", f"{scene.folder}/pid"]
    return [program("unshare"), "-m", "sh", "-c", script, str(scene.folder / "home"), *serve]


def rclone(scene: Scene) -> list[str]:
    """`rclone serve sftp` over a folder, with its defaults."""
    scene.root = "/"
    return [
        program("rclone"), "serve", "sftp", str(scene.data), "--addr", f"127.0.0.1:{scene.port}", "--config", "/dev/null",
        "--key", str(scene.key("host", "-t", "ed25519")), "--authorized-keys", f"{scene.folder}/id.pub",
    ]  # fmt: skip


def python(module: str, *words: str) -> Callable[[Scene], list[str]]:
    """A server written with a Python library, in this folder."""

    def command(scene: Scene) -> list[str]:
        scene.key("host", "-t", "ed25519")
        if not module.startswith("conch"):
            scene.root = "/"
        library = module.split("_")[0]
        found = subprocess.run([sys.executable, "-c", f"import {'twisted.conch' if library == 'conch' else library}"],
                               capture_output=True)  # fmt: skip
        if found.returncode != 0:
            raise NotInstalled(f"the Python library {library} is not installed")
        return [sys.executable, str(HERE / f"{module}.py"), str(scene.port), str(scene.folder), *words]

    return command


def go(scene: Scene) -> list[str]:
    """Go's pkg/sftp, from Debian's packages, behind sshd."""
    compiler = program("go")
    if not Path("/usr/share/gocode/src/github.com/pkg/sftp").exists():
        raise NotInstalled("golang-github-pkg-sftp-dev is not installed")
    cache = Path(os.environ.get("PIPELINE_SERVICES", "/var/tmp")) / "go"
    cache.mkdir(parents=True, exist_ok=True)
    built = cache / "sftp-server"
    if not built.exists() or built.stat().st_mtime < (HERE / "go/main.go").stat().st_mtime:
        new = cache / f"sftp-server.{os.getpid()}"
        settings = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(cache / "cache"), "GOFLAGS": ""}
        subprocess.run([compiler, "build", "-o", new, HERE / "go/main.go"], check=True, env=os.environ | settings)
        new.rename(built)
    return openssh(scene, f"Subsystem sftp {built}")


SERVERS: dict[str, Callable[[Scene], list[str]]] = {
    "openssh": lambda scene: openssh(scene, "Subsystem sftp internal-sftp"),
    "openssh-plain": lambda scene: openssh(
        scene, "MaxSessions 1\nSubsystem sftp internal-sftp -P posix-rename,hardlink,fsync,limits,statvfs"
    ),
    "openssh-umask": lambda scene: openssh(scene, "Subsystem sftp internal-sftp -u 077"),
    "chroot": chroot,
    "proftpd": proftpd,
    "dropbear": dropbear,
    "rclone": rclone,
    "asyncssh": python("asyncssh_server", "plain"),
    "one-file": python("asyncssh_server", "one-file"),
    "transfer-efs": python("asyncssh_server", "transfer-efs"),
    "transfer-s3": python("asyncssh_server", "transfer-s3"),
    "paramiko": python("paramiko_server"),
    "conch": python("conch_server"),
    "go": go,
}


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as place:
        return place.connect_ex(("127.0.0.1", port)) == 0


def main() -> int:
    name, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    scene = Scene(folder, free_port())
    scene.root = str(scene.data)
    scene.data.mkdir()
    scene.data.chmod(0o755)
    scene.key("id", "-t", "ed25519")
    try:
        command = SERVERS[name](scene)
    except NotInstalled as reason:
        print(reason, file=sys.stderr)
        return 3
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        end = time.monotonic() + 30
        while not listens(scene.port):
            if child.poll() is not None or time.monotonic() > end:
                print((folder / "log").read_text(errors="replace"), file=sys.stderr)
                return 1
            time.sleep(0.02)
        host = (folder / "host.pub").read_text().split()
        known = scene.write("known_hosts", f"[127.0.0.1]:{scene.port} {host[0]} {host[1]}\n")
        print(
            json.dumps(
                {
                    "port": scene.port,
                    "user": scene.user,
                    "identity": str(folder / "id"),
                    "known_hosts": str(known),
                    "root": scene.root,
                    "data": str(scene.data),
                }
            ),
            flush=True,
        )
        sys.stdin.read()
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        cage = scene.data.resolve().parent if scene.data.is_symlink() else None
        if cage is not None and cage.name.startswith("pipeline-chroot-"):
            shutil.rmtree(cage)
    return 0


if __name__ == "__main__":
    sys.exit(main())
