"""A site in a few lines: says on stdout at which port, and serves until it is ended.

usage: python -m standin.beanstalk.site DATA_FOLDER

/health answers as the example's site does (site/health.py): well only over the data of its release.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_MARKER = ".pipeline-release.json"


def _marker(folder: Path) -> dict[str, object]:
    """The slot's marker: at its top, which is the data folder or one above it."""
    for place in (folder, *folder.parents):
        if (place / _MARKER).is_file():
            return json.loads((place / _MARKER).read_text())
    return {}


class _Site(SimpleHTTPRequestHandler):
    """`/health`, a page at `/`, and the files of the data folder."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/health":
            self._answer(*self._health(), "application/json")
        elif path == "/":
            number = os.environ.get("PIPELINE_RELEASE", "")
            self._answer(f"<h1>Release {number}</h1>\n".encode(), 200, "text/html")
        else:
            super().do_GET()

    def _health(self) -> tuple[bytes, int]:
        names = {"release": "PIPELINE_RELEASE", "manifest": "PIPELINE_MANIFEST"}
        names["image"] = "PIPELINE_IMAGE"
        report: dict[str, object] = {key: os.environ.get(name, "") for key, name in names.items()}
        found = _marker(Path(self.directory)).get("manifest")
        if found != report["manifest"]:
            problem = f"the data is of manifest {found}"
            report |= {"status": "failing", "problems": [problem]}
            return json.dumps(report).encode(), 503
        return json.dumps({"status": "ok", **report}).encode(), 200

    def _answer(self, body: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    handler = functools.partial(_Site, directory=sys.argv[1] or "/nonexistent")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
