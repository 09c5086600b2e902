"""The addresses below /standin/, by which a test looks and sets; they need no signature."""

from __future__ import annotations

import json
from typing import Any

from standin.messages import Request, Response
from standin.service import AWSError
from standin.world import World

PREFIX = "/standin/"


def answer(world: World, request: Request) -> Response:
    """The answer to a control request."""
    try:
        found = _answer(world, request.method, request.path, request.body)
    except (ValueError, TypeError, AttributeError, KeyError, AWSError) as error:
        return _json({"error": repr(error)}, 400)
    if found is None:
        return _json({"error": f"no such control address: {request.method} {request.path}"}, 404)
    return _json(found, 200)


def _answer(world: World, method: str, path: str, body: bytes) -> Any:
    match method, path.removeprefix(PREFIX):
        case "GET", "journal":
            return world.journal.entries()
        case "DELETE", "journal":
            world.journal.clear()
            return []
        case "GET", "paid":
            return world.paid()
        case "GET", "faults":
            return world.faults.armed()
        case "POST", "faults":
            world.faults.arm(json.loads(body))
            return world.faults.armed()
        case "GET", "world":
            return world.all_settings()
        case "POST", "world":
            world.set(json.loads(body))
            return world.all_settings()
        case "GET", place if "/" in place:
            name, _, what = place.partition("/")
            return world.services[name].look(what) if name in world.services else None
    return None


def _json(value: Any, status: int) -> Response:
    body = json.dumps(value, default=str).encode()
    return Response(status, body, {"Content-Type": "application/json"})
