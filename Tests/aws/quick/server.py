"""Runs the pinned `aws` for tests in a fraction of its time: the program is loaded once, and a worker that was forked
from it runs one call after the other, each with a driver of its own. What it does is the program's own; only its files
are not read again.

usage: python server.py SOCKET

Serves until its standard input ends. `aws.c` beside this file is the client.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from typing import NoReturn, TextIO

import awscli.clidriver
from preload import keep_files, keep_signatures, preload, warm_up

_PIECE = 1 << 20
# What the program itself keeps for its life ends with a worker's.
_CALLS = 100
# Set by the program when it is loaded.
_MODELS = os.environ["AWS_DATA_PATH"]
_LIBC = ctypes.CDLL(None, use_errno=True)
_NAMESPACE = os.open("/proc/self/ns/mnt", os.O_RDONLY)


def _request(connection: socket.socket) -> tuple[list[str], str, dict[str, str], list[int]]:
    """Words, folder and variables, and descriptors: as `aws.c` beside this file sends them."""
    data, fds, _, _ = socket.recv_fds(connection, _PIECE, 5)
    while len(data) < 8 or len(data) < 8 + int(data[:8], 16):
        piece = connection.recv(_PIECE)
        if not piece:
            # It was killed before it had asked.
            os._exit(1)
        data += piece
    parts = [os.fsdecode(part) for part in data[8:].split(b"\0")]
    count = 1 + int(parts[0])
    variables = dict(part.split("=", 1) for part in parts[count + 1 :])
    return parts[1:count], parts[count], variables, fds


class _Call:
    """One call of a client: what it asks for, and the descriptors that it sent."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self._words, self._folder, self._variables, fds = _request(connection)
        *self._standard, self._namespace, self._root = fds
        self.is_foreign = not os.path.sameopenfile(self._namespace, _NAMESPACE)
        self._is_over = False
        self._end = threading.Lock()

    def close(self) -> None:
        """Leaves the call to a fork."""
        for fd in (*self._standard, self._namespace, self._root):
            os.close(fd)
        self.connection.close()

    def run(self, worker: socket.socket | None) -> None:
        """Becomes the program that was asked for, and tells its exit code; the worker waits for its next call then, unless
        there is none or something is left of this one."""
        if self.is_foreign:
            self._enter()
        for fd in (self._namespace, self._root):
            os.close(fd)
        for number, fd in enumerate(self._standard):
            os.dup2(fd, number)
            os.close(fd)
        sys.stdin, sys.stdout, sys.stderr = _standard_files()
        os.environ.clear()
        os.environ.update({"AWS_DATA_PATH": _MODELS} | self._variables)
        os.chdir(self._folder)
        sys.argv = ["aws", *self._words]
        threading.Thread(target=self._watch, daemon=True).start()
        code, is_clean = _program()
        # What the program logs for --debug it would log for the next call as well.
        is_clean = is_clean and "--debug" not in self._words
        with self._end:
            self._is_over = True
        if worker is not None and is_clean:
            os.chdir("/")
            _let_go()
            worker.send(b"i")
        with contextlib.suppress(OSError):
            self.connection.sendall(bytes([code & 255]))
            self.connection.shutdown(socket.SHUT_WR)
        if worker is None or not is_clean:
            os._exit(0)

    def _enter(self) -> None:
        """Sees the files that the client sees: these are others."""
        if _LIBC.setns(self._namespace, 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.fchdir(self._root)
        os.chroot(".")

    def _watch(self) -> None:
        """A client that is gone was killed, and so is what it started."""
        with contextlib.suppress(OSError):
            self.connection.recv(1)
        with self._end:
            if not self._is_over:
                os._exit(1)
        self.connection.close()


def _standard_files() -> tuple[TextIO, TextIO, TextIO]:
    """The first three descriptors as Python makes them at its start: nothing that was read or written stays in them."""
    return (
        open(0, closefd=False),
        open(1, "w", closefd=False),
        open(2, "w", buffering=1, errors="backslashreplace", closefd=False),
    )


def _program() -> tuple[int, bool]:
    """Runs `aws`. Its exit code, and whether nothing of it is left in this process."""
    code, is_clean = 255, True
    try:
        code = awscli.clidriver.main() or 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - the answer is the exit code; the trace is printed
        traceback.print_exc()
        is_clean = False
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except OSError:
            is_clean = False
    return code, is_clean and all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate())


def _let_go() -> None:
    """Closes what a client sent as its first three descriptors: a reader of it waits for the end."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    os.close(null)


def _work(worker: socket.socket) -> None:
    """In the fork: runs the calls that the server hands over, one after the other."""
    # The program waits for what it starts.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _let_go()
    for left in reversed(range(_CALLS)):
        data, fds, _, _ = socket.recv_fds(worker, 1, 1)
        if not data:
            break
        call = _Call(socket.socket(fileno=fds[0]))
        if not call.is_foreign:
            call.run(worker if left else None)
        elif os.fork() == 0:
            # Only a process without threads may enter other files, and it stays there.
            call.run(None)
        else:
            call.close()
            if left:
                worker.send(b"i")
        # All that it left, and nothing older.
        gc.collect(0)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
    os._exit(0)


class _Workers:
    """Forks of this process: the idle ones get the next calls."""

    def __init__(self, listener: socket.socket):
        self._idle: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._listener = listener

    def serve(self) -> NoReturn:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    connection, _ = self._listener.accept()
                    self._hand_over(connection)
                elif isinstance(key.fileobj, socket.socket):
                    self._hear(key.fileobj)

    def _hand_over(self, connection: socket.socket) -> None:
        while True:
            worker = self._idle.pop() if self._idle else self._fork(connection)
            # An idle one can have been killed.
            with contextlib.suppress(OSError):
                socket.send_fds(worker, [b"c"], [connection.fileno()])
                return connection.close()

    def _hear(self, worker: socket.socket) -> None:
        # One that was killed with its client leaves no word.
        with contextlib.suppress(OSError):
            if worker.recv(1):
                self._idle.append(worker)
                return
        self._selector.unregister(worker)
        worker.close()
        if worker in self._idle:
            self._idle.remove(worker)

    def _fork(self, connection: socket.socket) -> socket.socket:
        ours, its = socket.socketpair()
        if os.fork() == 0:
            # A worker ends when the server's end of its pair is closed: no other may have it.
            for key in list(self._selector.get_map().values()):
                if isinstance(key.fileobj, socket.socket):
                    key.fileobj.close()
            self._selector.close()
            ours.close()
            connection.close()
            _work(its)
        its.close()
        self._selector.register(ours, selectors.EVENT_READ)
        return ours


def main() -> None:
    keep_files()
    keep_signatures()
    warm_up()
    preload()
    # What is loaded stays: a collection would copy what the workers share.
    gc.collect()
    gc.freeze()
    gc.disable()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threading.Thread(target=_end_with_input, daemon=True).start()
    print("ready", flush=True)
    _Workers(listener).serve()


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
