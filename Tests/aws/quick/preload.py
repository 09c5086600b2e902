"""Loads the pinned `aws` once for all workers: its models, its signatures, and what its first calls import."""

from __future__ import annotations

import contextlib
import functools
import io
import os
from typing import TYPE_CHECKING, Any

import awscli.clidriver
import botocore.exceptions
import botocore.hooks
import botocore.loaders

if TYPE_CHECKING:
    import types

_SERVICES = (
    *("sts", "elasticbeanstalk", "s3", "ecr", "ecr-public", "ecs", "efs", "transfer", "ssm"),
    *("ec2", "cloudformation", "backup", "cloudwatch"),
)


def keep_files() -> None:
    """Models are read once: they are most of what a start costs."""
    kind = botocore.loaders.JSONFileLoader
    kind._load_file = functools.cache(kind._load_file)
    # One loader for all, so that files are known by their names alone.
    kind.__eq__ = lambda self, other: isinstance(other, kind)
    kind.__hash__ = lambda self: 0
    # So are the folders that hold them.
    for name in ("list_available_services", "list_api_versions", "determine_latest_version"):
        _keep_answers(botocore.loaders.Loader, name)


def _keep_answers(kind: type, name: str) -> None:
    """Lets a method answer for all objects what it has answered for one, in this process or before its fork."""
    method = getattr(kind, name)
    known: dict[Any, Any] = {}

    @functools.wraps(method)
    def answer(self: Any, *words: str, **options: str) -> Any:
        key = (words, tuple(sorted(options.items())))
        if key not in known:
            known[key] = method(self, *words, **options)
        return list(known[key]) if isinstance(known[key], list) else known[key]

    setattr(kind, name, answer)


def keep_signatures() -> None:
    """Each driver registers some 400 functions of the program, and asks each what it takes."""
    ask = botocore.hooks.accepts_kwargs
    known: dict[types.CodeType, Any] = {}

    def answer(function: Any) -> Any:
        code = getattr(function, "__code__", None)
        if code is None:
            return ask(function)
        if code not in known:
            known[code] = ask(function)
        return known[code]

    botocore.hooks.accepts_kwargs = answer
    _keep_answers(botocore.hooks.EventAliaser, "_alias_event_name")


def preload() -> None:
    """Reads the models. What depends on a call's own environment (settings, keys, addresses) is made by its driver."""
    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    loader.list_available_services(type_name="service-2")
    # The program asks for this one, which it leaves out of its commands.
    loader.determine_latest_version("sdb", "service-2")
    for name in _SERVICES:
        for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
            with contextlib.suppress(botocore.exceptions.DataNotFoundError):
                loader.load_service_model(name, kind)
    loader.load_data("endpoints")
    loader.load_data("partitions")


def warm_up() -> None:
    """Runs commands that reach nobody: what they import, compile and look up a worker need not."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ACCESS_KEY_ID="none",
        AWS_SECRET_ACCESS_KEY="none",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_MAX_ATTEMPTS="1",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    for words in (
        ["sts", "get-caller-identity"],
        ["ssm", "describe-parameters"],
        ["elasticbeanstalk", "describe-environments"],
        ["s3api", "head-object", "--bucket", "none", "--key", "none"],
    ):
        driver = awscli.clidriver.create_clidriver()
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
            driver.main([*words, "--region", "us-east-2", "--output", "json"])
    os.environ.clear()
    os.environ.update(before)
