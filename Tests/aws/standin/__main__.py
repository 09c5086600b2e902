"""Starts the stand-in, says on stdout where it is, and serves until stdin or SIGTERM ends it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from standin.front import Front
from standin.ministack import MiniStack
from standin.operators import Credentials
from standin.world import World


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--temporary", action="store_true", help="remove the state at the end")
    parser.add_argument("--port", type=int, default=0, help="0: one that the system chooses")
    parser.add_argument("--region", default="us-east-2")
    parser.add_argument("--docker", action="store_true", help="Beanstalk really runs containers")
    parser.add_argument("--operator", action="append", metavar="NAME", dest="operators")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    operators = arguments.operators or ["alice", "bob"]
    world = World(arguments.state.resolve(), arguments.region, operators, arguments.docker)
    try:
        ministack = MiniStack(
            world.children, world.folder("ministack"), world.region, world.account
        )
        ministack.start()
        world.upstream_endpoint = ministack.endpoint
        world.registry.start()
        front = Front(world, ministack, arguments.port)
        for service in world.services.values():
            service.start()
        threading.Thread(target=front.serve_forever, daemon=True, name="front").start()
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
        print(json.dumps(_description(world)), flush=True)
        ended.wait()
        for service in world.services.values():
            service.stop()
    finally:
        world.children.end_all()
        if arguments.temporary:
            shutil.rmtree(world.state, ignore_errors=True)
    # Threads of clients that still hang must not keep the process.
    sys.stdout.flush()
    os._exit(0)


def _await_end_of_input(ended: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    ended.set()


def _description(world: World) -> dict[str, Any]:
    first = _keys(world.operators.permanent[0])
    return {
        "endpoint": world.endpoint,
        **first,
        "region": world.region,
        "account": world.account,
        "registry": world.registry.address,
        "operators": {each.operator: _keys(each) for each in world.operators.permanent},
    }


def _keys(credentials: Credentials) -> dict[str, str]:
    return {"access_key": credentials.access_key, "secret_key": credentials.secret_key}


if __name__ == "__main__":
    sys.exit(main())
