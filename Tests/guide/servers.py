"""Projects that need more than this machine's files: an SFTP server, a Slurm cluster, a repository of settings."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from projects import ROOT, Project, Tiny, free_port


class Server(Project):
    """Data alone, for the environment `production`: a real sshd on this machine."""

    def prepare(self) -> None:
        self.folder = self.scratch / "server"
        self.efs = self.folder / "efs" / "example-site"
        self.efs.mkdir(parents=True)
        self.environment["SERVER"] = str(self.efs)
        port = free_port()
        for name in ("host", "id"):
            key = str(self.folder / name)
            self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        Path("/run/sshd").mkdir(exist_ok=True)
        settings = [
            f"Port {port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.folder}/host",
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin yes",
            f"AuthorizedKeysFile {self.folder}/id.pub",
            "Subsystem sftp internal-sftp",
        ]
        (self.folder / "config").write_text("\n".join(settings) + "\n")
        host_key = (self.folder / "host.pub").read_text().split()
        self.write("pipeline/known_hosts", f"[127.0.0.1]:{port} {host_key[0]} {host_key[1]}\n")
        # Its processes drop our variable with all others, so it is ended by itself.
        self.sshd = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "config")],
            stderr=(self.folder / "log").open("wb"),
        )
        _listens(port)
        self.write("pipeline/pipeline.yaml", DATA_DEFINITION)
        self.write(
            "pipeline/environments/production.yaml",
            f"""\
kind: data
data:
  route: sftp
  host: 127.0.0.1
  port: {port}
  user: {os.environ.get("USER") or "root"}
  identity: {self.folder}/id
  known_hosts: pipeline/known_hosts
  root: {self.efs}
""",
        )
        for number in range(200):
            path = f"data/compiled/tree/{number % 10}/f{number}"
            self.write(path, f"content of file {number}\n" * 50)
        self.write("data/compiled/circos/high_25.pkl", "a figure\n")
        self.run("find", ".", "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+")

    def end(self) -> None:
        if hasattr(self, "sshd"):
            self.sshd.terminate()
            self.sshd.wait()
        super().end()


class Synced(Server):
    """As `Server`, with data that was sent, and some beside it."""

    def prepare(self) -> None:
        super().prepare()
        self.run("pipeline", "run", "sync", "-e", "production")
        self.write("data/compiled/circos/high_25.pkl", "another figure\n")
        self.run("pipeline", "run", "sync", "-e", "production")
        (self.efs / "packs").mkdir()
        (self.efs / "packs" / "old.sqfs").write_text("a pack\n")
        self.write("genomes.sqfs", "a newer pack\n")
        self.write("notes/today.txt", "a note\n")


class Settings(Project):
    """A site's project, and a private repository of settings that git finds at the address in the page."""

    def prepare(self) -> None:
        there = self.scratch / "repository"
        files = {
            "aims/base/configs/common.json": "{}\n",
            "aims/test/configs/test.json": "{}\n",
            "aims/test/pipeline/environments/test.yaml": "kind: data\ndata: { root: /mnt/efs/site }\n",
        }
        for path, text in files.items():
            (there / path).parent.mkdir(parents=True, exist_ok=True)
            (there / path).write_text(text)
        self.environment |= {
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": f"url.file://{there}.insteadOf",
            "GIT_CONFIG_VALUE_0": "git@github.com:lab/site-config.git",
            "GIT_CONFIG_KEY_1": "user.name",
            "GIT_CONFIG_VALUE_1": "A reader",
            "GIT_CONFIG_KEY_2": "user.email",
            "GIT_CONFIG_VALUE_2": "reader@example.org",
        }
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "settings"]):
            self.run("git", "-C", str(there), *words)
        self.write("pipeline/pipeline.yaml", DATA_DEFINITION)


class Slurm(Project):
    """Units for a real Slurm cluster of one node."""

    needs = ("PIPELINE_TEST_SLURM",)

    def prepare(self) -> None:
        folder = self.scratch / "slurm"
        self.cluster = subprocess.Popen(
            ["bash", str(ROOT / "Tests" / "TestServers" / "slurm_cluster.sh"), str(folder), "2"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.scratch / "slurm.log").open("wb"),
            env=self.environment,
        )
        if not self.cluster.stdout.readline():
            raise RuntimeError((self.scratch / "slurm.log").read_text())
        self.environment["SLURM_CONF"] = str(folder / "slurm.conf")
        self.write("pipeline/pipeline.yaml", SLURM_DEFINITION)
        self.write("raw.txt", "results\n")

    def end(self) -> None:
        if hasattr(self, "cluster"):
            self.cluster.stdin.close()
            self.cluster.wait(30)
        super().end()


