"""A command, and what it is on one instance, from its delivery to its real end."""

from __future__ import annotations

import fnmatch
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from standin.service import Params
from standin.services.ec2 import Instance

if TYPE_CHECKING:
    from standin.world import World

PLUGIN = "aws:runShellScript"
ENDED = ("Success", "Failed", "Cancelled", "TimedOut")
_STDOUT, _STDERR, _PLUGIN_OUTPUT = 24_000, 8_000, 2_500
_STDOUT_CUT, _STDERR_CUT = "\n---Output truncated---", "\n---Error truncated----"
_STEP = 0.02


@dataclass
class Invocation:
    """What the API tells of it. `status` changes last, when all else is in place."""

    command_id: str
    instance: Instance
    script: str
    working_directory: str
    execution_timeout: float
    delivery_timeout: float
    bucket: str | None
    prefix: str
    comment: str = ""
    status: str = "Pending"
    details: str = "Pending"
    code: int = -1
    output: str = ""
    error: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def key(self) -> str:
        """The key below which the output is put into the bucket."""
        place = f"{self.command_id}/{self.instance.id}/awsrunShellScript/0.awsrunShellScript"
        return f"{self.prefix.rstrip('/')}/{place}" if self.prefix else place

    @property
    def stdout(self) -> str:
        return _cut(self.output, _STDOUT, _STDOUT_CUT)

    @property
    def stderr(self) -> str:
        return _cut(self.error, _STDERR, _STDERR_CUT)

    @property
    def plugin_output(self) -> str:
        return _cut(self.output, _PLUGIN_OUTPUT, _STDOUT_CUT)


@dataclass
class Command:
    """A command with its invocations by instance."""

    id: str
    params: Params
    requested: datetime
    invocations: dict[str, Invocation]
    made: float = field(default_factory=time.monotonic)


class Runner:
    """Runs invocations, each in a thread of its own.

    `settings` is asked while a command runs, so that a test can lose the agent in between.
    """

    def __init__(self, world: World, settings: Callable[[], dict[str, Any]]):
        self._world = world
        self._settings = settings

    def start(self, invocation: Invocation) -> None:
        name = f"command {invocation.command_id}"
        threading.Thread(target=self._run, args=(invocation,), name=name, daemon=True).start()

    def _run(self, invocation: Invocation) -> None:
        asked = time.monotonic()
        delay = float(self._settings().get("delivered_after", 0))
        # A pattern for comments; without one nothing is held, a command without a comment neither.
        pattern = self._settings().get("held")
        held = bool(pattern) and fnmatch.fnmatch(invocation.comment, pattern)
        while (
            self._settings().get("agent_lost")
            or time.monotonic() - asked < delay
            or (held and not self._settings().get("delivered"))
        ):
            if invocation.cancelled.wait(_STEP):
                return self._end(invocation, "Cancelled", "Cancelled")
            if time.monotonic() - asked >= invocation.delivery_timeout:
                return self._end(invocation, "TimedOut", "DeliveryTimedOut")
        folder = self._world.folder("commands", invocation.command_id, invocation.instance.id)
        invocation.began = self._world.clock()
        self._set(invocation, "InProgress", "InProgress")
        try:
            with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
                child = invocation.instance.machine.start(
                    invocation.command_id,
                    invocation.script,
                    invocation.working_directory,
                    stdout,
                    stderr,
                    self._settings().get("mount_error"),
                )
        except RuntimeError as failure:
            invocation.error = str(failure)
            return self._end(invocation, "Failed", "Failed")
        outcome = self._watch(invocation, child)
        self._upload(invocation, folder)
        if outcome is None or invocation.is_ended:
            return None
        self._read(invocation, folder)
        invocation.code = -1 if outcome[0] in ("TimedOut", "Cancelled") else child.returncode
        return self._end(invocation, *outcome)

    def _watch(
        self, invocation: Invocation, child: subprocess.Popen[Any]
    ) -> tuple[str, str] | None:
        """How it ended; None if the service gave it up before."""
        began = time.monotonic()
        machine = invocation.instance.machine
        total = invocation.delivery_timeout + invocation.execution_timeout
        while True:
            past = time.monotonic() - began
            running = child.poll() is None
            settings = self._settings()
            if running and invocation.cancelled.is_set():
                machine.kill(child)
                return ("Cancelled", "Cancelled")
            if running and past >= invocation.execution_timeout:
                machine.kill(child)
                return ("TimedOut", "ExecutionTimedOut")
            if invocation.instance.state != "running" or settings.get("agent_lost"):
                if past >= total and not invocation.is_ended:
                    self._end(invocation, "TimedOut", "DeliveryTimedOut")
                if invocation.is_ended and not running:
                    return None
            elif not running:
                if invocation.is_ended:
                    return None
                return ("Success", "Success") if child.returncode == 0 else ("Failed", "Failed")
            given_up = settings.get("given_up_after")
            if given_up is not None and past >= float(given_up) and not invocation.is_ended:
                self._end(invocation, "TimedOut", "DeliveryTimedOut")
            # Not wait(): it polls too, and would not see a cancellation.
            invocation.cancelled.wait(_STEP) if not invocation.is_ended else time.sleep(_STEP)

    def _read(self, invocation: Invocation, folder: Path) -> None:
        invocation.output = (folder / "stdout").read_bytes().decode(errors="replace")
        invocation.error = (folder / "stderr").read_bytes().decode(errors="replace")

    def _upload(self, invocation: Invocation, folder: Path) -> None:
        """The agent's part: a missing bucket does not fail the command."""
        if invocation.bucket is None or self._settings().get("no_upload"):
            return
        for name in ("stdout", "stderr"):
            body = (folder / name).read_bytes()
            if not body:
                continue
            try:
                self._world.upstream("s3").put_object(
                    Bucket=invocation.bucket, Key=f"{invocation.key}/{name}", Body=body
                )
            except (BotoCoreError, ClientError):
                return

    def _end(self, invocation: Invocation, status: str, details: str) -> None:
        invocation.ended = self._world.clock()
        self._set(invocation, status, details)

    def _set(self, invocation: Invocation, status: str, details: str) -> None:
        invocation.details = details
        invocation.status = status


def _cut(text: str, size: int, mark: str) -> str:
    return text if len(text) <= size else text[: size - len(mark)] + mark
