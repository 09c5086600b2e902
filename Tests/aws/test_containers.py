"""Deployments of real containers, where a Docker engine is."""

from __future__ import annotations

import json
import os
import subprocess
import unittest

from sites import ENVIRONMENT, Registry, Site, until_status
from support import StandIn, wait

SERVE = """
import http.server, json, os
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/health":
            return super().do_GET()
        body = json.dumps({"release": os.environ["PIPELINE_RELEASE"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"""
BASE = os.environ.get("PIPELINE_BASE_IMAGE") or "python:3.11-slim-bookworm"


def engine_has_base() -> bool:
    """Whether an engine answers and has an image with Python."""
    ask = ["docker", "image", "inspect", BASE]
    try:
        return subprocess.run(ask, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@unittest.skipUnless(engine_has_base(), f"no Docker engine with the image {BASE} is here")
class Containers(unittest.TestCase):
    """Build, log in, push by Docker's client; deploy; and nothing stays behind."""

    def setUp(self) -> None:
        self.standin = StandIn("--docker")
        self.addCleanup(self.end)
        self.ended = False

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.standin.end()

    def docker(self, *arguments: str, **options: object) -> str:
        done = self.standin.run("docker", *arguments, **options)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def containers(self) -> list[str]:
        label = f"label=standin={self.standin.registry}"
        return self.docker("ps", "--all", "--quiet", "--filter", label).split()

    def image(self) -> str:
        """Pushes an image that serves its data folder; its name by digest."""
        registry = Registry(self.standin)
        made = registry.client.create_repository(repositoryName="served")["repository"]
        name = f"{made['repositoryUri']}:v1"
        given = self.standin.run(
            "aws", "ecr-public", "get-login-password", "--region", "us-east-1"
        ).stdout
        host = self.standin.registry
        self.docker("login", "--username", "AWS", "--password-stdin", host, input=given)
        context = self.standin.folder / "context"
        context.mkdir()
        (context / "serve.py").write_text(SERVE)
        (context / "Dockerfile").write_text(
            f'FROM {BASE}\nCOPY serve.py /\nWORKDIR /data\nENTRYPOINT ["python3", "/serve.py"]\n'
        )
        self.docker("build", "--tag", name, str(context))
        # The password ends while layers are on their way; docker reports it and tries no more.
        fault = {"match": "registry:UploadChunk", "do": "error", "code": "DENIED", "status": 403}
        self.standin.control("POST", "faults", [fault | {"times": 0, "message": "has expired"}])
        refused = self.standin.run("docker", "push", name)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("has expired", refused.stdout)
        self.standin.control("POST", "faults", [])
        self.docker("push", name)
        (image,) = registry.client.describe_images(
            repositoryName="served", imageIds=[{"imageTag": "v1"}]
        )["imageDetails"]
        return f"{made['repositoryUri']}@{image['imageDigest']}"

    def test_a_deployment_from_build_to_answer(self) -> None:
        image = self.image()
        site = Site(self.standin)
        site.prepare()
        site.image = image
        site.slot("a", "aaaa")
        site.version("c1", site.bundle(1, "aaaa", "a"))
        environment = site.deploy("c1")
        self.assertEqual(environment["VersionLabel"], "c1", site.messages())
        until_status(site, "/health", 200)
        self.assertEqual(json.loads(site.get("/health")[1]), {"release": "1"})
        self.assertEqual(site.get("/file.txt"), (200, b"data of aaaa"))
        self.assertEqual(len(self.containers()), 1)
        site.beanstalk.terminate_environment(EnvironmentName=ENVIRONMENT)
        wait(lambda: site.environment()["Status"] == "Terminated")
        self.assertEqual(self.containers(), [])

    def test_nothing_stays_after_a_kill(self) -> None:
        image = self.image()
        site = Site(self.standin)
        site.prepare()
        site.image = image
        site.slot("a", "aaaa")
        site.version("c1", site.bundle(1, "aaaa", "a"))
        site.deploy("c1")
        self.assertEqual(len(self.containers()), 1)
        self.standin.process.kill()
        self.standin.process.wait()

        def images() -> str:
            return self.docker("images", "--quiet", "--filter", f"reference={image}")

        wait(lambda: not self.containers() and not images())
