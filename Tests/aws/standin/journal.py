"""What was asked of the stand-in, and what costs money: STATE/journal.jsonl, a JSON line each."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

_SECRET = ("password", "secret", "token", "privatekey", "authorization", "hostkey")
_NO_SECRET = ("clienttoken", "clientrequesttoken", "creationtoken", "nexttoken")
_LONGEST = 2000


class Journal:
    """Appends entries and remembers them; safe to use from many threads."""

    def __init__(self, path: Path):
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []
        self._sequence = 0
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def call(self, **fields: Any) -> None:
        """A call and its outcome."""
        self._write({"entry": "call", **fields})

    def resource(self, event: str, kind: str, identity: str, **fields: Any) -> None:
        """Something that costs money was "created", "started", "stopped" or "deleted"."""
        self._write({"entry": "resource", "event": event, "kind": kind, "id": identity, **fields})

    def _write(self, fields: dict[str, Any]) -> None:
        with self._lock:
            self._sequence += 1
            entry = {"sequence": self._sequence, "time": round(time.time(), 3), **fields}
            self._entries.append(entry)
            self._file.write(json.dumps(entry, default=str) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Everything since the start or the last `clear`."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forgets the entries; the file keeps them, and the sequence goes on."""
        with self._lock:
            self._entries.clear()


def masked(value: Any, name: str = "") -> Any:
    """A copy of parameters without secrets and without bulk."""
    if isinstance(value, dict):
        return {key: masked(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, name) for inner in value]
    if isinstance(value, (str, bytes)):
        lower = name.lower()
        if lower not in _NO_SECRET and any(word in lower for word in _SECRET):
            return "***"
        if len(value) > _LONGEST or isinstance(value, bytes):
            return f"({len(value)} long)"
    return value
