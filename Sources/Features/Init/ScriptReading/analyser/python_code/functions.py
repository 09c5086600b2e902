"""Calls of what the program defines."""

from __future__ import annotations

import ast

from python_code.objects import Frame, Function, Instance
from python_code.reader import Reader
from values import Const, Many, Table, Text, Unknown, choice


class Functions(Reader):
    def call_function(self, function: Function, arguments: list, keywords: dict, line: int) -> object:
        node = function.node
        function.called = True
        if any(node is above for above in self.stack) or len(self.stack) > 24:
            return Unknown()
        key = (id(node), repr(arguments), repr(sorted(keywords.items())), id(function.owner), self.report.possible)
        if key in self.done:
            return self.done[key]
        frame = Frame(function.module, {}, function.closure)
        self.bind(function, arguments, keywords, frame)
        self.stack.append(node)
        before, self.report.file = self.report.file, function.module.path
        if isinstance(node, ast.Lambda):
            result: object = self.evaluate(node.body, frame)
        else:
            self.block(node.body, frame)
            known = [value for value in frame.returns if value != Const(None)]
            yielded = frame.names.get("*")
            nothing = Many(yielded, False) if isinstance(yielded, list) else Const(None)
            result = choice(known) if known else nothing
        self.report.file = before
        self.stack.pop()
        self.done[key] = result
        return result

    def bind(self, function: Function, arguments: list, keywords: dict, frame: Frame) -> None:
        spec = function.node.args
        names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
        values = list(arguments)
        if function.owner is not None and names and not self.is_static(function):
            values.insert(0, function.owner if isinstance(function.owner, Instance) else Instance(function.owner))
        from_command = self.command_options(function, frame)
        outer = function.closure or Frame(function.module, function.module.names)
        defaults = dict(zip(reversed(names), reversed(spec.defaults)))
        defaults.update({a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults) if d is not None})
        for index, name in enumerate([*names, *(argument.arg for argument in spec.kwonlyargs)]):
            if index < len(values) and index < len(names):
                frame.names[name] = values[index]
            elif name in keywords:
                frame.names[name] = keywords[name]
            elif name in from_command:
                frame.names[name] = from_command[name]
            elif name in defaults:
                frame.names[name] = self.evaluate(defaults[name], outer)
            else:
                frame.names[name] = Unknown(name)
            if frame.names[name] == Unknown("value"):
                frame.names[name] = Unknown(name)
        if spec.vararg:
            frame.names[spec.vararg.arg] = Many(values[len(names) :], True)
        if spec.kwarg:
            frame.names[spec.kwarg.arg] = Table(
                {Text.of(name): value for name, value in keywords.items() if name not in frame.names}
            )

    @staticmethod
    def is_static(function: Function) -> bool:
        return any(isinstance(decorator, ast.Name) and decorator.id == "staticmethod" for decorator in function.decorators)

    def command_options(self, function: Function, frame: Frame) -> dict[str, object]:
        """Defaults that decorators of click give to parameters."""
        found: dict[str, object] = {}
        for decorator in function.decorators:
            if not isinstance(decorator, ast.Call) or self.spelled(decorator.func) not in ("option", "argument"):
                continue
            names = [n.value for n in decorator.args if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            if not names:
                continue
            plain = next((n for n in names if not n.startswith("-")), max(names, key=len))
            default = next((k.value for k in decorator.keywords if k.arg == "default"), None)
            name = plain.lstrip("-").replace("-", "_").lower()
            outer = Frame(function.module, function.module.names)
            found[name] = Unknown(name) if default is None else self.evaluate(default, outer)
        return found
