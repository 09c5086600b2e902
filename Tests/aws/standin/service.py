"""What a service of the stand-in is, and what it is called with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from standin.messages import Request, Response
    from standin.world import World

Params = dict[str, Any]
Answer = dict[str, Any] | None
Operation = Callable[["Call", Params], Answer]


class AWSError(Exception):
    """An error as the service's protocol carries it; `fields` are members besides the message."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        for name, value in fields.items():
            setattr(self, name, value)


@dataclass(frozen=True)
class Call:
    """One request: who calls what."""

    service: str
    operation: str
    operator: str
    access_key: str
    region: str
    request_id: str
    headers: dict[str, str] = field(repr=False)


class Service:
    """Base of all services: an operation `Name` of the model `name` is served by a method `Name`.

    Handlers run in one thread per connection, so a service guards what it holds with
    `self.world.lock` or a lock of its own. What it has no method for goes on to MiniStack.
    """

    name: ClassVar[str]
    """The service's name in botocore's models ("transfer", "efs", "elasticbeanstalk")."""

    invalid_parameters: ClassVar[str | None] = None
    """The code for parameters that the model does not allow; None for the protocol's usual one."""

    actions: ClassVar[frozenset[str]] = frozenset()
    """Settings that make something happen once, and are not kept."""

    def __init__(self, world: World):
        self.world = world

    @property
    def settings(self) -> dict[str, Any]:
        """What a test has set for this service by POST /standin/world."""
        return self.world.settings(self.name)

    def handler(self, operation: str) -> Operation | None:
        """The method that serves an operation."""
        return getattr(self, operation, None) if operation[:1].isupper() else None

    def start(self) -> None:
        """Called once, when all services are registered and MiniStack answers."""

    def stop(self) -> None:
        """Called once at the end; children are ended without it."""

    def changed(self, settings: dict[str, Any]) -> None:
        """Called after a test has changed this service's settings."""

    def page(self, request: Request) -> Response | None:
        """The answer to a request without a signature (an address that was handed out), if ours."""
        del request
        return None

    def look(self, what: str) -> dict[str, Any] | None:
        """What GET /standin/NAME/WHAT answers; None when there is nothing of that name."""
        return None

    def paid(self) -> list[dict[str, str]]:
        """What exists now and costs money: dictionaries with "kind" and "id" at least."""
        return []
