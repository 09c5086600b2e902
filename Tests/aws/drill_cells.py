"""A project and its environment at the stand-in: one cell of the drill's table."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from support import CLIENT, PROGRAMS, StandIn

QUICK = Path(__file__).resolve().parent / "quick"

PLATFORM = "64bit Amazon Linux 2023 v4.3.1 running Docker"


DEFINITION = """\
project: drill
stages:
  compile:
    kind: compile
    units:
      line:
        command: sh -c "tr a-z A-Z < {input} > {output}"
        inputs: raw.txt
        outputs: data/compiled/line.txt
  image: { kind: image, context: site, pass_build_arguments: { BASE: PIPELINE_BASE_IMAGE } }
  push: { kind: push, needs: image }
  sync: { kind: sync, needs: compile, data: data/compiled }
  deploy: { kind: deploy, needs: [push, sync] }
"""

DOCKERFILE = 'ARG BASE\nFROM ${BASE}\nCOPY app.py /app/app.py\nCMD ["python3", "/app/app.py"]\n'


class Cell:
    """One project and its environment: Beanstalk, and data by a temporary server."""

    updates = 1
    """How many calls that change what runs are needed."""

    def __init__(self, standin: StandIn, tool: Path):
        self.standin = standin
        self.tool = tool
        self.name = "d" + uuid.uuid4().hex[:8]
        self.folder = Path(tempfile.mkdtemp(prefix="drill-"))
        keys = standin.description["operators"]["alice"]
        self.environment = {
            **os.environ,
            "PATH": f"{QUICK}:{CLIENT}:{PROGRAMS}:{os.environ['PATH']}",
            "PIPELINE_TEST_AWS_SOCKET": str(standin.state / "aws.sock"),
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PIPELINE_TEST_TRANSFER_ADDRESSES": (
                f"{standin.description['endpoint']}/standin/transfer"
            ),
        }
        self._prepare_parts()
        self._prepare()
        self._write()

    def _prepare_parts(self) -> None:
        standin, name = self.standin, self.name
        standin.client("ecr-public", region_name="us-east-1").create_repository(repositoryName=name)
        standin.client("s3").create_bucket(
            Bucket=f"drill-{name}",
            CreateBucketConfiguration={"LocationConstraint": standin.description["region"]},
        )
        efs = standin.client("efs").create_file_system(CreationToken=name)
        self.file_system = efs["FileSystemId"]
        root = standin.state / "efs" / self.file_system / "site"
        root.mkdir(parents=True)
        os.chown(root, 1000, 1000)

    def _prepare(self) -> None:
        standin, name = self.standin, self.name
        settings = {f"{name}-env": {"filesystem": self.file_system}}
        standin.control("POST", "world", {"elasticbeanstalk": {"environments": settings}})
        beanstalk = standin.client("elasticbeanstalk")
        beanstalk.create_application(ApplicationName=name)
        beanstalk.create_environment(
            ApplicationName=name, EnvironmentName=f"{name}-env", SolutionStackName=PLATFORM
        )
        self.beanstalk = beanstalk

    def _write(self) -> None:
        description = self.standin.description
        files = {
            "pipeline/pipeline.yaml": DEFINITION,
            "pipeline/environments/aws.yaml": json.dumps(
                {
                    "aws": {
                        "account": description["account"],
                        "region": description["region"],
                        "endpoint": description["endpoint"],
                        "bucket": f"drill-{self.name}",
                    },
                    "repository": f"{description['registry']}/d1e2f3g4/{self.name}",
                    "registry": "ecr-public",
                    **self._place(),
                    "data": {
                        "file_system": self.file_system,
                        "root": "site",
                        "slots": 3,
                        **self._route(),
                    },
                    "site": {"health": {"successes": 1, "steady_for": "1s", "within": "20s"}},
                }
            ),
            "site/Dockerfile": DOCKERFILE,
            "site/app.py": "import time; time.sleep(1e6)\n",
            "raw.txt": f"data of {self.name}\n",
        }
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def _place(self) -> dict[str, Any]:
        names = {"application": self.name, "environment": f"{self.name}-env", "root": "site"}
        return {"kind": "beanstalk", "beanstalk": names}

    def _route(self) -> dict[str, Any]:
        return {"route": "transfer"}

    def start(self, log: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.tool, "run", "deploy", "--environment", "aws"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def spoiled(self, wanted: dict[str, Any]) -> str:
        """Runs the tool with the fault; how it ended. An empty text: the step was never reached."""
        self.standin.control("DELETE", "journal")
        self.standin.control("POST", "faults", [wanted])
        kills = wanted["do"] in ("hang", "hold-reply")
        with (self.folder / "first.log").open("wb") as log:
            process = self.start(log)
            ended = None
            deadline = time.monotonic() + 120
            while ended is None and time.monotonic() < deadline:
                ended = process.poll()
                told = self.standin.control("GET", "faults")[0]
                happened = told["held"] if wanted["do"] == "hold-reply" else told["happened"]
                if kills and happened:
                    # All of its children too, as when a machine loses its power.
                    _kill_tree(process.pid)
                    process.wait()
                    ended = process.returncode
                    break
                time.sleep(0.02)
            if ended is None:
                _kill_tree(process.pid)
                process.wait()
                return "did not end"
        happened = self.standin.control("GET", "faults")[0]["happened"]
        self.standin.control("POST", "faults", [])
        return f"exit {ended}" if happened else ""

    def recovered(self) -> str:
        """Gives the command once more; what is wrong afterwards."""
        with (self.folder / "second.log").open("wb") as log:
            process = self.start(log)
            try:
                status = process.wait(120)
            except subprocess.TimeoutExpired:
                _kill_tree(process.pid)
                return "the next run did not end"
        if status:
            return f"the next run ended with {status}"
        return self._state()

    def _state(self) -> str:
        return self._deployed() or self._books()

    def _deployed(self) -> str:
        """What is wrong with the site."""
        found = self.beanstalk.describe_environments(EnvironmentNames=[f"{self.name}-env"])
        environment = found["Environments"][0]
        if environment["Status"] != "Ready" or not environment.get("VersionLabel"):
            return f"the environment is {environment['Status']}"
        with urllib.request.urlopen(f"http://{environment['CNAME']}/health", timeout=10) as answer:
            health = json.load(answer)
        return self._data(environment["VersionLabel"], health["manifest"])

    def _data(self, label: str, manifest: str) -> str:
        """What is wrong with the slot that a version names."""
        folder = self.standin.state / "efs" / self.file_system / "site" / label.split("-")[1]
        marker = json.loads((folder / ".pipeline-release.json").read_text())
        if marker["manifest"] != manifest:
            return "the slot has other data than the site says"
        if (folder / "data/compiled/line.txt").read_text() != f"data of {self.name}\n".upper():
            return "the data is wrong"
        return ""

    def _books(self) -> str:
        # Tasks of services are what the site runs in.
        if [each for each in self.standin.control("GET", "paid") if each["kind"] != "ecs-task"]:
            return "a leftover resource is still billed"
        return self._journal()

    def _journal(self) -> str:
        """Nothing was made that was not needed, by the stand-in's own book."""
        lines = self.standin.control("GET", "journal")
        calls = [line for line in lines if line["entry"] == "call" and line["outcome"] != "dropped"]
        # A service that is given the same definition once more is not updated once more.
        updates = {
            json.dumps(call["parameters"] if call["action"] == "UpdateService" else line, sort_keys=True)
            for line, call in enumerate(calls)
            if call["action"] in ("UpdateEnvironment", "UpdateService") and call["outcome"] == "ok"
        }
        if len(updates) > self.updates:
            return f"{len(updates)} updates"
        up = 0
        for line in lines:
            if line["entry"] == "resource" and line["kind"] == "transfer-server":
                up += 1 if line["event"] == "created" else -1
                if up > 1:
                    return "two servers at once"
        ledger = subprocess.run(
            [
                "sqlite3",
                ".pipeline/ledger.sqlite",
                "SELECT count(*) FROM leases WHERE ended_ms IS NULL",
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        return "" if ledger == "0" else f"{ledger} leases are open in the ledger"

    def end(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _kill_tree(pid: int) -> None:
    """Kills a process with all below it, so that nothing of it goes on."""
    found = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    children: dict[int, list[int]] = {}
    for line in found.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    waiting, tree = [pid], []
    while waiting:
        one = waiting.pop()
        tree.append(one)
        waiting += children.get(one, [])
    for one in tree:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            pass
