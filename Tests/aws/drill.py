"""The fault drill: for every remote step of a deployment, what goes wrong there and what is left of it.

usage: PYTHONPATH=Tests/aws .venv-aws/bin/python Tests/aws/drill.py [--step GLOB] [--fault GLOB] [--tool PATH]

Each cell of the table is a new project and environment at the stand-in. The fault happens at the step; a
killed tool is killed with its children by SIGKILL. Then `pipeline run deploy` is given once more, without
faults, and has to end in a healthy site with the right code and data, with nothing left that costs, and with
no more made than is needed. Needs a Docker engine and PIPELINE_BASE_IMAGE, as scripts/test sets them up.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import CLIENT, PROGRAMS, StandIn

QUICK = Path(__file__).resolve().parent / "quick"
ROOT = Path(__file__).resolve().parent.parent.parent
PLATFORM = "64bit Amazon Linux 2023 v4.3.1 running Docker"


@dataclass(frozen=True)
class Step:
    """A call that a deployment makes, and which of them is meant."""

    name: str
    call: str
    nth: int = 1
    place: str = "beanstalk"
    """Which kind of project makes the call: "beanstalk" (data by a temporary server), "bucket" (data by bucket and
    instance) or "ecs"."""


STEPS = [
    Step("registry login", "ecr-public:GetAuthorizationToken"),
    Step("image at registry?", "ecr-public:DescribeImages"),
    Step("lease taken", "s3:PutObject"),
    Step("server made", "transfer:CreateServer"),
    Step("user made", "transfer:CreateUser"),
    Step("server deleted", "transfer:DeleteServer"),
    Step("slot recorded", "s3:PutObject", 3),
    Step("bundle uploaded", "s3:PutObject", 4),
    Step("version made", "elasticbeanstalk:CreateApplicationVersion"),
    Step("environment updated", "elasticbeanstalk:UpdateEnvironment"),
    Step("update followed", "elasticbeanstalk:DescribeEvents", 2),
    Step("release recorded", "s3:PutObject", 6),
    Step("instance started", "ec2:StartInstances", place="bucket"),
    Step("command sent", "ssm:SendCommand", 2, place="bucket"),
    Step("command followed", "ssm:GetCommandInvocation", 2, place="bucket"),
    Step("objects deleted", "s3:DeleteObject", place="bucket"),
    Step("instance stopped", "ec2:StopInstances", place="bucket"),
    Step("backup started", "backup:StartBackupJob", place="ecs"),
    Step("revision registered", "ecs:RegisterTaskDefinition", 2, place="ecs"),
    Step("service updated", "ecs:UpdateService", 2, place="ecs"),
    Step("tasks looked at", "ecs:DescribeTasks", place="ecs"),
]

FAULTS = ["kill before", "kill after", "kill recorded", "lose reply", "throttle", "fail"]


def fault(step: Step, kind: str) -> dict[str, Any]:
    """The instructions that the stand-in has."""
    base: dict[str, Any] = {"match": step.call, "nth": step.nth}
    if kind == "kill before":
        return {**base, "do": "hang"}
    if kind == "kill after":
        return {**base, "do": "hold-reply"}
    if kind == "kill recorded":
        # Whatever is asked next comes after the record of what was done here.
        return {"match": "*", "after": step.call, "do": "hang"}
    if kind == "lose reply":
        return {**base, "do": "lose-reply"}
    if kind == "throttle":
        return {**base, "do": "throttle"}
    return {**base, "do": "error", "code": "InternalFailure", "status": 500}


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
            return "something that costs is left"
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


class BucketCell(Cell):
    """Data by a bucket and an instance, which is off."""

    def _prepare(self) -> None:
        super()._prepare()
        ec2 = self.standin.client("ec2")
        made = ec2.run_instances(
            ImageId="ami-0c2023a1b2c3d4e5f", InstanceType="t3.micro", MinCount=1, MaxCount=1
        )
        self.instance = made["Instances"][0]["InstanceId"]
        ec2.stop_instances(InstanceIds=[self.instance])

    def _route(self) -> dict[str, Any]:
        names = {"bucket": f"drill-{self.name}", "instance": self.instance}
        return {"route": "bucket", "bucket": names}

    def _deployed(self) -> str:
        found = self.standin.client("s3").list_objects_v2(
            Bucket=f"drill-{self.name}", Prefix="pipeline/aws/tmp/"
        )
        if found["KeyCount"]:
            return "objects are left on their way"
        return super()._deployed()


class ServicesCell(Cell):
    """Two services of ECS, and a backup before the data is changed."""

    updates = 2

    def _prepare(self) -> None:
        ecs = self.standin.client("ecs")
        ecs.create_cluster(clusterName=self.name)
        self.standin.client("backup").create_backup_vault(BackupVaultName=self.name)
        efs = {"fileSystemId": self.file_system, "rootDirectory": "/"}
        web = {
            "name": "web",
            "image": "placeholder:1",
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
        }
        for service in self._services():
            ecs.register_task_definition(
                family=service,
                volumes=[{"name": "data", "efsVolumeConfiguration": efs}],
                containerDefinitions=[web],
            )
            ecs.create_service(
                cluster=self.name, serviceName=service, taskDefinition=service, desiredCount=1
            )
        self.ecs = ecs

    def _services(self) -> list[str]:
        return [f"api-{self.name}", f"ui-{self.name}"]

    def _place(self) -> dict[str, Any]:
        services = [{"name": name, "container": "web"} for name in self._services()]
        return {"kind": "ecs", "ecs": {"cluster": self.name, "services": services}}

    def _route(self) -> dict[str, Any]:
        return {"route": "transfer", "backup": {"vault": self.name, "role": "backup"}}

    def _deployed(self) -> str:
        found = self.ecs.describe_services(cluster=self.name, services=self._services())
        seen = set()
        for service in found["services"]:
            told = self.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            container = told["taskDefinition"]["containerDefinitions"][0]
            values = {each["name"]: each["value"] for each in container.get("environment", [])}
            seen.add((values.get("PIPELINE_VERSION", ""), values.get("PIPELINE_MANIFEST", "")))
        if len(seen) != 1:
            return "the services run different versions"
        label, manifest = seen.pop()
        if not label:
            return "the services run no version"
        if len(self.standin.client("backup").list_backup_jobs()["BackupJobs"]) < 1:
            return "no backup was made"
        return self._data(label, manifest)


CELLS = {"beanstalk": Cell, "bucket": BucketCell, "ecs": ServicesCell}


def _quick(standin: StandIn) -> subprocess.Popen[bytes]:
    """The pinned `aws`, loaded once."""
    server = subprocess.Popen(
        [sys.executable, QUICK / "server.py", standin.state / "aws.sock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    if server.stdout:
        server.stdout.readline()
    return server


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


def drill(steps: list[Step], faults: list[str], tool: Path) -> int:
    """Prints the table; how many cells are not green."""
    standin = StandIn()
    quick = _quick(standin)
    failures: list[str] = []
    print(f"{'':22}" + "".join(f"{kind:15}" for kind in faults), flush=True)
    try:
        for step in steps:
            print(f"{step.name:22}", end="", flush=True)
            for kind in faults:
                cell = CELLS[step.place](standin, tool)
                first = cell.spoiled(fault(step, kind))
                wrong = cell.recovered() if first else "never reached"
                print(f"{'ok' if not wrong else 'WRONG':15}", end="", flush=True)
                if wrong:
                    logs = "".join(
                        (cell.folder / name).read_text()
                        for name in ("first.log", "second.log")
                        if (cell.folder / name).exists()
                    )
                    failures.append(f"{step.name} / {kind}: {first}; {wrong}\n{logs}")
                cell.end()
            print(flush=True)
    finally:
        quick.kill()
        quick.wait()
        standin.end()
    for failure in failures:
        print("\n" + failure)
    cells = len(steps) * len(faults)
    print(f"\n{cells - len(failures)} of {cells} are green")
    return len(failures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--step", default="*", metavar="GLOB")
    parser.add_argument("--fault", default="*", metavar="GLOB")
    parser.add_argument("--tool", type=Path, default=ROOT / ".build/debug/pipeline")
    arguments = parser.parse_args()
    steps = [step for step in STEPS if fnmatch.fnmatch(step.name, arguments.step)]
    faults = [kind for kind in FAULTS if fnmatch.fnmatch(kind, arguments.fault)]
    if not steps or not faults:
        sys.exit(f"steps: {', '.join(s.name for s in STEPS)}\nfaults: {', '.join(FAULTS)}")
    return 1 if drill(steps, faults, arguments.tool.resolve()) else 0


if __name__ == "__main__":
    sys.exit(main())
