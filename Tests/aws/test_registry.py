"""Both ECRs and the registry below them."""

from __future__ import annotations

import shutil
import time
import unittest
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from sites import PushError, Registry, basic
from support import StandInCase


class Repositories(StandInCase):
    """What ECR says about repositories and images."""

    def setUp(self) -> None:
        super().setUp()
        self.registry = Registry(self.standin)
        self.client = self.registry.client

    def make(self, name: str) -> str:
        """A new public repository; its path in the registry."""
        made = self.client.create_repository(repositoryName=name)["repository"]
        return made["repositoryUri"].partition("/")[2]

    def code(self, act: Callable[..., object], **parameters: object) -> str:
        with self.assertRaises(ClientError) as caught:
            act(**parameters)
        return caught.exception.response["Error"]["Code"]

    def images(self, name: str, *identities: dict[str, str]) -> list[dict[str, Any]]:
        wanted = {"imageIds": list(identities)} if identities else {}
        return self.client.describe_images(repositoryName=name, **wanted)["imageDetails"]

    def test_pushed_images_are_described(self) -> None:
        path = self.make("described")
        digest = self.registry.push(path, "v1", b"one")
        for identity in ({"imageDigest": digest}, {"imageTag": "v1"}):
            (image,) = self.images("described", identity)
            self.assertEqual(image["imageDigest"], digest)
            self.assertEqual(image["imageTags"], ["v1"])
            self.assertEqual(image["imageSizeInBytes"], 6)
            self.assertLess(abs(image["imagePushedAt"].timestamp() - time.time()), 60)
        missing = {"repositoryName": "described", "imageIds": [{"imageTag": "v2"}]}
        self.assertEqual(
            self.code(self.client.describe_images, **missing), "ImageNotFoundException"
        )
        self.assertEqual(
            self.code(self.client.describe_images, repositoryName="no-such"),
            "RepositoryNotFoundException",
        )

    def test_a_tag_moves_and_images_go_with_their_last_tag(self) -> None:
        path = self.make("tags")
        first = self.registry.push(path, "latest", b"one")
        second = self.registry.push(path, "latest", b"two")
        by_digest = {i["imageDigest"]: i.get("imageTags") for i in self.images("tags")}
        self.assertEqual(by_digest, {first: None, second: ["latest"]})
        self.registry.push(path, "v2", b"two")
        identity = [{"imageTag": "latest"}, {"imageTag": "no-such"}]
        done = self.client.batch_delete_image(repositoryName="tags", imageIds=identity)
        self.assertEqual(done["imageIds"], [{"imageDigest": second, "imageTag": "latest"}])
        self.assertEqual(done["failures"][0]["failureCode"], "ImageNotFound")
        self.assertEqual(self.images("tags", {"imageDigest": second})[0]["imageTags"], ["v2"])
        self.client.batch_delete_image(repositoryName="tags", imageIds=[{"imageTag": "v2"}])
        self.assertEqual([i["imageDigest"] for i in self.images("tags")], [first])
        self.assertEqual(self.registry.ask("GET", f"/v2/{path}/manifests/{second}")[0], 401)
        anonymous = "Bearer anonymous"
        gone = self.registry.ask("GET", f"/v2/{path}/manifests/{second}", authorization=anonymous)
        self.assertEqual(gone[0], 404)
        there = self.registry.ask("GET", f"/v2/{path}/manifests/{first}", authorization=anonymous)
        self.assertEqual(there[0], 200)

    def test_only_repositories_that_exist_take_pushes(self) -> None:
        alias = self.make("exists").partition("/")[0]
        with self.assertRaises(PushError) as caught:
            self.registry.push(f"{alias}/no-such", "v1", b"one")
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "NAME_UNKNOWN"))

    def test_passwords_are_for_their_kind_and_end(self) -> None:
        path = self.make("passwords")
        private = Registry(self.standin, "ecr")
        private.client.create_repository(repositoryName="passwords")
        cases = [
            (path, "", 401, "UNAUTHORIZED"),
            (path, basic("wrong"), 400, "DENIED"),
            (path, private.authorization(), 403, "DENIED"),
        ]
        for where, authorization, status, code in cases:
            with self.subTest(status=status):
                answer = self.registry.ask(
                    "POST", f"/v2/{where}/blobs/uploads/", authorization=authorization
                )
                self.assertEqual(answer[0], status)
                self.assertIn(code.encode(), answer[2])
        given = self.registry.authorization()
        self.registry.push(path, "v1", b"one", given)
        self.set("ecr-public", end_tokens=True)
        with self.assertRaises(PushError) as caught:
            self.registry.push(path, "v2", b"two", given)
        self.assertEqual(caught.exception.status, 403)
        self.registry.push(path, "v2", b"two")

    def test_private_images_cannot_be_pulled_by_everybody(self) -> None:
        private = Registry(self.standin, "ecr")
        private.client.create_repository(repositoryName="private")
        private.push("private", "v1", b"one")
        answer = private.ask("GET", "/v2/private/manifests/v1", authorization="Bearer anonymous")
        self.assertEqual(answer[0], 403)
        self.assertEqual(
            self.code(private.client.get_lifecycle_policy, repositoryName="private"),
            "LifecyclePolicyNotFoundException",
        )

    def test_the_public_one_is_in_one_region(self) -> None:
        elsewhere = self.standin.client("ecr-public", region_name="us-east-2")
        self.assertEqual(self.code(elsewhere.describe_registries), "UnsupportedCommandException")
        (registry,) = self.client.describe_registries()["registries"]
        self.assertTrue(registry["registryUri"].startswith(self.standin.registry))

    def test_faults_happen_to_pushes(self) -> None:
        path = self.make("faults")
        fault = {"match": "registry:PushManifest", "do": "error", "code": "DENIED", "status": 403}
        self.standin.control("POST", "faults", [fault])
        with self.assertRaises(PushError) as caught:
            self.registry.push(path, "v1", b"one")
        self.assertEqual((caught.exception.status, caught.exception.code), (403, "DENIED"))
        self.assertEqual(self.images("faults"), [])

    @unittest.skipUnless(shutil.which("docker"), "no docker client is here")
    def test_docker_logs_in_with_the_password(self) -> None:
        arguments = ("ecr-public", "get-login-password", "--region", "us-east-1")
        given = self.standin.run("aws", *arguments).stdout.strip()
        login = ("docker", "login", "--username", "AWS", "--password-stdin", self.standin.registry)
        if self.standin.run("docker", "info").returncode:
            self.skipTest("no Docker engine answers")
        self.assertIn("Login Succeeded", self.standin.run(*login, input=given).stdout)
        self.assertNotEqual(self.standin.run(*login, input="wrong").returncode, 0)
