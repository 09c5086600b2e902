"""Bodies of requests, by length or in chunks (RFC 9112, sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

PIECE = 256 * 1024


def is_chunked(headers: Message) -> bool:
    """Whether the body comes in chunks."""
    return headers.get("Transfer-Encoding", "").lower() == "chunked"


def pieces(stream: BufferedIOBase, headers: Message) -> Iterator[bytes]:
    """The body as it arrives; raises ConnectionError when the client goes away within it."""
    if not is_chunked(headers):
        yield from _read(stream, int(headers.get("Content-Length") or 0))
        return
    while size := _size(stream):
        yield from _read(stream, size)
        stream.readline()
    while stream.readline().strip():
        # Trailers, of which nobody here makes use.
        pass


def _size(stream: BufferedIOBase) -> int:
    line = stream.readline()
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise ConnectionError("the client went away between two chunks") from None


def _read(stream: BufferedIOBase, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read1(min(size, PIECE))
        if not piece:
            raise ConnectionError("the client went away")
        size -= len(piece)
        yield piece
