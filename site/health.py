"""The answer of `/health`: whether this process can show its release."""

from __future__ import annotations

import defaults
import release
from figures import data


def problems() -> list[str]:
    """What keeps the site from showing its data; empty when all is well.

    Opens the files that every page starts from (their ends and schemas, not their rows), anew on
    each call.
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
            found.append(str(error))
    return found


def report() -> tuple[dict, int]:
    """The JSON document and the HTTP status."""
    running = release.current()
    identity = dict(release=running.number, manifest=running.manifest, image=running.image)
    found = problems()
    if found:
        return dict(status="failing", problems=found, **identity), 503
    return dict(status="ok", **identity), 200
