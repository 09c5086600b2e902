"""Expressions of a program, over what is known of values."""

from __future__ import annotations

import ast

from python_code.libraries import Libraries
from python_code.lookups import Lookups
from python_code.loops import Loops
from python_code.objects import Class, Frame, Function, Instance, Module, Parser, Partial
from python_code.operators import Operators
from values import Const, External, Handle, Many, Table, Text, Unknown, choice, options

_BUILTIN = {
    "open",
    "str",
    "int",
    "float",
    "list",
    "tuple",
    "set",
    "sorted",
    "reversed",
    "range",
    "zip",
    "enumerate",
    "dict",
    "len",
    "print",
    "map",
    "filter",
    "next",
    "iter",
    "getattr",
    "isinstance",
    "min",
    "max",
    "sum",
    "any",
    "all",
    "bool",
    "exit",
    "quit",
    "frozenset",
    "repr",
}


class Evaluator(Libraries, Operators, Lookups, Loops):
    """Subclasses have the statements."""

    def evaluate(self, node: ast.expr | None, frame: Frame) -> object:
        if node is None:
            return Const(None)
        method = getattr(self, "on_" + type(node).__name__, None)
        if method is not None:
            return method(node, frame)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child, frame)
        return Unknown(self.spelled(node))



    def on_Constant(self, node: ast.Constant, frame: Frame) -> object:
        if isinstance(node.value, str):
            return Text.of(node.value)
        return Const(node.value)

    def on_Name(self, node: ast.Name, frame: Frame) -> object:
        found = frame.lookup(node.id)
        if found is not None:
            return found
        if node.id == "__name__":
            return Text.of(frame.module.name)
        if node.id == "__file__":
            return Text.of(frame.module.path, anchored=True)
        if node.id in _BUILTIN:
            return External(node.id)
        return Unknown(node.id)

    def on_Tuple(self, node: ast.Tuple | ast.List | ast.Set, frame: Frame) -> object:
        items: list[object] = []
        closed = True
        for part in node.elts:
            value = self.evaluate(part.value if isinstance(part, ast.Starred) else part, frame)
            if isinstance(part, ast.Starred):
                closed = closed and isinstance(value, Many) and value.closed
                items += value.items if isinstance(value, Many) else []
            else:
                items.append(value)
        return Many(items, closed)

    on_List = on_Tuple
    on_Set = on_Tuple

    def on_Dict(self, node: ast.Dict, frame: Frame) -> object:
        table = Table()
        for key, value in zip(node.keys, node.values):
            inner = self.evaluate(value, frame)
            name = self.evaluate(key, frame) if key is not None else None
            if isinstance(name, (Text, Const)):
                table.items[name] = inner
            elif key is None and isinstance(inner, Table):
                table.items.update(inner.items)
        return table

    def on_Lambda(self, node: ast.Lambda, frame: Frame) -> object:
        return Function(node, frame.module, frame)

    def on_NamedExpr(self, node: ast.NamedExpr, frame: Frame) -> object:
        value = self.evaluate(node.value, frame)
        self.assign(node.target, value, frame)
        return value

    def on_Await(self, node: ast.Await, frame: Frame) -> object:
        return self.evaluate(node.value, frame)

    def on_Starred(self, node: ast.Starred, frame: Frame) -> object:
        return self.evaluate(node.value, frame)

    def on_Yield(self, node: ast.Yield, frame: Frame) -> object:
        frame.names.setdefault("*", [])
        yielded = frame.names["*"]
        if isinstance(yielded, list):
            yielded.append(self.evaluate(node.value, frame))
        return Unknown()

    # Calls

    def on_Call(self, node: ast.Call, frame: Frame) -> object:
        arguments: list[object] = []
        for argument in node.args:
            value = self.evaluate(argument.value if isinstance(argument, ast.Starred) else argument, frame)
            if isinstance(argument, ast.Starred):
                arguments += value.items if isinstance(value, Many) else []
            else:
                arguments.append(Unknown(self.spelled(argument)) if value == Unknown("value") else value)
        keywords: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, Table):
                keywords.update({key.constant: v for key, v in value.items.items() if isinstance(key, Text) and key.constant})
        if isinstance(node.func, ast.Attribute):
            owners = options(self.evaluate(node.func.value, frame))
            results = [self.method(owner, node.func.attr, arguments, keywords, node) for owner in owners]
        else:
            results = [self.call(called, arguments, keywords, node) for called in options(self.evaluate(node.func, frame))]
        return choice(results)

    def call(self, called: object, arguments: list, keywords: dict, node: ast.Call) -> object:
        if isinstance(called, Function):
            return self.call_function(called, arguments, keywords, node.lineno)
        if isinstance(called, Class):
            return self.construct(called, arguments, keywords, node)
        if isinstance(called, Partial):
            return self.call(called.function, called.arguments + arguments, {**called.keywords, **keywords}, node)
        if isinstance(called, External):
            return self.external(called.name, arguments, keywords, node)
        if isinstance(called, Instance):
            bound = self.attribute(called, "__call__", node)
            if isinstance(bound, Function):
                return self.call_function(bound, arguments, keywords, node.lineno)
        return Unknown(self.spelled(node.func))

    def construct(self, made: Class, arguments: list, keywords: dict, node: ast.Call) -> object:
        instance = Instance(made)
        maker = made.find("__init__")
        if isinstance(maker, Function):
            maker.called = True
            self.call_function(Function(maker.node, maker.module, maker.closure, instance), arguments, keywords, node.lineno)
            return instance
        fields = [
            part.target.id for part in made.node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        ]
        instance.names.update(zip(fields, arguments))
        instance.names.update(keywords)
        return instance

    def method(self, owner: object, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        if isinstance(owner, External):
            return self.external(f"{owner.name}.{name}", arguments, keywords, node)
        if isinstance(owner, (Module, Class, Instance)):
            bound = self.attribute(owner, name, node.func)
            if not isinstance(bound, Unknown):
                return choice([self.call(option, arguments, keywords, node) for option in options(bound)])
        if isinstance(owner, Parser):
            return self.parser(owner, name, arguments, keywords, node)
        if isinstance(owner, Text):
            return self.text_method(owner, name, arguments, keywords, node)
        if isinstance(owner, Many):
            return self.list_method(owner, name, arguments)
        if isinstance(owner, Table):
            return self.table_method(owner, name, arguments)
        if isinstance(owner, Handle):
            return self.handle_method(owner, name, arguments, keywords, node)
        return self.unknown_method(owner, name, arguments, keywords, node)
