"""Safe file names: any value as one portable component of a path.

The tool has the same function in Swift (`SafeName`); `pipeline/names-vectors.json` holds both to
the same behaviour.
"""

from __future__ import annotations

import re
import string

_PLAIN = frozenset((string.ascii_letters + string.digits + "_-+,=@~().").encode())
_LEADING = frozenset(b".-")
_ESCAPE = re.compile("%(.{0,2})", re.DOTALL)


def safe(value: str) -> str:
    """Percent-encode (RFC 3986, section 2.1) every byte of the UTF-8 form that is not plain.

    A leading `.` or `-` is encoded too, so that no name is hidden or read as an option. The
    encoding is reversible, so distinct values keep distinct names. It raises UnicodeEncodeError
    for text that has no UTF-8 form (lone surrogates).
    """
    return "".join(
        chr(byte) if byte in _PLAIN and (position or byte not in _LEADING) else f"%{byte:02X}"
        for position, byte in enumerate(value.encode())
    )


def unsafe(name: str) -> str:
    """Reverse `safe`; raise ValueError for a name that `safe` cannot have made."""
    for escape in _ESCAPE.finditer(name):
        if not re.fullmatch("[0-9A-F]{2}", escape[1]):
            raise ValueError(f'bad escape "{escape[0]}" in the name "{name}"')
    value = bytearray()
    rest = name.encode()
    while rest:
        plain, mark, rest = rest.partition(b"%")
        value += plain
        if mark:
            value.append(int(rest[:2], 16))
            rest = rest[2:]
    decoded = value.decode()
    if safe(decoded) != name:
        raise ValueError(f'"{name}" is not a safe name: it should read "{safe(decoded)}"')
    return decoded
