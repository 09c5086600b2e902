"""The private registry of the account."""

from __future__ import annotations

from typing import Any

from standin.registry.images import Repository
from standin.registry.operations import Repositories
from standin.service import Answer, AWSError, Call, Params


class PrivateRegistry(Repositories):
    """ECR: repositories at REGISTRY/NAME."""

    name = "ecr"
    kind = "ecr"

    def path(self, name: str) -> str:
        return name

    def described(self, repository: Repository) -> dict[str, Any]:
        return {
            "repositoryArn": self.world.arn("ecr", f"repository/{repository.name}"),
            "registryId": self.world.account,
            "repositoryName": repository.name,
            "repositoryUri": f"{self.registry.address}/{repository.path}",
            "createdAt": repository.created,
            "imageTagMutability": "IMMUTABLE" if repository.immutable else "MUTABLE",
        }

    def GetAuthorizationToken(self, call: Call, params: Params) -> Answer:
        _, shape = self.new_token(call)
        endpoint = f"http://{self.registry.address}"
        return {"authorizationData": [{**shape, "proxyEndpoint": endpoint}]}

    def GetLifecyclePolicy(self, call: Call, params: Params) -> Answer:
        """The setting `lifecycle_policies` has them: repository's name to the policy's text."""
        repository = self.find(params["repositoryName"])
        text = self.settings.get("lifecycle_policies", {}).get(repository.name)
        if text is None:
            raise AWSError(
                "LifecyclePolicyNotFoundException",
                f"Lifecycle policy does not exist for the repository with name "
                f"'{repository.name}' in the registry with id '{self.world.account}'",
            )
        return {
            "registryId": self.world.account,
            "repositoryName": repository.name,
            "lifecyclePolicyText": text,
        }
