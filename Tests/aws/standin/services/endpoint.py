"""What holds for all services: settings of the endpoint itself."""

from __future__ import annotations

from standin.service import Service


class Endpoint(Service):
    """Serves nothing. Setting: `clock_offset`, seconds by which AWS's clock is ahead of ours."""

    name = "front"
