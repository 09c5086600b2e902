"""An HTTP request and a response, as the parts of the stand-in hand them on."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import Headers


@dataclass(frozen=True)
class Request:
    """A request with its whole body; `target` is path and query as they were sent."""

    method: str
    target: str
    headers: Headers
    body: bytes

    @property
    def path(self) -> str:
        """The path as it was sent, still percent-encoded."""
        return urlsplit(self.target).path or "/"

    @property
    def query(self) -> str:
        return urlsplit(self.target).query

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass
class Response:
    """A response with its whole body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
