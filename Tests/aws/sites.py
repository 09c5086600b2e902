"""Bundles, data slots and images for tests of deployments."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from support import StandIn, archive, wait

APPLICATION, ENVIRONMENT = "site-app", "site-env"
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    """Pushes images of a few bytes by the distribution API."""

    def __init__(self, standin: StandIn, kind: str = "ecr-public"):
        self.standin = standin
        self.kind = kind
        region = "us-east-1" if kind == "ecr-public" else "us-east-2"
        self.client = standin.client(kind, region_name=region)

    def authorization(self) -> str:
        data = self.client.get_authorization_token()["authorizationData"]
        entry = data[0] if isinstance(data, list) else data
        return f"Basic {entry['authorizationToken']}"

    def ask(
        self, method: str, path: str, body: bytes = b"", authorization: str = "", kind: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        """One request to the registry."""
        connection = http.client.HTTPConnection(self.standin.registry, timeout=30)
        headers = {"Content-Type": kind or "application/octet-stream"}
        if authorization:
            headers["Authorization"] = authorization
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found = (answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def push(self, path: str, tag: str, content: bytes, authorization: str = "") -> str:
        """Pushes an image whose configuration and layer are `content`; its digest."""
        authorization = authorization or self.authorization()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        status, headers, body = self.ask(
            "POST", f"/v2/{path}/blobs/uploads/", authorization=authorization
        )
        if status != 202:
            raise PushError(status, body)
        place = headers["location"].partition(self.standin.registry)[2]
        status, _, body = self.ask("PUT", f"{place}&digest={digest}", content, authorization)
        if status != 201:
            raise PushError(status, body)
        blob = {"size": len(content), "digest": digest}
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **blob},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", **blob}],
        }
        status, headers, body = self.ask(
            "PUT",
            f"/v2/{path}/manifests/{tag}",
            json.dumps(manifest).encode(),
            authorization,
            _MANIFEST,
        )
        if status != 201:
            raise PushError(status, body)
        return headers["docker-content-digest"]


class PushError(Exception):
    """The registry refused."""

    def __init__(self, status: int, body: bytes):
        super().__init__(status, body)
        self.status = status
        self.code = json.loads(body)["errors"][0]["code"] if body else ""


def basic(password: str) -> str:
    """What Docker sends after a login."""
    return "Basic " + base64.b64encode(f"AWS:{password}".encode()).decode()


class Site:
    """An application with an environment, and versions of it."""

    def __init__(self, standin: StandIn, name: str = ENVIRONMENT):
        self.standin = standin
        self.name = name
        self.beanstalk = standin.client("elasticbeanstalk")
        self.image = ""

    def prepare(self) -> None:
        """Makes application, environment and an image."""
        registry = Registry(self.standin)
        registry.client.create_repository(repositoryName="site")
        uri = registry.client.describe_repositories()["repositories"][0]["repositoryUri"]
        path = uri.partition("/")[2]
        self.image = f"{uri}@{registry.push(path, 'v1', b'an image')}"
        self.beanstalk.create_application(ApplicationName=APPLICATION)
        self.create()

    def create(self) -> None:
        """Makes the environment, and waits until it is ready."""
        self.beanstalk.create_environment(
            ApplicationName=APPLICATION,
            EnvironmentName=self.name,
            SolutionStackName="64bit Amazon Linux 2023 v4.3.1 running Docker",
        )
        self.ready()

    def slot(self, name: str, manifest: str) -> Path:
        """A data folder with its marker, below the environment's file system."""
        folder = self.standin.state / "efs" / "fs-1" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".pipeline-release.json").write_text(json.dumps({"manifest": manifest}))
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / "file.txt").write_text(f"data of {manifest}")
        return folder

    def bundle(
        self, number: int, manifest: str, slot: str, files: dict[str, str] | None = None
    ) -> bytes:
        """A version's archive; `files` are more of them, by their names."""
        options = [
            {
                "namespace": "aws:elasticbeanstalk:application:environment",
                "option_name": name,
                "value": value,
            }
            for name, value in (("PIPELINE_RELEASE", str(number)), ("PIPELINE_MANIFEST", manifest))
        ]
        dockerrun = {
            "AWSEBDockerrunVersion": "1",
            "Image": {"Name": self.image, "Update": "true"},
            "Ports": [{"ContainerPort": 8000}],
            "Volumes": [{"HostDirectory": f"/efs/{slot}/data", "ContainerDirectory": "/data"}],
        }
        content = {
            "Dockerrun.aws.json": json.dumps(dockerrun),
            ".ebextensions/release.config": json.dumps({"option_settings": options}),
            **(files or {}),
        }
        hooks = tuple(name for name in content if name.startswith(".platform/hooks/"))
        return archive(content, hooks)

    def version(self, label: str, bundle: bytes, process: bool = True) -> None:
        """Uploads a bundle and makes a version of it."""
        bucket = self.beanstalk.create_storage_location()["S3Bucket"]
        self.standin.client("s3").put_object(Bucket=bucket, Key=f"{label}.zip", Body=bundle)
        self.beanstalk.create_application_version(
            ApplicationName=APPLICATION,
            VersionLabel=label,
            SourceBundle={"S3Bucket": bucket, "S3Key": f"{label}.zip"},
            Process=process,
        )
        wait(lambda: self.version_status(label) in ("PROCESSED", "FAILED", "UNPROCESSED"))

    def version_status(self, label: str) -> str:
        found = self.beanstalk.describe_application_versions(
            ApplicationName=APPLICATION, VersionLabels=[label]
        )
        return found["ApplicationVersions"][0]["Status"]

    def deploy(self, label: str) -> dict[str, Any]:
        """Updates to a version and waits for the end; the environment then."""
        self.beanstalk.update_environment(EnvironmentName=self.name, VersionLabel=label)
        return self.ready()

    def environment(self) -> dict[str, Any]:
        found = self.beanstalk.describe_environments(EnvironmentNames=[self.name])
        return found["Environments"][0]

    def ready(self) -> dict[str, Any]:
        """The environment as soon as it is ready."""

        def ask() -> dict[str, Any] | None:
            environment = self.environment()
            return environment if environment["Status"] == "Ready" else None

        return wait(ask)

    def instances(self) -> list[dict[str, Any]]:
        return self.beanstalk.describe_instances_health(
            EnvironmentName=self.name, AttributeNames=["All"]
        )["InstanceHealthList"]

    def messages(self) -> str:
        events = self.beanstalk.describe_events(EnvironmentName=self.name)["Events"]
        return "\n".join(event["Message"] for event in events)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body at the environment's address."""
        try:
            with urllib.request.urlopen(f"http://{self.environment()['CNAME']}{path}") as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def until_status(site: Site, path: str, status: int) -> bytes:
    """The body as soon as a path answers with this status."""

    def ask() -> tuple[bytes] | None:
        found, body = site.get(path)
        return (body,) if found == status else None

    return wait(ask)[0]