class Days(Tiny):
    """A compile that takes as long as its reader wants: units wait until a file is there."""

    def prepare(self) -> None:
        super().prepare()
        self.write("pipeline/pipeline.yaml", DAYS_DEFINITION)


class Chosen(Project):
    """Data of which some is not sent."""

    def prepare(self) -> None:
        self.write("pipeline/pipeline.yaml", CHOSEN_DEFINITION)
        self.write("pipeline/environments/local.yaml", "kind: data\ndata: { root: .pipeline/efs }\n")
        self.write("data/compiled/circos/high_25.feather", "feather\n" * 1000)
        self.write("data/compiled/.index", "index\n" * 500)
        self.write("data/compiled/scratch/notes", "notes\n")
        (self.root / "data/compiled/new").mkdir()


class Packs(Project):
    """A folder that is worth a pack."""

    as_root = True

    def prepare(self) -> None:
        for number in range(4):
            self.write(f"genomes/chromosomes/{number}.fa", "GATTACA\n" * 1000)
        # Commands that need another user than this one need no word for it in a container.
        sudo = self.scratch / "bin" / "sudo"
        sudo.write_text('#!/bin/sh\nexec "$@"\n')
        sudo.chmod(0o755)
        self.substitutions["/mnt/"] = f"{self.scratch}/mnt/"


class Reloading(Tiny):
    """A site that is instructed to read its data again, by a service beside it."""

    def prepare(self) -> None:
        super().prepare()
        port = free_port()
        self.write("keeper.py", KEEPER)
        subprocess.Popen(
            ["python3", "keeper.py", str(port)],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _listens(port)
        file = self.root / "pipeline" / "environments" / "preview.yaml"
        (file.parent / "test.yaml").write_text(file.read_text() + RELOAD.format(port=port))
        file.unlink()
        for number in range(412):
            self.write(f".pipeline/environments/preview/efs/cache/regional/{number}", "tile\n")


def _listens(port: int) -> None:
    import socket

    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


DATA_DEFINITION = """\
project: example-site
default_environment: production
stages:
  sync: { kind: sync, data: data/compiled }
"""

SLURM_DEFINITION = """\
project: cluster
stages:
  compile:
    kind: compile
    executor: slurm
    slurm: { tasks: 2 }
    units:
      part:
        matrix: { number: { from: 1, to: 6 } }
        command: sh -c "echo {number} > {output}"
        inputs: raw.txt
        outputs: data/compiled/{number}.txt
"""

DAYS_DEFINITION = """\
project: days
stages:
  compile:
    kind: compile
    units:
      part:
        matrix: { number: { from: 1, to: 40 } }
        command: sh -c "[ {number} -le 5 ] || until [ -e go ]; do sleep 0.05; done; echo {number} > {output}"
        outputs: data/compiled/{number:02}.txt
notify: [sh, -c, 'echo "$PIPELINE_OUTCOME" >> told.txt']
"""

CHOSEN_DEFINITION = """\
project: example-site
stages:
  sync: { kind: sync, data: data/compiled, exclude: ["**/scratch"] }
"""

RELOAD = """\
reload:
  drop: [cache/regional]
  request:
    url: http://127.0.0.1:{port}/reload
    secret_headers: {{ Authorization: RELOAD_TOKEN }}
  poll:
    url: http://127.0.0.1:{port}/jobs/{{job.id}}
    member: job.status
    failed: [FAILED, CANCELLED, TIMED_OUT]
    every: 1s
    within: 30s
"""

KEEPER = """\
import http.server, json, sys

asked = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status):
        body = json.dumps({"job": {"id": "1", "status": status}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer("QUEUED")

    def do_GET(self):
        global asked
        asked += 1
        self.answer("IN_PROGRESS" if asked == 1 else "SUCCEEDED")


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
