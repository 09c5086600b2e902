"""Removes the containers and images of a stand-in that has ended, however it did.

usage: python -m standin.beanstalk.watchdog REGISTRY_ADDRESS < PIPE

The pipe's other end is the stand-in's alone, so that its end is the stand-in's end.
"""

from __future__ import annotations

import os
import subprocess
import sys


def _docker(*arguments: str) -> list[str]:
    done = subprocess.run(
        ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.stdout.split()


def main() -> None:
    address = sys.argv[1]
    while os.read(0, 4096):
        pass
    containers = _docker("ps", "--all", "--quiet", "--filter", f"label=standin={address}")
    if containers:
        _docker("rm", "--force", "--volumes", *containers)
    names = _docker("images", "--format", "{{.Repository}}:{{.Tag}}@{{.Digest}}")
    for name in names:
        if name.startswith(f"{address}/"):
            tagged, _, digest = name.partition("@")
            path, _, tag = tagged.rpartition(":")
            _docker("rmi", tagged if tag != "<none>" else f"{path}@{digest}")


if __name__ == "__main__":
    main()
