"""Faults that a test asks for: which call they happen to, and what happens."""

from __future__ import annotations

import fnmatch
import select
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

from standin.service import AWSError

_KINDS = ("throttle", "error", "lose-reply", "hold-reply", "drop", "hang", "delay")
_KEYS = {"match", "operator", "nth", "times", "do", "code", "message", "status", "seconds", "after"}


@dataclass
class Fault:
    """One fault; see docs of the control address /standin/faults for what the fields mean."""

    match: str
    do: str
    operator: str = "*"
    nth: int = 1
    times: int = 1
    code: str | None = None
    message: str | None = None
    status: int | None = None
    seconds: float | None = None
    after: str | None = None
    seen: int = 0
    happened: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        if self.do not in _KINDS:
            raise ValueError(f'"do" is "{self.do}"; it is one of {", ".join(_KINDS)}')
        if self.do == "error" and not self.code:
            raise ValueError('a fault that does "error" needs a "code"')
        if self.do == "delay" and self.seconds is None:
            raise ValueError('a fault that does "delay" needs "seconds"')

    def takes(self, name: str, operator: str) -> bool:
        """Counts a call that matches; whether the fault happens to it. `times` 0 is without end."""
        if self.after:
            # Calls count only once one of these has come; that one itself does not.
            if fnmatch.fnmatch(name, self.after):
                self.after = None
            return False
        if not (fnmatch.fnmatch(name, self.match) and fnmatch.fnmatch(operator, self.operator)):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.happened >= self.times):
            return False
        self.happened += 1
        return True

    @property
    def error(self) -> AWSError | None:
        """What the client gets instead of an answer."""
        if self.do == "throttle":
            code = self.code or "ThrottlingException"
            return AWSError(code, self.message or "Rate exceeded", self.status or 400)
        if self.do == "error":
            message = self.message or "an error that a test asked for"
            return AWSError(str(self.code), message, self.status or 400)
        return None


class Faults:
    """The faults that are armed; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, wanted: list[dict[str, Any]]) -> None:
        """Replaces all faults; counting starts now."""
        faults = []
        for fields in wanted:
            unknown = set(fields) - _KEYS
            if unknown:
                raise ValueError(f"unknown keys in a fault: {', '.join(sorted(unknown))}")
            faults.append(Fault(**fields))
        with self._lock:
            self._armed = faults

    def next(self, name: str, operator: str) -> Fault | None:
        """The fault that happens to this call ("service:Operation"); every match is counted."""
        with self._lock:
            return next(iter([each for each in self._armed if each.takes(name, operator)]), None)

    def armed(self) -> list[dict[str, Any]]:
        """The faults with how often they were seen and have happened."""
        with self._lock:
            return [dict(vars(each)) for each in self._armed]


class Dropped(Exception):
    """The connection is to end without an answer."""


def suffer(fault: Fault, connection: socket.socket) -> None:
    """What happens before the call is acted on: waits, or raises AWSError or Dropped."""
    if fault.do == "drop":
        raise Dropped
    if fault.do == "hang":
        _hang(connection, fault.seconds)
        raise Dropped
    if fault.do == "delay":
        time.sleep(fault.seconds or 0)
    if fault.error:
        raise fault.error


def hold(connection: socket.socket, seconds: float | None) -> None:
    """What happens after the call was acted on where its answer is held back."""
    _hang(connection, seconds)
    raise Dropped


def _hang(connection: socket.socket, seconds: float | None) -> None:
    """Says nothing until the client goes away, or for so many seconds."""
    # Its going is seen also behind bytes that it has sent and nobody reads.
    waiting = select.poll()
    waiting.register(connection, select.POLLRDHUP)
    waiting.poll(None if seconds is None else seconds * 1000)
