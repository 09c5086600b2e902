"""The site: four pages over the compiled data of one release; `app:server` is the WSGI app."""

from __future__ import annotations

import os

from dash import Dash, Input, Output, callback
from flask import Response, jsonify

import defaults
import health
import shell

defaults.load()

app = Dash(
    __name__,
    use_pages=True,
    title=shell.NAME,
    update_title=None,
    index_string=shell.document(),
    suppress_callback_exceptions=True,  # each page brings its own ids
    meta_tags=[dict(name="viewport", content="width=device-width, initial-scale=1")],
)
app.layout = shell.layout
server = app.server


@server.get("/health")
def answer_health() -> tuple[Response, int]:
    """200 when this process can show its release, otherwise 503 with the problems."""
    document, status = health.report()
    response = jsonify(document)
    response.headers["Cache-Control"] = "no-store"
    return response, status


@callback(
    [Output(id_, "className") for id_ in shell.link_ids()], Input("_pages_location", "pathname")
)
def mark_current(path: str | None) -> list[str]:
    """Mark the link of the page that is shown."""
    return shell.current_classes(path)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
