"""The services: each module's subclasses of `Service` are found and registered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from standin.service import Service


def classes() -> Iterator[type[Service]]:
    """Every service of this package, in the order of the modules' names."""
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            is_own = isinstance(value, type) and value.__module__ == module.__name__
            if is_own and issubclass(value, Service):
                yield value
