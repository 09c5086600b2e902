"""Child processes that never outlive the stand-in, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Children:
    """Starts children, each in a process group of its own, and ends them.

    The kernel ends a child whose parent *thread* has ended (PR_SET_PDEATHSIG), which is why all of
    them are started by one thread that lives as long as the stand-in.
    """

    def __init__(self) -> None:
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="children")
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[Any]] = set()
        self._closed = False

    def start(self, arguments: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """Starts a program; `options` are those of subprocess.Popen."""
        return self._starter.submit(self._start, list(arguments), options).result()

    def _start(self, arguments: list[str], options: dict[str, Any]) -> subprocess.Popen[Any]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the stand-in is ending and starts no more children")
            options.setdefault("stdin", subprocess.DEVNULL)
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *arguments],
                start_new_session=True,
                **options,
            )
            self._running = {each for each in self._running if each.poll() is None} | {child}
            return child

    def run(
        self, arguments: Sequence[str], timeout: float | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end; its output, both streams as one, is in `stdout`."""
        child = self.start(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
        try:
            output, _ = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.end(child, signal.SIGKILL)
            output, _ = child.communicate()
            raise
        return subprocess.CompletedProcess(list(arguments), child.returncode, output)

    def end(
        self, child: subprocess.Popen[Any], with_signal: int = signal.SIGTERM, patience: float = 10
    ) -> None:
        """Ends a child and what it has started; kills it after `patience` seconds."""
        _signal_group(child, with_signal)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            child.wait()

    def end_all(self) -> None:
        """Kills every child; none can be started any more."""
        with self._lock:
            self._closed = True
            running = [child for child in self._running if child.poll() is None]
        for child in running:
            _signal_group(child, signal.SIGKILL)
        for child in running:
            child.wait()


def _signal_group(child: subprocess.Popen[Any], number: int) -> None:
    # The group may live on when its leader has ended; it is gone only with its last process.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
