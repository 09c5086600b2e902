"""What a program defines: modules, functions, classes and their instances."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field


@dataclass(eq=False, repr=False)
class Module:
    path: str
    name: str
    names: dict[str, object] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Function:
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    closure: Frame | None = None
    owner: object = None
    called: bool = False

    @property
    def decorators(self) -> list[ast.expr]:
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list


@dataclass(eq=False, repr=False)
class Class:
    node: ast.ClassDef
    module: Module
    names: dict[str, object] = field(default_factory=dict)
    bases: list[object] = field(default_factory=list)

    def find(self, name: str) -> object:
        """The attribute, also of a base; None where there is none."""
        if name in self.names:
            return self.names[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.find(name)) is not None:
                return found
        return None


@dataclass(eq=False, repr=False)
class Instance:
    kind: object
    names: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class Parser:
    """Of command lines: the arguments that `argparse` knows."""

    names: dict[str, object] = field(default_factory=dict)
    flags: list[dict] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Partial:
    function: object
    arguments: list[object]
    keywords: dict[str, object]


@dataclass(eq=False, repr=False)
class Frame:
    module: Module
    names: dict[str, object]
    above: Frame | None = None
    returns: list[object] = field(default_factory=list)

    def lookup(self, name: str) -> object:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.above
        return self.module.names.get(name)


class TooLong(Exception):
    """More steps than a program of this kind needs."""
