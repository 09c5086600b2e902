"""An SFTP server that counts: forwards to OpenSSH's sftp-server and notes each request's type."""

import os
import subprocess
import sys
import threading

_SERVER = "/usr/lib/openssh/sftp-server"


def _exactly(descriptor: int, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = os.read(descriptor, length - len(data))
        if not piece:
            return b""
        data += piece
    return data


def main() -> None:
    """Forward until the client ends."""
    child = subprocess.Popen([_SERVER], stdin=subprocess.PIPE, stdout=sys.stdout.fileno())
    assert child.stdin
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while head := _exactly(0, 4):
        packet = _exactly(0, int.from_bytes(head, "big"))
        os.write(log, f"{packet[0]}\n".encode())
        child.stdin.write(head + packet)
        child.stdin.flush()
    child.stdin.close()
    child.wait()


if __name__ == "__main__":
    threading.current_thread().name = "count"
    main()
