"""A stand-in that runs for a test module, and what tests ask of it and wait for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config

_HERE = Path(__file__).parent
_PATIENCE = 30.0
T = TypeVar("T")


class RunningStandIn:
    """Starts `python -m standin` with a state folder of its own."""

    def __init__(self) -> None:
        # Not below a folder that a service makes private to itself.
        self.state = Path(tempfile.mkdtemp(prefix="standin-"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "standin", "--state", str(self.state)],
            env={**os.environ, "PYTHONPATH": str(_HERE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.about: dict[str, Any] = json.loads(self._process.stdout.readline())

    def end(self) -> None:
        """Ends it as its owner's death would: by the end of its input."""
        self._process.communicate(timeout=_PATIENCE)
        shutil.rmtree(self.state)

    def client(self, service: str) -> Any:
        """An unmodified boto3 client that tries once."""
        return boto3.client(
            service,
            region_name=self.about["region"],
            endpoint_url=self.about["endpoint"],
            aws_access_key_id=self.about["access_key"],
            aws_secret_access_key=self.about["secret_key"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def aws(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the pinned aws CLI of this environment."""
        settings = {
            "AWS_ENDPOINT_URL": self.about["endpoint"],
            "AWS_ACCESS_KEY_ID": self.about["access_key"],
            "AWS_SECRET_ACCESS_KEY": self.about["secret_key"],
            "AWS_DEFAULT_REGION": self.about["region"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
        }
        return subprocess.run(
            [str(Path(sys.executable).with_name("aws")), *arguments],
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )

    def set(self, service: str, **settings: Any) -> None:
        """Sets a service's settings; None takes one away."""
        self._control("world", {service: settings})

    def reset(self, service: str) -> None:
        """Takes all of a service's settings away."""
        known = self._control("world").get(service, {})
        self.set(service, **dict.fromkeys(known))

    def paid(self) -> list[dict[str, str]]:
        """What costs money just now."""
        return self._control("paid")

    def look(self, service: str, what: str) -> dict[str, Any] | None:
        """GET /standin/SERVICE/WHAT; None when there is no such thing."""
        try:
            found: dict[str, Any] = self._control(f"{service}/{what}")
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise
        return found

    def _control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.about['endpoint']}/standin/{path}", data)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return json.load(answer)


def until(ask: Callable[[], T]) -> T:
    """Asks until the answer is true or not empty, and returns it."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"still waiting after {_PATIENCE:.0f} s")
