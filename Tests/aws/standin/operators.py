"""The people who call: each has an access key, and may have temporary credentials besides."""

from __future__ import annotations

import secrets
import string
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Credentials:
    """A key that requests are signed with; `expires` in seconds since 1970, None for never."""

    operator: str
    access_key: str
    secret_key: str
    token: str | None = None
    expires: float | None = None
    role: str | None = None

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires <= time.time()


class Operators:
    """All credentials that are known; safe to use from many threads."""

    def __init__(self, names: list[str]):
        self._lock = threading.Lock()
        self._known: dict[str, Credentials] = {}
        self.permanent = [self._add(name) for name in names]

    def _add(self, name: str) -> Credentials:
        return self._keep(Credentials(name, _access_key("AKIA"), secrets.token_urlsafe(30)))

    def issue(self, operator: str, seconds: float, role: str | None = None) -> Credentials:
        """Temporary credentials of an operator."""
        return self._keep(
            Credentials(
                operator,
                _access_key("ASIA"),
                secrets.token_urlsafe(30),
                secrets.token_urlsafe(96),
                time.time() + seconds,
                role,
            )
        )

    def _keep(self, credentials: Credentials) -> Credentials:
        with self._lock:
            self._known[credentials.access_key] = credentials
        return credentials

    def end_sessions(self) -> None:
        """Lets every temporary credential expire now."""
        with self._lock:
            for key, known in self._known.items():
                if known.expires is not None:
                    self._known[key] = Credentials(
                        known.operator, key, known.secret_key, known.token, 0, known.role
                    )

    def find(self, access_key: str) -> Credentials | None:
        """The credentials with this access key."""
        with self._lock:
            return self._known.get(access_key)


def _access_key(prefix: str) -> str:
    letters = string.ascii_uppercase + "234567"
    return prefix + "".join(secrets.choice(letters) for _ in range(16))
