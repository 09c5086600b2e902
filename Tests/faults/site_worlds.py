"""Scratch projects of the campaign with a site that runs here, as a process or in a container."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

from worlds import World, free_port

SITE = """
import http.server, json, os, signal
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
CODE = "first code"
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        if self.path == "/health":
            text = json.dumps({"release": os.environ["PIPELINE_RELEASE"],
                               "manifest": os.environ["PIPELINE_MANIFEST"]})
        else:
            data = os.environ["SITE_DATA"]
            text = "; ".join([CODE] + [open(f"{data}/{n}.txt").read().strip() for n in (1, 2, "all")])
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
"""
STAGES = """
  image: { kind: image, context: site, pass_build_arguments: { BASE: PIPELINE_BASE_IMAGE } }
  push: { kind: push, needs: image }
  deploy: { kind: deploy, needs: [push, sync] }
"""


class Site(World):
    """A site that runs here, of the kind `preview`; it does not run when a case begins."""

    kind = "preview"
    dockerfile = "FROM scratch\nCOPY app.py /app.py\n"
    command = f"  command: {sys.executable} app.py\n"
    repository = "127.0.0.1:5000/faults"

    @staticmethod
    def missing() -> str | None:
        return None if shutil.which("nginx", path="/usr/sbin:/usr/bin") else "nginx is not installed"

    def definition(self, extra: str) -> str:
        return super().definition(extra) + STAGES.lstrip("\n")

    def prepare(self) -> None:
        self.port = free_port()
        self.environment = (
            f"kind: {self.kind}\nrepository: {self.repository}\ndata: {{ root: slots, slots: 3 }}\nsite:\n"
            f"  port: {self.port}\n{self.command}"
            "  health: { path: /health, successes: 1, steady_for: 0s, within: 20s }\n"
        )
        self.write("site/app.py", SITE)
        self.write("site/Dockerfile", self.dockerfile)
        super().prepare()

    def outside(self) -> dict[str, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
                return {"the site": answer.read().decode()}
        except OSError:
            return {"the site": "does not answer"}

    def stop(self) -> None:
        """Ends the site and its nginx: those processes alone that were started with this project's folder or have a file
        of it open."""
        root = os.fsencode(self.root + "/")
        for _ in range(200):
            found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if of(pid, root)]
            if not found:
                return
            for pid in found:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


class Container(Site):
    """The same site in a container of the real engine, with an image that is really built and pushed."""

    kind = "local"
    dockerfile = (
        "ARG BASE=python:3.11-slim-bookworm\nFROM ${BASE}\nCOPY app.py /app.py\n"
        'CMD ["python3", "/app.py"]\n'
    )
    command = ""
    repository = f"{os.environ.get('PIPELINE_TEST_REGISTRY')}/faults"

    @staticmethod
    def missing() -> str | None:
        if "PIPELINE_TEST_REGISTRY" not in os.environ:
            return "there is no engine with a registry (PIPELINE_TEST_REGISTRY)"
        return Site.missing()

    def stop(self) -> None:
        """Removes the containers that were started from this project's folder."""
        label = f"label=pipeline.project={self.root}"
        found = subprocess.run(
            ["docker", "ps", "-aq", "--filter", label], text=True, stdout=subprocess.PIPE, check=True
        )
        if names := found.stdout.split():
            subprocess.run(["docker", "rm", "-f", *names], stdout=subprocess.DEVNULL, check=True)
        super().stop()


def of(pid: int, root: bytes) -> bool:
    if pid == os.getpid():
        return False
    for name in ("cmdline", "environ"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                text = file.read()
        except OSError:
            continue
        if root in text or (name == "environ" and b"PIPELINE_SITE=" + root[:-1] + b"#" in text):
            return True
    # A worker of nginx has neither.
    try:
        with os.scandir(b"/proc/%d/fd" % pid) as files:
            return any(os.readlink(file.path).startswith(root) for file in files)
    except OSError:
        return False
