"""Projects whose environment is at AWS, which the stand-in (Tests/aws) takes the place of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from projects import ROOT, Project
from tiny_site import TINY_APP, TINY_DEFINITION, TINY_DOCKERFILE

sys.path.insert(0, str(ROOT / "Tests" / "aws"))

from support import CLIENT, PROGRAMS, StandIn

QUICK = ROOT / "Tests" / "aws" / "quick"
PLATFORM = "64bit Amazon Linux 2023 v4.3.1 running Docker"


class Cloud(Project):
    """The smallest site with an environment of Elastic Beanstalk and data by a temporary server."""

    name = "production"
    released: tuple[str, ...] = ()
    """Data that was released before the page begins."""

    def prepare(self) -> None:
        self.standin = StandIn()
        self.quick = subprocess.Popen(
            [sys.executable, QUICK / "server.py", self.standin.state / "aws.sock"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.quick.stdout.readline()
        self.id = "g" + uuid.uuid4().hex[:8]
        self.operator("alice")
        self._parts()
        self._place()
        self.files(self.root)
        for text in self.released:
            self.write("raw.txt", text + "\n")
            self.run("pipeline", "run", "deploy", "-e", self.name)

    def operator(self, name: str) -> None:
        """Whose keys the commands have from now on."""
        keys = self.standin.description["operators"][name]
        endpoint = self.standin.description["endpoint"]
        self.environment |= {
            "PATH": f"{self.scratch / 'bin'}:{QUICK}:{CLIENT}:{PROGRAMS}:{self.environment['PATH']}",
            "PIPELINE_TEST_AWS_SOCKET": str(self.standin.state / "aws.sock"),
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            # For the pages' own `aws` commands; the tool takes the address from the environment's file.
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_DEFAULT_REGION": self.standin.description["region"],
            "PIPELINE_TEST_TRANSFER_ADDRESSES": f"{endpoint}/standin/transfer",
            "STANDIN": f"{endpoint}/standin",
        }

    def _parts(self) -> None:
        standin = self.standin
        standin.client("ecr-public", region_name="us-east-1").create_repository(
            repositoryName=self.id
        )
        self.bucket = f"guide-{self.id}"
        self.substitutions["BUCKET"] = self.bucket
        standin.client("s3").create_bucket(
            Bucket=self.bucket,
            CreateBucketConfiguration={"LocationConstraint": standin.description["region"]},
        )
        self.file_system = standin.client("efs").create_file_system(CreationToken=self.id)[
            "FileSystemId"
        ]
        subnet = standin.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        groups = standin.client("ec2").describe_security_groups()["SecurityGroups"]
        for group in groups:
            if group["GroupName"] == "default":
                standin.client("ec2").authorize_security_group_ingress(
                    GroupId=group["GroupId"], IpProtocol="tcp", FromPort=2049, ToPort=2049, CidrIp="10.0.0.0/8"
                )
        standin.client("efs").create_mount_target(FileSystemId=self.file_system, SubnetId=subnet)
        self.efs = standin.state / "efs" / self.file_system / "site"
        self.efs.mkdir(parents=True)
        os.chown(self.efs, 1000, 1000)
        self.environment["EFS"] = str(self.efs)

    def _place(self) -> None:
        standin = self.standin
        settings = {f"{self.id}-env": {"filesystem": self.file_system}}
        standin.control("POST", "world", {"elasticbeanstalk": {"environments": settings}})
        beanstalk = standin.client("elasticbeanstalk")
        beanstalk.create_application(ApplicationName=self.id)
        beanstalk.create_environment(
            ApplicationName=self.id, EnvironmentName=f"{self.id}-env", SolutionStackName=PLATFORM
        )
        self.environment["APPLICATION"] = self.id
        self.environment["FILE_SYSTEM"] = self.file_system

    def files(self, folder: Path) -> None:
        """The project's files, in a folder: another operator has a project of their own."""
        description = self.standin.description
        environment = {
            **self.kind(),
            "aws": {
                "account": description["account"],
                "region": description["region"],
                "endpoint": description["endpoint"],
                "bucket": self.bucket,
            },
            "repository": f"{description['registry']}/d1e2f3g4/{self.id}",
            "registry": "ecr-public",
            "data": {"file_system": self.file_system, "root": "site", "slots": 3, **self.route()},
            **self.more(),
        }
        files = {
            "pipeline/pipeline.yaml": f"default_environment: {self.name}\n"
            + TINY_DEFINITION.replace("project: tiny", "project: ct-site"),
            f"pipeline/environments/{self.name}.yaml": json.dumps(environment, indent=2) + "\n",
            "site/Dockerfile": TINY_DOCKERFILE,
            # An image of its own for each page: they run side by side, and one deletes it.
            "site/app.py": f"# {self.id}\n{TINY_APP}",
            "raw.txt": "first data\n",
        }
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.run("find", str(folder), "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+")

    def kind(self) -> dict[str, Any]:
        names = {"application": self.id, "environment": f"{self.id}-env", "root": "site"}
        return {"kind": "beanstalk", "beanstalk": names}

    def route(self) -> dict[str, Any]:
        return {"route": "transfer", "bandwidth": "2M"}

    def more(self) -> dict[str, Any]:
        return {"site": {"health": {"successes": 1, "steady_for": "1s", "within": "20s"}}}

    def end(self) -> None:
        try:
            if hasattr(self, "quick"):
                self.quick.stdin.close()
                self.quick.wait(20)
                self.quick.stdout.close()
            if hasattr(self, "standin"):
                self.standin.end()
        finally:
            super().end()


