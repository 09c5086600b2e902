"""Operations on the tags of a service's resources."""

from __future__ import annotations

import threading

from standin.service import AWSError, Call, Params
from standin.services.paging import page

_PAGE = 1000


class Tags:
    """For a service whose resources are in `_tags`, by their ARN, as long as they exist."""

    _lock: threading.RLock
    _tags: dict[str, dict[str, str]]

    def _end_early(self) -> None:
        """Removes the resources that have ended."""
        raise NotImplementedError

    def TagResource(self, call: Call, params: Params) -> Params:
        with self._lock:
            self._tag(self._known(params["Arn"]), params["Tags"])
        return {}

    def UntagResource(self, call: Call, params: Params) -> Params:
        with self._lock:
            for key in params["TagKeys"]:
                self._tags[self._known(params["Arn"])].pop(key, None)
        return {}

    def ListTagsForResource(self, call: Call, params: Params) -> Params:
        with self._lock:
            tags = self._tags_of(self._known(params["Arn"]))
        return page(tags, params, "Tags", _PAGE) | {"Arn": params["Arn"]}

    def _known(self, arn: str) -> str:
        self._end_early()
        if arn not in self._tags:
            raise AWSError(
                "ResourceNotFoundException", "Unknown resource", Resource="resource", ResourceType="resource"
            )
        return arn

    def _tag(self, arn: str, tags: list[dict[str, str]]) -> None:
        self._tags.setdefault(arn, {}).update({each["Key"]: each["Value"] for each in tags})

    def _tags_of(self, arn: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self._tags[arn].items()]
