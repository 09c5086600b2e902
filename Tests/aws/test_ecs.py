"""Services of ECS: rollouts that go well, fail, are rolled back, or get stuck."""

from __future__ import annotations

import unittest
from typing import Any

from support import StandInCase, wait

DIGEST = "sha256:" + "a" * 64


class Rollouts(StandInCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.standin.client("ecs").create_cluster(clusterName="lab")

    def setUp(self) -> None:
        super().setUp()
        self.ecs = self.standin.client("ecs")
        self.name = f"site-{self._testMethodName[5:25].rstrip('_')}"
        self.addCleanup(self.remove)

    def remove(self) -> None:
        self.ecs.delete_service(cluster="lab", service=self.name, force=True)

    def define(self, image: str = f"registry/site@{DIGEST}", **container: Any) -> str:
        made = self.ecs.register_task_definition(
            family="site",
            networkMode="awsvpc",
            volumes=[
                {
                    "name": "data",
                    "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/slots/a"},
                }
            ],
            containerDefinitions=[
                {
                    "name": "web",
                    "image": image,
                    "mountPoints": [
                        {"sourceVolume": "data", "containerPath": "/app/data", "readOnly": True}
                    ],
                    **container,
                }
            ],
        )
        arn: str = made["taskDefinition"]["taskDefinitionArn"]
        return arn

    def create(self, rollback: bool = True, **params: Any) -> str:
        definition = self.define()
        breaker = {"enable": True, "rollback": rollback}
        self.ecs.create_service(
            cluster="lab",
            serviceName=self.name,
            taskDefinition=definition,
            desiredCount=2,
            deploymentConfiguration={"deploymentCircuitBreaker": breaker},
            **params,
        )
        return definition

    def update(self) -> str:
        definition = self.define()
        self.ecs.update_service(cluster="lab", service=self.name, taskDefinition=definition)
        return definition

    def service(self) -> dict[str, Any]:
        found = self.ecs.describe_services(cluster="lab", services=[self.name])["services"]
        service: dict[str, Any] = found[0]
        return service

    def rollout(self) -> str:
        state: str = self.service()["deployments"][0]["rolloutState"]
        return state

    def test_old_tasks_run_until_the_new_are_steady(self) -> None:
        old = self.create()
        self.set("ecs", rollout_takes=0.5)
        new = self.update()
        during = self.service()["deployments"]
        self.assertEqual(
            [(each["status"], each["taskDefinition"], each["runningCount"]) for each in during],
            [("PRIMARY", new, 0), ("ACTIVE", old, 2)],
        )
        self.assertEqual(self.rollout(), "IN_PROGRESS")
        wait(lambda: self.rollout() == "COMPLETED")
        self.assertEqual(len(self.service()["deployments"]), 1)
        tasks = self.ecs.list_tasks(cluster="lab", serviceName=self.name)["taskArns"]
        told = self.ecs.describe_tasks(cluster="lab", tasks=tasks)["tasks"]
        self.assertEqual([each["taskDefinitionArn"] for each in told], [new, new])
        self.assertEqual({each["lastStatus"] for each in told}, {"RUNNING"})
        self.assertEqual({each["containers"][0]["imageDigest"] for each in told}, {DIGEST})

    def test_the_circuit_breaker_goes_back(self) -> None:
        old = self.create()
        self.set("ecs", rollout="fail")
        new = self.update()
        wait(lambda: self.rollout() == "COMPLETED")
        self.assertEqual(self.service()["taskDefinition"], old)
        stopped = self.ecs.list_tasks(
            cluster="lab", serviceName=self.name, desiredStatus="STOPPED"
        )["taskArns"]
        told = self.ecs.describe_tasks(cluster="lab", tasks=stopped)["tasks"]
        failed = [each for each in told if each["taskDefinitionArn"] == new]
        self.assertEqual([each["stopCode"] for each in failed], ["EssentialContainerExited"] * 2)

    def test_without_rollback_it_stays_failed(self) -> None:
        old = self.create(rollback=False)
        self.set("ecs", rollout="fail")
        new = self.update()
        deployments = self.service()["deployments"]
        self.assertEqual(
            [
                (each["taskDefinition"], each["rolloutState"], each["runningCount"])
                for each in deployments
            ],
            [(new, "FAILED", 0), (old, "COMPLETED", 2)],
        )

    def test_a_rollout_may_get_stuck_and_be_replaced(self) -> None:
        self.create()
        self.set("ecs", rollout="stuck")
        self.update()
        self.assertEqual(self.rollout(), "IN_PROGRESS")
        self.set("ecs", rollout="ok")
        newest = self.update()
        self.assertEqual(self.rollout(), "COMPLETED")
        self.assertEqual(self.service()["taskDefinition"], newest)
        self.assertEqual(self.service()["runningCount"], 2)

    def test_commands_inside_are_refused_as_a_test_says(self) -> None:
        self.create(enableExecuteCommand=True)
        task = self.ecs.list_tasks(cluster="lab", serviceName=self.name)["taskArns"][0]
        asked = {"cluster": "lab", "task": task, "interactive": True, "command": "ls"}
        with self.assertRaises(self.ecs.exceptions.TargetNotConnectedException):
            self.ecs.execute_command(**asked)
        self.set("ecs", execute="ok")
        self.assertEqual(self.ecs.execute_command(**asked)["containerName"], "web")

    def test_what_is_inactive_or_missing_is_refused(self) -> None:
        definition = self.create()
        self.ecs.deregister_task_definition(taskDefinition=definition)
        with self.assertRaises(self.ecs.exceptions.ClientException):
            self.ecs.update_service(
                cluster="lab",
                service=self.name,
                taskDefinition=definition,
                forceNewDeployment=True,
            )
        missing = self.ecs.describe_services(cluster="lab", services=["none"])["failures"]
        self.assertEqual([each["reason"] for each in missing], ["MISSING"])
        with self.assertRaises(self.ecs.exceptions.ClusterNotFoundException):
            self.ecs.describe_services(cluster="none", services=["none"])

    def test_running_tasks_are_paid_for(self) -> None:
        self.create()
        running = [
            each["id"] for each in self.standin.control("GET", "paid") if each["kind"] == "ecs-task"
        ]
        self.assertEqual(len(running), 2)
        self.ecs.update_service(cluster="lab", service=self.name, desiredCount=0)
        self.assertEqual(
            [each for each in self.standin.control("GET", "paid") if each["kind"] == "ecs-task"], []
        )


if __name__ == "__main__":
    unittest.main()
