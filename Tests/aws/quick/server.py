"""Runs the pinned `aws` for tests in a fraction of its time: the program is loaded once, and each call is a
fork of it. What it does is the program's own; only its files are not read again.

usage: python server.py SOCKET

Serves until its standard input ends. `aws` beside this file is the client.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import io
import os
import signal
import socket
import sys
import threading
import traceback
from typing import Any

import awscli.clidriver
import botocore.exceptions
import botocore.loaders

_SERVICES = (
    *("sts", "elasticbeanstalk", "s3", "ecr", "ecr-public", "ecs", "efs", "transfer", "ssm"),
    *("ec2", "cloudformation", "backup", "cloudwatch"),
)
_PIECE = 1 << 20
# Set by the program when it is loaded.
_MODELS = os.environ["AWS_DATA_PATH"]
_LIBC = ctypes.CDLL(None, use_errno=True)
_NAMESPACE = os.open("/proc/self/ns/mnt", os.O_RDONLY)


def _keep_files() -> None:
    """Models are read once: they are most of what a start costs."""
    kind = botocore.loaders.JSONFileLoader
    kind._load_file = functools.cache(kind._load_file)
    # One loader for all, so that files are known by their names alone.
    kind.__eq__ = lambda self, other: isinstance(other, kind)
    kind.__hash__ = lambda self: 0
    # So are the folders that hold them.
    for name in ("list_available_services", "list_api_versions", "determine_latest_version"):
        _keep_answers(botocore.loaders.Loader, name)


def _keep_answers(kind: type, name: str) -> None:
    """Lets a method answer for all objects what it has answered for one, in this process or before its fork."""
    method = getattr(kind, name)
    known: dict[Any, Any] = {}

    @functools.wraps(method)
    def answer(self: Any, *words: str, **options: str) -> Any:
        key = (words, tuple(sorted(options.items())))
        if key not in known:
            known[key] = method(self, *words, **options)
        return list(known[key]) if isinstance(known[key], list) else known[key]

    setattr(kind, name, answer)


def _preload() -> None:
    """Reads the models, and makes the program's table of commands. What depends on a call's own environment (settings,
    keys, addresses) is made in its fork."""
    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    loader.list_available_services(type_name="service-2")
    # The program asks for this one, which it leaves out of its commands.
    loader.determine_latest_version("sdb", "service-2")
    for name in _SERVICES:
        for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
            with contextlib.suppress(botocore.exceptions.DataNotFoundError):
                loader.load_service_model(name, kind)
    loader.load_data("endpoints")
    loader.load_data("partitions")
    driver._get_command_table()
    driver._get_argument_table()
    # As they were read for this process.
    driver.session._config = driver.session._profile_map = None
    awscli.clidriver.create_clidriver = lambda: driver


def _warm_up() -> None:
    """Runs commands that reach nobody: what they import, compile and look up a fork need not, and it copies fewer pages."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ACCESS_KEY_ID="none",
        AWS_SECRET_ACCESS_KEY="none",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_MAX_ATTEMPTS="1",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    for words in (
        ["sts", "get-caller-identity"],
        ["ssm", "describe-parameters"],
        ["elasticbeanstalk", "describe-environments"],
        ["s3api", "head-object", "--bucket", "none", "--key", "none"],
    ):
        # Each with a driver of its own: what they set in it stays with it.
        driver = awscli.clidriver.create_clidriver()
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
            driver.main([*words, "--region", "us-east-2", "--output", "json"])
    os.environ.clear()
    os.environ.update(before)


def _request(connection: socket.socket) -> tuple[list[str], str, dict[str, str], list[int]]:
    """Words, folder and variables, and descriptors: as `aws` beside this file sends them."""
    data, fds, _, _ = socket.recv_fds(connection, _PIECE, 5)
    while len(data) < 8 or len(data) < 8 + int(data[:8], 16):
        data += connection.recv(_PIECE)
    parts = [os.fsdecode(part) for part in data[8:].split(b"\0")]
    count = 1 + int(parts[0])
    variables = dict(part.split("=", 1) for part in parts[count + 1 :])
    return parts[1:count], parts[count], variables, fds


def _enter(namespace: int, root: int) -> None:
    """Sees the files that the client sees, where these are others."""
    if not os.path.sameopenfile(namespace, _NAMESPACE):
        if _LIBC.setns(namespace, 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.fchdir(root)
        os.chroot(".")
    os.close(namespace)
    os.close(root)


def _run(connection: socket.socket) -> None:
    """In the fork: becomes the program that was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    words, folder, variables, fds = _request(connection)
    _enter(fds.pop(-2), fds.pop())
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update({"AWS_DATA_PATH": _MODELS} | variables)
    os.chdir(folder)
    sys.argv = ["aws", *words]
    threading.Thread(target=_die_with, args=(connection,), daemon=True).start()
    code = 255
    try:
        code = awscli.clidriver.main() or 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - the answer is the exit code; the trace is printed
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        with contextlib.suppress(OSError):
            connection.sendall(bytes([code & 255]))
        os._exit(0)


def _die_with(connection: socket.socket) -> None:
    """A client that is gone was killed, and so is what it started."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    os._exit(1)


def main() -> None:
    _keep_files()
    _warm_up()
    _preload()
    # A fork lives too short for a collection, which would copy what it shares.
    gc.collect()
    gc.freeze()
    gc.disable()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threading.Thread(target=_end_with_input, daemon=True).start()
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _run(connection)
        connection.close()


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
