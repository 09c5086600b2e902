"""CloudFront: MiniStack's, but a change takes time until every place has it.

Setting: `deploy_seconds`, how long that is (0).
"""

from __future__ import annotations

import time
from typing import ClassVar

from standin.service import Call, Params, Service
from standin.services.forwarding import forward


class Distributions(Service):
    """What a change of a distribution waits for."""

    name = "cloudfront"
    _changed: ClassVar[dict[str, float]] = {}

    def UpdateDistribution(self, call: Call, params: Params) -> Params:
        answer = forward(self.world, "cloudfront", "UpdateDistribution", params)
        self._changed[params["Id"]] = time.monotonic()
        return self._told(answer)

    def GetDistribution(self, call: Call, params: Params) -> Params:
        return self._told(forward(self.world, "cloudfront", "GetDistribution", params))

    def _told(self, answer: Params) -> Params:
        distribution = answer["Distribution"]
        age = time.monotonic() - self._changed.get(distribution["Id"], float("-inf"))
        is_done = age >= float(self.settings.get("deploy_seconds", 0))
        distribution["Status"] = "Deployed" if is_done else "InProgress"
        return answer
