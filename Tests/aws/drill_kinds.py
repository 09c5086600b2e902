"""Cells of the other kinds: data by a bucket and an instance, and services of ECS."""

from __future__ import annotations

from typing import Any

from drill_cells import Cell


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
            "image": "web:1",
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
