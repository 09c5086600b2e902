"""The answer of `/health`: whether this process can show its release."""

from __future__ import annotations

import logging

import defaults
import release
from figures import data

_log = logging.getLogger(__name__)


def problems() -> list[str]:
    """What keeps the site from showing its data; empty when it can.

    Opens the files that every page starts from (their ends and schemas, not their rows), again on
    each call. `/health` is open to visitors: problems name files of the release, and no folders of
    the server, which are in the log.
    """
    found = defaults.problems()
    sample = (
        data.pairs_path(),
        data.circos_path(data.CIN, data.DEFAULT_FDR_PERCENT),
        data.interactions_path(data.CIN, data.DEFAULT_FDR_PERCENT),
    )
    for path in sample:
        try:
            data.check(path)
        except data.DataError as error:
            _log.error("%s", error)
            found.append(error.public)
    return found


def report() -> tuple[dict, int]:
    """The JSON document and the HTTP status."""
    running = release.current()
    identity = dict(release=running.number, manifest=running.manifest, image=running.image)
    found = problems()
    if found:
        return dict(status="failing", problems=found, **identity), 503
    return dict(status="ok", **identity), 200
