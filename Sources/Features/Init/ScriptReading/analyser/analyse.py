"""Reads the programs of a project, and runs none of them.

The request is `{"root": FOLDER, "files": [PATH…], "texts": [PATH…]}`; paths are relative, `texts` are looked through for
credentials. The answer, on standard output, is `{"programs": […], "credentials": […]}`.
"""

from __future__ import annotations

import json
import re
import sys

from programs import Programs
from secret_finder import credentials

_STRANGE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def main(request: dict) -> None:
    programs = Programs(request["root"], request["files"])
    found: list[dict] = []
    holders = Programs(request["root"], request.get("texts", request["files"]))
    for path in sorted(holders.files):
        text = holders.text(path)
        if text is not None:
            found += credentials(path, text)
    answer = {"programs": programs.all(), "credentials": found}
    # Without surrogates and what else no YAML may hold: the answer is read as such.
    text = json.dumps(answer, ensure_ascii=False)
    sys.stdout.buffer.write(_STRANGE.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main(json.load(sys.stdin))
