"""Awkward names: exact, refused, or silently wrong."""

from __future__ import annotations

import os
import shutil
import subprocess

import clients
import trees
from rig import Rig, digests
from tables import facts


def names(rig: Rig, quick: bool) -> list[dict]:
    """Each name alone in a tree, through each client."""
    del quick
    chosen = {
        "pipeline": clients.pipeline, "sftp": clients.sftp, "lftp": clients.lftp(4),
        "rclone": clients.rclone(4), "rsync": clients.rsync,
    }
    rows = []
    tree = rig.scratch / "names"
    for title, name in trees.AWKWARD:
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        with open(os.path.join(os.fsencode(tree), name), "wb") as file:
            file.write(b"content")
        words = []
        for client_name, client in chosen.items():
            remote = rig.fresh("names")
            try:
                client(rig, tree, remote, rig.port)
                there = remote / "tree"
                exact = there.exists() and digests(there) == digests(tree)
                words.append(f"{client_name} {'exact' if exact else 'WRONG'}")
            except (RuntimeError, subprocess.CalledProcessError, FileNotFoundError):
                words.append(f"{client_name} refused")
        rows.append((title, ", ".join(words)))
    return [facts("awkward names", rows)]
