"""An SFTP server with faults: forwards packets to OpenSSH's sftp-server, and spoils what it is instructed to.

    faulty_server.py [FAULT...] -- COMMAND...

Faults, each with its own count of what it concerns:
    shuffle             replies wait for one another and go out in another order
    drop-reply=N        the N-th reply is never sent; once, if `once=FILE` is given
    garbage=N           the N-th reply is random bytes in a packet of the right length
    fail-writes-from=N  the N-th WRITE and all after it are refused and not done
    one-write           a WRITE is refused while another is not answered
    refuse-resume       a file that exists is not opened for writing
    refuse-new          no file is made, for a reason that the answer does not give
    refuse-posix        posix-rename is named, and refused as unsupported
    one-open=DIR        one open file for all processes with this folder; further ones are refused
    stall-many=DIR      answers no WRITE while several processes with this folder run
    umask-kept          SETSTAT and FSETSTAT are acknowledged and not done
    long-message=BYTES  a refusal has a message of so many bytes
    endless             every folder has names without end
    deep                every folder holds a folder
    short-write=N       half of the N-th WRITE is done, and all of it acknowledged
    lie-size            FSTAT and LSTAT tell one byte too many
    die-after=BYTES     ends when so many bytes of requests have come; once, if `once=FILE` is given
    die-before-rename   ends when a rename is asked for, without doing it; once, with `once=FILE`
    die-after-rename    does the rename and ends without telling; once, with `once=FILE`
    escape              names that lead elsewhere stand among those of every folder
    strip               no extensions
    no-read-write       refuses to open for reading and writing at once
    lie=SEED            one reply of six is another than the truth: well-formed and wrong, or spoilt
    vast                more room and larger files than numbers of 63 bits can add up
    paths=FILE          a line for each path that a request names
    log=FILE            a line for each request: type, and offset and length of a WRITE, flags of an OPEN
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time

from faulty_packets import (
    ATTRS,
    EXTENDED,
    NAME,
    OPEN,
    READDIR,
    RENAME,
    STATUS,
    WRITE,
    folder_names,
    lie,
    paths_of,
    read_packet,
    string,
)


def runs(number: str) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        with open(f"/proc/{number}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Server:
    """Both directions, one thread each; the faults are decided under a lock."""

    def __init__(self, faults: dict[str, str], command: list[str]) -> None:
        self.faults = faults
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lock = threading.Lock()
        self.received = self.writes = self.replies = 0
        self.fstats: set[bytes] = set()
        self.folders: set[bytes] = set()
        self.renames: set[bytes] = set()
        self.held: list[bytes] = []
        self.random = random.Random(int(faults.get("lie", "7")))
        self.rooms: set[bytes] = set()
        self.unanswered: set[bytes] = set()
        self.opens: set[bytes] = set()
        self.handles: set[bytes] = set()
        self.stalled: list[bytes] = []
        if folder := faults.get("stall-many"):
            self.place = f"{folder}/{os.getpid()}"
            open(self.place, "w").close()
            threading.Thread(target=self.unstall, daemon=True).start()

    def number(self, name: str) -> int:
        return int(self.faults.get(name, "-1"))

    def die(self) -> None:
        if not self.first():
            return
        self.child.kill()
        os._exit(1)

    def first(self) -> bool:
        """Whether the fault is still to be made; with `once=FILE` only one process makes it."""
        once = self.faults.get("once")
        if not once:
            return True
        if os.path.exists(once):
            return False
        open(once, "w").close()
        return True

    def log(self, packet: bytes) -> None:
        if "log" not in self.faults:
            return
        line = str(packet[0])
        if packet[0] in (OPEN, WRITE):
            length = int.from_bytes(packet[5:9], "big")
            rest = packet[9 + length:]
            if packet[0] == OPEN:
                line += f" {int.from_bytes(rest[:4], 'big')} {packet[9:9 + length].decode(errors='replace')}"
            else:
                line += f" {int.from_bytes(rest[:8], 'big')} {int.from_bytes(rest[8:12], 'big')}"
        with open(self.faults["log"], "a") as file:
            file.write(line.replace("\n", "\\n") + "\n")

    def requests(self) -> None:
        while packet := read_packet(sys.stdin.buffer):
            with self.lock:
                if not self.request(packet):
                    continue
                assert self.child.stdin
                try:
                    self.child.stdin.write(string(packet))
                    self.child.stdin.flush()
                except BrokenPipeError:
                    break
        if self.child.stdin:
            self.child.stdin.close()

    def request(self, packet: bytes) -> bool:
        """Whether the packet is to be forwarded."""
        self.log(packet)
        if "paths" in self.faults:
            with open(self.faults["paths"], "ab") as file:
                file.writelines(path.replace(b"\n", b"\\n") + b"\n" for path in paths_of(packet))
        self.received += len(packet)
        kind, number = packet[0], packet[1:5]
        if 0 <= self.number("die-after") < self.received:
            self.die()
        is_rename = kind == RENAME or (kind == EXTENDED and b"posix-rename" in packet[:40])
        if is_rename:
            if "die-before-rename" in self.faults:
                self.die()
            self.renames.add(number)
        if kind in (7, 8):
            self.fstats.add(number)
        if kind == READDIR:
            self.folders.add(number)
        if kind == EXTENDED and b"statvfs" in packet[:40]:
            self.rooms.add(number)
        if kind == OPEN and "no-read-write" in self.faults:
            length = int.from_bytes(packet[5:9], "big")
            if int.from_bytes(packet[9 + length:13 + length], "big") & 3 == 3:
                return self.refuse(number, 3)
        if kind == OPEN and not self.may_open(packet):
            return False
        if kind == 4 and packet[9:] in self.handles:
            self.handles.remove(packet[9:])
            os.remove(f"{self.faults['one-open']}/open")
        if kind in (9, 10) and "umask-kept" in self.faults:
            return self.refuse(number, 0)
        if is_rename and kind == EXTENDED and "refuse-posix" in self.faults:
            return self.refuse(number, 8)
        if kind == WRITE:
            self.writes += 1
            if 0 <= self.number("fail-writes-from") <= self.writes:
                return self.refuse(number, 4)
            if "one-write" in self.faults and self.unanswered:
                return self.refuse(number, 4)
            self.unanswered.add(number)
            if self.writes == self.number("short-write"):
                handle = int.from_bytes(packet[5:9], "big")
                start = 9 + handle + 12
                data = packet[start:]
                half = data[: len(data) // 2]
                packet = packet[: 9 + handle + 8] + string(half)
                assert self.child.stdin
                self.child.stdin.write(string(packet))
                self.child.stdin.flush()
                return False
        return True

    def may_open(self, packet: bytes) -> bool:
        """Whether a file may be opened; otherwise that was refused."""
        number, length = packet[1:5], int.from_bytes(packet[5:9], "big")
        flags = int.from_bytes(packet[9 + length:13 + length], "big")
        if flags & 2 and ("refuse-new" if flags & 8 else "refuse-resume") in self.faults:
            return self.refuse(number, 4)
        if "one-open" in self.faults:
            try:
                open(f"{self.faults['one-open']}/open", "x").close()
            except FileExistsError:
                return self.refuse(number, 3)
            self.opens.add(number)
        return True

    def unstall(self) -> None:
        """Hands out what was held back, once no other process runs: those that ended left their file."""
        while True:
            time.sleep(0.05)
            with self.lock:
                if self.stalled and not self.is_crowded():
                    for packet in self.stalled:
                        self.send(packet)
                    self.stalled = []

    def is_crowded(self) -> bool:
        return sum(runs(name) for name in os.listdir(self.faults["stall-many"])) > 1

    def refuse(self, number: bytes, code: int) -> bool:
        message = b"x" * int(self.faults.get("long-message", "2"))
        reply = bytes([STATUS]) + number + code.to_bytes(4, "big") + string(message) + string(b"")
        self.send(reply)
        return False

    def answers(self) -> None:
        while packet := read_packet(self.child.stdout):
            with self.lock:
                self.answer(packet)
        os._exit(0)

    def answer(self, packet: bytes) -> None:
        kind, number = packet[0], packet[1:5]
        if kind == 2:
            if "strip" in self.faults:
                packet = packet[:5]
            return self.send(packet)
        self.replies += 1
        is_write = number in self.unanswered
        self.unanswered.discard(number)
        if is_write and "stall-many" in self.faults and self.is_crowded():
            self.stalled.append(packet)
            return
        if number in self.opens:
            self.opens.remove(number)
            if kind == 102:
                self.handles.add(packet[9:])
            else:
                os.remove(f"{self.faults['one-open']}/open")
        if number in self.folders and "endless" in self.faults and kind in (NAME, STATUS):
            packet = folder_names(number, [b"%08d" % self.random.randrange(10**8) for _ in range(5000)], 0o100644)
        if number in self.folders and "deep" in self.faults and kind == NAME:
            packet = folder_names(number, [b"d" * 200], 0o040755)
        if number in self.renames and "die-after-rename" in self.faults:
            self.die()
        if self.replies == self.number("drop-reply") and self.first():
            return
        if self.replies == self.number("garbage"):
            packet = self.random.randbytes(len(packet))
        if "lie" in self.faults and self.random.random() < 1 / 6:
            packet = lie(self.random, packet)
        if number in self.rooms and "vast" in self.faults:
            packet = packet[:5] + 11 * (2**63 - 1).to_bytes(8, "big")
        if kind == ATTRS and number in self.fstats and "lie-size" in self.faults:
            size = int.from_bytes(packet[9:17], "big") + 1
            packet = packet[:9] + size.to_bytes(8, "big") + packet[17:]
        if kind == NAME and number in self.folders and "escape" in self.faults:
            names = [b"../../evil", b"/etc/evil", b"a/b", b"", b".."]
            count = int.from_bytes(packet[5:9], "big") + len(names)
            extra = b"".join(string(name) + string(b"") + bytes(4) for name in names)
            packet = packet[:5] + count.to_bytes(4, "big") + packet[9:] + extra
        if "shuffle" not in self.faults:
            return self.send(packet)
        self.held.append(packet)
        if len(self.held) == 1:
            threading.Timer(0.002, self.release).start()

    def release(self) -> None:
        with self.lock:
            self.random.shuffle(self.held)
            for packet in self.held:
                self.send(packet)
            self.held = []

    def send(self, packet: bytes) -> None:
        sys.stdout.buffer.write(string(packet))
        sys.stdout.buffer.flush()


def main() -> None:
    """Forward until the client ends."""
    split = sys.argv.index("--")
    faults = dict((word + "=").split("=")[:2] for word in sys.argv[1:split])
    server = Server(faults, sys.argv[split + 1:])
    threading.Thread(target=server.answers, daemon=True).start()
    server.requests()
    server.child.wait()


if __name__ == "__main__":
    main()
