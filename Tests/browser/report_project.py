"""A project with a long history, made by really running the tool in it.

1,000 units of plain commands, names that try to break a page, a unit that fails, units that come back from the
store, and releases of a preview, each with other data. The test of the report and its benchmark look at it.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
from pathlib import Path

# A name is a value of an axis, so that it becomes the name of a unit, of a log and of a file.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "\"quotes' & &amp; entities",
    "two\nlines",
    "\u2028separator \u202eoverride",
)

_APP = """
import http.server, json, os, signal
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        body = json.dumps({"release": os.environ["PIPELINE_RELEASE"],
                           "manifest": os.environ["PIPELINE_MANIFEST"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


class Project:
    """The project at `root`; `tool` is the program. Use as a context: what was started is ended."""

    def __init__(self, root: Path, tool: Path) -> None:
        self.root = root.resolve()
        self.tool = tool.resolve()
        self.port = _free_port()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        mark = f"PIPELINE_SITE={self.root}#preview".encode()
        folder = str(self.root / ".pipeline/environments").encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in environment:
                os.kill(int(process.name), signal.SIGKILL)
            elif words.startswith(b"nginx") and folder in words:
                # Its workers end with it only when it is asked.
                os.kill(int(process.name), signal.SIGTERM)

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def pipeline(self, *arguments: str, fails: bool = False) -> str:
        """Run the tool; returns what it printed to standard output."""
        done = subprocess.run(
            [self.tool, *arguments], cwd=self.root, capture_output=True, text=True, timeout=300
        )
        if (done.returncode != 0) is not fails:
            raise RuntimeError(f"pipeline {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def make(self, units: int, releases: int) -> None:
        """Run all of the history."""
        self._describe(units - len(HOSTILE) - 2, "touch {output}")
        self.write("site/app.py", _APP)
        self.write("site/Dockerfile", "FROM scratch\n")
        self.write("switch.txt", "bad\n")
        self.write("extra.txt", "0\n")
        self._commit("The beginning")
        self.pipeline("run", "compile", fails=True)
        self.write("switch.txt", "good\n")
        for number in range(1, releases + 1):
            self.write("extra.txt", f"{number}\n" * (number * 400))
            self.write(f"data/by-hand/part-{number // 3}.txt", "line\n" * number * 100)
            if number % 5 == 0:
                self.write("site/app.py", _APP + f"# {number}\n")
                self._commit(f"Step {number} <b>& more</b>")
            self.pipeline("run", "deploy", "-e", "preview")
        # Forwards and back: what the store has is not made again.
        self._describe(units - len(HOSTILE) - 2, "truncate -s 6 {output}")
        self.pipeline("run", "compile", "--only", "compile/small/1*")
        self._describe(units - len(HOSTILE) - 2, "touch {output}")
        self.pipeline("run", "compile")
        self.pipeline("rollback", "-e", "preview")
        self.write("switch.txt", "bad\n")
        self.pipeline("run", "compile", fails=True)

    def hold(self) -> None:
        """Let the unit that failed wait, when it is run again, until `release`."""
        self.write("switch.txt", "good wait\n")

    def release(self) -> None:
        """Let it go on."""
        self.write("go", "")

    def state(self) -> dict[str, bytes]:
        """Digests of all files of the tool's state, but those of SQLite that every reader touches."""
        files = (file for file in (self.root / ".pipeline").rglob("*") if file.is_file())
        return {
            str(file): hashlib.sha256(file.read_bytes()).digest()
            for file in files
            if not file.name.endswith("-shm")
        }

    def _describe(self, small: int, command: str) -> None:
        values = ", ".join(_quoted(name) for name in HOSTILE)
        self.write(
            "pipeline/pipeline.yaml",
            f"""project: long-history
stages:
  compile:
    kind: compile
    units:
      small:
        matrix: {{ number: {{ from: 1, to: {small} }} }}
        command: {command}
        outputs: "data/intermediate/small/{{number}}.txt"
      hostile:
        matrix: {{ name: [{values}] }}
        command: truncate -s 12 {{output}}
        outputs: "data/intermediate/hostile/{{name}}.txt"
      extra:
        command: cp {{input}} {{output}}
        inputs: extra.txt
        outputs: data/compiled/extra.txt
      switch:
        command: >-
          sh -c "printf 'first\\n\\033[31m<b>red</b>\\033[0m </script>\\n';
          while grep -q wait {{input}} && ! test -e go; do sleep 0.05; done;
          grep -q good {{input}} && echo x > {{output}}"
        inputs: switch.txt
        outputs: data/intermediate/switch.txt
  image: {{ kind: image, context: site }}
  push: {{ kind: push, needs: image }}
  sync: {{ kind: sync, needs: compile, data: [data/compiled, data/by-hand] }}
  deploy: {{ kind: deploy, needs: [push, sync] }}
""",
        )
        self.write(
            "pipeline/environments/preview.yaml",
            f"""kind: preview
data: {{ root: .pipeline/environments/preview/efs, slots: 3 }}
site:
  port: {self.port}
  command: python3 app.py
  health: {{ path: /, successes: 1, steady_for: 0s, within: 60s }}
""",
        )
        self.write(".gitignore", ".pipeline/\ndata/\n*.txt\npipeline/\n")

    def _commit(self, subject: str) -> None:
        name = ("-c", "user.name=Ann <script>", "-c", "user.email=ann@example.org")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", subject)):
            subprocess.run(["git", *name, *words], cwd=self.root, check=True, capture_output=True)


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\u2028": "\\L", "\u202e": "\\u202e"}
    return '"' + "".join(marks.get(mark, mark) for mark in text) + '"'


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