class Beanstalk(Cloud):
    """Nothing was deployed yet."""


class Live(Cloud):
    """Two releases of data, the second is live."""

    released = ("first data", "second data")


class Damaged(Live):
    """Two releases of data; a unit that waits while the file `slow` is there, and one that can be made large."""

    as_root = True

    def files(self, folder: Path) -> None:
        super().files(folder)
        file = folder / "pipeline" / "pipeline.yaml"
        file.write_text(file.read_text().replace("    units:\n", DAMAGED_UNITS))


class Operators(Live):
    """The page's reader is Bob, new to an environment that Alice deploys to from a project of her own."""

    def prepare(self) -> None:
        super().prepare()
        alice = self.scratch / "bin" / "as-alice"
        keys = self.standin.description["operators"]["alice"]
        alice.write_text(
            "#!/bin/sh\n"
            f"cd {self.root} && AWS_ACCESS_KEY_ID={keys['access_key']} "
            f"AWS_SECRET_ACCESS_KEY={keys['secret_key']} exec \"$@\"\n"
        )
        alice.chmod(0o755)
        self.root = self.scratch / "other"
        self.root.mkdir()
        self.files(self.root)
        self.operator("bob")


class Bucket(Cloud):
    """Data by a bucket and an instance that is off; the environment is `test`."""

    name = "test"

    def _place(self) -> None:
        super()._place()
        ec2 = self.standin.client("ec2")
        made = ec2.run_instances(
            ImageId="ami-0c2023a1b2c3d4e5f", InstanceType="t3.micro", MinCount=1, MaxCount=1
        )
        self.instance = made["Instances"][0]["InstanceId"]
        ec2.stop_instances(InstanceIds=[self.instance])
        # In the place of AWS's plugin: it tells that the session is there, and ends with its input.
        plugin = self.scratch / "bin" / "session-manager-plugin"
        plugin.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "Starting session with SessionId: alice-1"\ncat\n')
        plugin.chmod(0o755)

    def route(self) -> dict[str, Any]:
        names = {"bucket": self.bucket, "instance": self.instance}
        return {"route": "bucket", "bucket": names}


class Services(Cloud):
    """Two services of ECS, in the environment `cloud`."""

    name = "cloud"

    def _place(self) -> None:
        ecs = self.standin.client("ecs")
        ecs.create_cluster(clusterName=self.id)
        self.standin.client("backup").create_backup_vault(BackupVaultName=self.id)
        efs = {"fileSystemId": self.file_system, "rootDirectory": "/"}
        web = {
            "name": "web",
            "image": "placeholder:1",
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
        }
        self.services = [f"api-{self.id}", f"ui-{self.id}"]
        for service in self.services:
            ecs.register_task_definition(
                family=service,
                volumes=[{"name": "data", "efsVolumeConfiguration": efs}],
                containerDefinitions=[web],
            )
            ecs.create_service(
                cluster=self.id, serviceName=service, taskDefinition=service, desiredCount=1
            )

    def kind(self) -> dict[str, Any]:
        services = [{"name": name, "container": "web"} for name in self.services]
        return {"kind": "ecs", "ecs": {"cluster": self.id, "services": services}}

    def route(self) -> dict[str, Any]:
        return {"route": "transfer", "backup": {"vault": self.id, "role": "backup"}}


DAMAGED_UNITS = """\
    units:
      slow:
        command: sh -c "while [ -e slow ]; do sleep 0.05; done; cat {input} > {output}"
        inputs: raw.txt
        outputs: data/compiled/slow.txt
      big:
        command: sh -c "head -c {bytes} /dev/zero > {output}"
        parameters: { bytes: 1000 }
        outputs: data/compiled/big/zeros.bin
"""
