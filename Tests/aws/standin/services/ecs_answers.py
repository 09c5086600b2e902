"""Services and tasks of ECS as the API tells them. `digest` is the one of images that are not named by one."""

from __future__ import annotations

from standin.service import Params
from standin.services.ecs_rollout import PENDING, RUNNING, STOPPED, Deployment, RollingService, Task, image_digest

_TELLS = (
    *("loadBalancers", "networkConfiguration", "deploymentConfiguration", "launchType"),
    *("schedulingStrategy", "enableExecuteCommand", "propagateTags", "platformVersion"),
)


def told_service(service: RollingService) -> Params:
    service.advance()
    told = {key: service.params[key] for key in _TELLS if key in service.params}
    definition = service.deployments[0].definition if service.deployments else {}
    return told | {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "desiredCount": service.desired if service.deployments else 0,
        "runningCount": service.count(RUNNING),
        "pendingCount": service.count(PENDING),
        "taskDefinition": definition.get("taskDefinitionArn", ""),
        "deployments": [_deployment(service, each) for each in service.deployments],
        "events": service.events[:100],
        "createdAt": service.created,
    }


def told_task(service: RollingService, task: Task, digest: str | None) -> Params:
    told: Params = {
        "taskArn": task.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinitionArn": task.definition["taskDefinitionArn"],
        "group": f"service:{service.name}",
        "startedBy": task.deployment,
        "lastStatus": task.status,
        "desiredStatus": STOPPED if task.status == STOPPED else RUNNING,
        "healthStatus": "HEALTHY" if task.status == RUNNING else "UNKNOWN",
        "enableExecuteCommand": task.exec_enabled,
        "createdAt": task.created,
        "containers": containers(task, digest),
    }
    if task.status == STOPPED:
        told |= {"stoppedReason": task.reason, "stoppedAt": task.ended}
        exited = task.code is not None
        told["stopCode"] = "EssentialContainerExited" if exited else "ServiceSchedulerInitiated"
    return told


def containers(task: Task, digest: str | None) -> list[Params]:
    listed = []
    for each in task.definition["containerDefinitions"]:
        container = {
            "name": each["name"],
            "taskArn": task.arn,
            "image": each["image"],
            "imageDigest": image_digest(each["image"], digest),
            "lastStatus": task.status,
            "healthStatus": "HEALTHY" if task.status == RUNNING else "UNKNOWN",
        }
        if task.code is not None:
            container["exitCode"] = task.code
        listed.append(container)
    return listed


def _deployment(service: RollingService, deployment: Deployment) -> Params:
    return {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.definition["taskDefinitionArn"],
        "desiredCount": deployment.desired,
        "runningCount": service.count(RUNNING, deployment),
        "pendingCount": service.count(PENDING, deployment),
        "failedTasks": deployment.failed,
        "createdAt": deployment.created,
        "updatedAt": deployment.updated or deployment.created,
        "rolloutState": deployment.rollout,
        "rolloutStateReason": deployment.reason,
    }
