"""Finds the operation of a REST request: method, path and query decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from moto.core.model import OperationModel, ServiceModel

from standin.messages import Request

_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    names: tuple[str, ...]
    query: dict[str, str]
    required_query: tuple[str, ...]
    required_headers: tuple[str, ...]
    literal: int

    @property
    def weight(self) -> tuple[int, int, int]:
        """The most specific route that fits is meant."""
        demanded = len(self.query) + len(self.required_query) + len(self.required_headers)
        return (demanded, self.literal, -len(self.names))


class Routes:
    """All operations of a REST service."""

    def __init__(self, model: ServiceModel):
        routes = [_route(model.operation_model(name)) for name in model.operation_names]
        self._routes = sorted(routes, key=lambda route: route.weight, reverse=True)
        self._by_name = {route.operation: route for route in routes}

    def operation(self, request: Request) -> str | None:
        """The operation that a request asks for."""
        arguments = dict(request.arguments)
        for route in self._routes:
            if (
                route.method == request.method
                and route.path.fullmatch(request.path)
                and all(arguments.get(name) == value for name, value in route.query.items())
                and all(name in arguments for name in route.required_query)
                and all(name in request.headers for name in route.required_headers)
            ):
                return route.operation
        return None

    def variables(self, request: Request, operation: str) -> dict[str, str]:
        """The values in the path."""
        route = self._by_name[operation]
        found = route.path.fullmatch(request.path)
        values = found.groups() if found else ()
        return {name: unquote(value) for name, value in zip(route.names, values, strict=True)}


def _route(operation: OperationModel) -> _Route:
    trait = operation.http_trait
    pattern, names, end = "", [], 0
    for found in _VARIABLE.finditer(trait.path):
        pattern += re.escape(trait.path[end : found.start()])
        pattern += "(.+)" if found[2] else "([^/]+)"
        names.append(found[1])
        end = found.end()
    pattern += re.escape(trait.path[end:])
    shape = operation.input_shape
    required = [shape.members[name] for name in shape.required_members] if shape else []
    return _Route(
        operation=operation.name,
        method=trait.method,
        path=re.compile(pattern.rstrip("/") + "/?"),
        names=tuple(names),
        query=trait.query_args,
        required_query=_names(required, "querystring"),
        required_headers=_names(required, "header"),
        literal=sum(1 for part in trait.path.split("/") if part and not part.startswith("{")),
    )


def _names(shapes: list, location: str) -> tuple[str, ...]:
    return tuple(
        shape.serialization["name"]
        for shape in shapes
        if shape.serialization.get("location") == location
    )
