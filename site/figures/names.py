"""Safe file names for target names such as `CD94:NKG2A`.

The image holds no `pipeline` package, so the rule stands here a second time;
`pipeline/names-vectors.json` holds both to the same behaviour.
"""

from __future__ import annotations

import string

_PLAIN = frozenset((string.ascii_letters + string.digits + "_-+,=@~().").encode())


def safe(value: str) -> str:
    """Percent-encode every byte of `value` that is not safe in a file name.

    A leading `.` or `-` is encoded too: it would hide the file, or look like an option.
    """
    encoded = []
    for position, byte in enumerate(value.encode()):
        leads = position == 0 and byte in b".-"
        encoded.append(chr(byte) if byte in _PLAIN and not leads else f"%{byte:02X}")
    return "".join(encoded)
