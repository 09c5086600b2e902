"""The passwords that GetAuthorizationToken gives out."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

from standin.registry.images import Kind

TWELVE_HOURS = 12 * 3600.0


@dataclass(frozen=True)
class Token:
    """`expires` in seconds since 1970."""

    password: str
    kind: Kind
    operator: str
    expires: float

    @property
    def is_expired(self) -> bool:
        return self.expires <= time.time()


class Tokens:
    """All that were issued, also the expired ones; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: dict[str, Token] = {}

    def issue(self, kind: Kind, operator: str, seconds: float) -> Token:
        token = Token(secrets.token_urlsafe(180), kind, operator, time.time() + seconds)
        with self._lock:
            self._issued[token.password] = token
        return token

    def find(self, password: str) -> Token | None:
        with self._lock:
            return self._issued.get(password)

    def end(self, kind: Kind) -> None:
        """Lets all tokens of a kind expire now."""
        with self._lock:
            for password, token in self._issued.items():
                if token.kind == kind:
                    self._issued[password] = Token(password, kind, token.operator, 0)
