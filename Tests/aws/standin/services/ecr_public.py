"""The public registry of the account."""

from __future__ import annotations

from typing import Any

from standin.registry.images import Repository
from standin.registry.operations import Repositories
from standin.service import Answer, AWSError, Call, Operation, Params

_REGION = "us-east-1"


class PublicRegistry(Repositories):
    """ECR Public: repositories at REGISTRY/ALIAS/NAME; everybody may pull."""

    name = "ecr-public"
    kind = "ecr-public"

    def handler(self, operation: str) -> Operation | None:
        serve = super().handler(operation)
        if serve is None:
            return None

        def in_its_region(call: Call, params: Params) -> Answer:
            if call.region != _REGION:
                # In truth there is no such host, and no connection.
                raise AWSError(
                    "UnsupportedCommandException",
                    f"ecr-public has no endpoint in {call.region}, only in {_REGION}",
                )
            return serve(call, params)

        return in_its_region

    def path(self, name: str) -> str:
        return f"{self.registry.alias}/{name}"

    def described(self, repository: Repository) -> dict[str, Any]:
        return {
            "repositoryArn": self.world.arn("ecr-public", f"repository/{repository.name}", ""),
            "registryId": self.world.account,
            "repositoryName": repository.name,
            "repositoryUri": f"{self.registry.address}/{repository.path}",
            "createdAt": repository.created,
        }

    def GetAuthorizationToken(self, call: Call, params: Params) -> Answer:
        return {"authorizationData": self.new_token(call)[1]}

    def DescribeRegistries(self, call: Call, params: Params) -> Answer:
        alias = {
            "name": self.registry.alias,
            "status": "ACTIVE",
            "primaryRegistryAlias": True,
            "defaultRegistryAlias": True,
        }
        registry = {
            "registryId": self.world.account,
            "registryArn": self.world.arn("ecr-public", f"registry/{self.world.account}", ""),
            "registryUri": f"{self.registry.address}/{self.registry.alias}",
            "verified": False,
            "aliases": [alias],
        }
        return {"registries": [registry]}
