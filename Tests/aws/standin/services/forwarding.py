"""Asks MiniStack for what a service adds to, changes or checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import xform_name
from botocore.exceptions import ClientError

from standin.service import AWSError, Params

if TYPE_CHECKING:
    from standin.world import World


def forward(world: World, service: str, operation: str, params: Params) -> Params:
    """MiniStack's answer; its errors become AWSError."""
    call = getattr(world.upstream(service), xform_name(operation))
    try:
        answer: Params = call(**params)
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise AWSError(told["Code"], told.get("Message", ""), status) from None
    answer.pop("ResponseMetadata", None)
    return answer
