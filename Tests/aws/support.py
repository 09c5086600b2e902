"""The stand-in as tests use it: started for a class of tests, with clients of all kinds."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config

FOLDER = Path(__file__).resolve().parent
PROGRAMS = Path(sys.executable).parent
CLIENT = Path(sys.prefix) / "quick"
"""Where scripts/test puts the client of Tests/aws/quick; empty where it made none."""

Found = TypeVar("Found")


class StandIn:
    """A running stand-in over a folder of its own."""

    def __init__(self, *options: str):
        self.folder = Path(tempfile.mkdtemp(prefix="standin-"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standin", "--state", str(self.folder / "state"), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(FOLDER)},
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the stand-in ended with {self.process.wait()}")
        self.description: dict[str, Any] = json.loads(line)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def registry(self) -> str:
        return self.description["registry"]

    def end(self) -> int:
        """Closes its input, which ends it; the exit status."""
        self.process.stdin.close()
        status = self.process.wait(30)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def client(self, service: str, operator: str = "alice", **options: Any) -> Any:
        """A boto3 client that tries everything once."""
        keys = self.description["operators"][operator]
        options.setdefault("region_name", self.description["region"])
        options.setdefault("aws_access_key_id", keys["access_key"])
        options.setdefault("aws_secret_access_key", keys["secret_key"])
        config = Config(
            retries={"total_max_attempts": 1},
            signature_version=options.pop("signing", None),
            read_timeout=options.pop("read_timeout", 60),
        )
        endpoint = self.description["endpoint"]
        return boto3.client(service, endpoint_url=endpoint, config=config, **options)

    def control(self, method: str, what: str, body: Any = None) -> Any:
        """A control request and its answer."""
        request = urllib.request.Request(
            f"{self.description['endpoint']}/standin/{what}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def calls(self, service: str) -> list[dict[str, Any]]:
        """The journal's calls of one service."""
        entries = self.control("GET", "journal")
        return [e for e in entries if e["entry"] == "call" and e["service"] == service]

    def environment(self, operator: str = "alice") -> dict[str, str]:
        """The environment of programs that are to call the stand-in."""
        keys = self.description["operators"][operator]
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL": self.description["endpoint"],
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_DEFAULT_REGION": self.description["region"],
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            "DOCKER_CONFIG": str(home / "docker"),
            **({"DOCKER_HOST": os.environ["DOCKER_HOST"]} if "DOCKER_HOST" in os.environ else {}),
        }

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a program that calls the stand-in, both output streams as one."""
        return subprocess.run(
            arguments,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            **({"stdin": subprocess.DEVNULL} if "input" not in options else {}),
            **options,
        )


class StandInCase(unittest.TestCase):
    """One stand-in for all tests of a class; faults and settings are taken back after each."""

    options: tuple[str, ...] = ()
    standin: StandIn

    @classmethod
    def setUpClass(cls) -> None:
        cls.standin = StandIn(*cls.options)
        cls.addClassCleanup(cls.standin.end)

    def setUp(self) -> None:
        self.addCleanup(self.standin.control, "POST", "faults", [])
        self.standin.control("DELETE", "journal")

    def set(self, service: str, **values: Any) -> None:
        """Settings for the length of this test."""
        self.standin.control("POST", "world", {service: values})
        taken = {service: dict.fromkeys(values)}
        self.addCleanup(self.standin.control, "POST", "world", taken)


def wait(ask: Callable[[], Found | None], seconds: float = 20) -> Found:
    """What `ask` gives as soon as it is something; nothing tells us when."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{ask} gave nothing within {seconds} s")


def archive(files: dict[str, str], executable: tuple[str, ...] = ()) -> bytes:
    """A zip archive of text files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as bundle:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            mode = 0o755 if name in executable else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            bundle.writestr(entry, text)
    return content.getvalue()
