"""The operations that the private and the public ECR have in common."""

from __future__ import annotations

import base64
import datetime
from typing import Any, ClassVar

from standin.registry.images import Image, Kind, Repository
from standin.registry.registry import Registry
from standin.registry.tokens import TWELVE_HOURS, Token
from standin.service import Answer, AWSError, Call, Params, Service

_PAGE = 100


class Repositories(Service):
    """Base of both.

    Settings: `token_seconds`, the life of passwords; `end_tokens`: true ends all.
    """

    kind: ClassVar[Kind]
    actions = frozenset({"end_tokens"})
    invalid_parameters = "InvalidParameterException"

    @property
    def registry(self) -> Registry:
        return self.world.registry

    def path(self, name: str) -> str:
        """A repository's name in the distribution API."""
        raise NotImplementedError

    def described(self, repository: Repository) -> dict[str, Any]:
        """A repository as this service's model has it."""
        raise NotImplementedError

    def changed(self, settings: dict[str, Any]) -> None:
        if settings.get("end_tokens"):
            self.registry.tokens.end(self.kind)

    def new_token(self, call: Call) -> tuple[Token, dict[str, Any]]:
        """A token and the shape that carries it."""
        life = float(self.settings.get("token_seconds", TWELVE_HOURS))
        token = self.registry.tokens.issue(self.kind, call.operator, life)
        shape = {
            "authorizationToken": base64.b64encode(f"AWS:{token.password}".encode()).decode(),
            "expiresAt": datetime.datetime.fromtimestamp(token.expires, datetime.UTC),
        }
        return token, shape

    def CreateRepository(self, call: Call, params: Params) -> Answer:
        name = params["repositoryName"]
        repository = Repository(
            self.kind,
            name,
            self.path(name),
            self.world.clock(),
            params.get("imageTagMutability") == "IMMUTABLE",
        )
        if not self.registry.catalogue.add(repository):
            raise AWSError(
                "RepositoryAlreadyExistsException",
                f"The repository with name '{name}' already exists in the registry with id "
                f"'{self.world.account}'",
            )
        return {"repository": self.described(repository)}

    def DescribeRepositories(self, call: Call, params: Params) -> Answer:
        names = params.get("repositoryNames")
        if names:
            found = [self.find(name) for name in names]
        else:
            found = sorted(self.registry.catalogue.of(self.kind), key=lambda each: each.name)
        page, rest = _page([self.described(each) for each in found], params)
        return {"repositories": page, "nextToken": rest}

    def DeleteRepository(self, call: Call, params: Params) -> Answer:
        repository = self.find(params["repositoryName"])
        with self.registry.catalogue.lock:
            if repository.images and not params.get("force"):
                raise AWSError(
                    "RepositoryNotEmptyException",
                    f"The repository with name '{repository.name}' in registry with id "
                    f"'{self.world.account}' cannot be deleted because it still contains images",
                )
            for digest in list(repository.images):
                self._delete(repository, digest)
            self.registry.catalogue.remove(repository)
        return {"repository": self.described(repository)}

    def DescribeImages(self, call: Call, params: Params) -> Answer:
        repository = self.find(params["repositoryName"])
        wanted = params.get("imageIds") or []
        with self.registry.catalogue.lock:
            if wanted:
                found = [self._image(repository, each) for each in wanted]
            else:
                found = sorted(repository.images.values(), key=lambda each: each.pushed)
            details = [self._detail(repository, each) for each in found]
        page, rest = _page(details, params)
        return {"imageDetails": page, "nextToken": rest}

    def BatchDeleteImage(self, call: Call, params: Params) -> Answer:
        repository = self.find(params["repositoryName"])
        deleted: list[dict[str, str]] = []
        failures: list[dict[str, Any]] = []
        with self.registry.catalogue.lock:
            for identity in params["imageIds"]:
                try:
                    deleted += self._deleted(repository, identity)
                except AWSError as error:
                    code = error.code.removesuffix("Exception")
                    failures.append(
                        {"imageId": identity, "failureCode": code, "failureReason": error.message}
                    )
        return {"imageIds": deleted, "failures": failures}

    def find(self, name: str) -> Repository:
        """The repository; raises as ECR does where there is none."""
        repository = self.registry.catalogue.at(self.path(name))
        if repository is None or repository.kind != self.kind:
            raise AWSError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id "
                f"'{self.world.account}'",
            )
        return repository

    def _image(self, repository: Repository, identity: dict[str, str]) -> Image:
        digest, tag = identity.get("imageDigest"), identity.get("imageTag")
        if not (digest or tag):
            raise AWSError("MissingDigestAndTag", "an image needs a digest or a tag")
        image = repository.find(str(digest or tag))
        if image is None:
            named = f"imageDigest:'{digest or 'null'}', imageTag:'{tag or 'null'}'"
            raise AWSError(
                "ImageNotFoundException",
                f"The image with imageId {{{named}}} does not exist within the repository with "
                f"name '{repository.name}' in the registry with id '{self.world.account}'",
            )
        if digest and tag and tag not in image.tags:
            raise AWSError("ImageTagDoesNotMatchDigest", f"{tag} is not a tag of {digest}")
        return image

    def _deleted(self, repository: Repository, identity: dict[str, str]) -> list[dict[str, str]]:
        """Deletes an image, or takes one of its tags; without its last tag it goes too."""
        image = self._image(repository, identity)
        tag = identity.get("imageTag")
        if tag and len(image.tags) > 1:
            image.tags.remove(tag)
            return [{"imageDigest": image.digest, "imageTag": tag}]
        self._delete(repository, image.digest)
        gone = [{"imageDigest": image.digest, "imageTag": each} for each in image.tags]
        return gone or [{"imageDigest": image.digest}]

    def _delete(self, repository: Repository, digest: str) -> None:
        self.registry.daemon.delete(repository.path, digest)
        del repository.images[digest]

    def _detail(self, repository: Repository, image: Image) -> dict[str, Any]:
        return {
            "registryId": self.world.account,
            "repositoryName": repository.name,
            "imageDigest": image.digest,
            "imageTags": list(image.tags) or None,
            "imageSizeInBytes": image.size,
            "imagePushedAt": image.pushed,
            "imageManifestMediaType": image.media_type,
        }


def _page(items: list[dict[str, Any]], params: Params) -> tuple[list[dict[str, Any]], str | None]:
    start = int(params.get("nextToken") or 0)
    end = start + (params.get("maxResults") or _PAGE)
    return items[start:end], str(end) if end < len(items) else None
