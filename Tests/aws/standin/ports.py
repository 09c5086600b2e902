"""Ports for children that must be given one."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A loopback port that was free just now; a child that finds it taken is started again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
