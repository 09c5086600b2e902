"""Attributes and items of values."""

from __future__ import annotations

import ast
import posixpath

from python_code.command_lines import CommandLines
from python_code.objects import Class, Frame, Function, Instance, Module
from values import Const, External, Handle, Many, Table, Text, Unknown, choice, options


class Lookups(CommandLines):
    def on_Attribute(self, node: ast.Attribute, frame: Frame) -> object:
        return choice([self.attribute(owner, node.attr, node) for owner in options(self.evaluate(node.value, frame))])

    def attribute(self, owner: object, name: str, node: ast.expr) -> object:
        if isinstance(owner, External):
            return External(f"{owner.name}.{name}")
        if isinstance(owner, Module):
            return owner.names.get(name, Unknown(name))
        if isinstance(owner, Class):
            found = owner.find(name)
            return Unknown(name) if found is None else found
        if isinstance(owner, Instance):
            if name in owner.names:
                return owner.names[name]
            found = owner.kind.find(name) if isinstance(owner.kind, Class) else None
            if isinstance(found, Function):
                bound = Function(found.node, found.module, found.closure, owner)
                found.called = True
                if any(self.spelled(decorator) in ("property", "cached_property") for decorator in found.decorators):
                    return self.call_function(bound, [], {}, 0)
                return bound
            return Unknown(name) if found is None else found
        if isinstance(owner, Text):
            return self.path_attribute(owner, name)
        if isinstance(owner, Table) and Text.of(name) in owner.items:
            return owner.items[Text.of(name)]
        return owner if isinstance(owner, Handle) and name in ("conn", "db", "table") else Unknown(name)

    @staticmethod
    def path_attribute(text: Text, name: str) -> object:
        if name == "parent":
            return text.parent()
        if name == "parents":
            above, found = text.parent(), []
            for _ in range(8):
                found.append(above)
                above = above.parent()
            return Many(list(found))
        if name in ("name", "stem"):
            last = text.name()
            end = last.parts[-1] if last.parts else ""
            if name == "stem" and isinstance(end, str) and "." in end:
                stem = end[: end.rfind(".")]
                last = Text.of(*last.parts[:-1], stem)
            return last
        if name == "suffix" and text.parts and isinstance(text.parts[-1], str):
            return Text.of(posixpath.splitext(text.parts[-1])[1])
        return Unknown(name)

    def on_Subscript(self, node: ast.Subscript, frame: Frame) -> object:
        owner = self.evaluate(node.value, frame)
        key = self.evaluate(node.slice, frame)
        name = self.spelled(node)
        if isinstance(owner, External) and owner.name == "os.environ" and isinstance(key, Text) and key.constant:
            self.report.variables.setdefault(key.constant, None)
            return Unknown(key.constant.lower())
        if isinstance(owner, External) and owner.name == "sys.argv":
            if isinstance(node.slice, ast.Slice) and self.arguments is not None:
                return Many(list(self.arguments))
            return self.argument(key)
        results: list[object] = []
        for option in options(owner):
            if isinstance(option, Table):
                if isinstance(key, (Text, Const)) and key in option.items:
                    results.append(option.items[key])
                else:
                    results += list(option.items.values()) or [Unknown(name)]
            elif isinstance(option, Many) and isinstance(key, Const) and isinstance(key.value, int):
                results.append(self.item(option, key.value, name))
            elif isinstance(option, Many):
                results += option.items or [Unknown(name)]
            elif isinstance(option, (External, Class, Handle)):
                results.append(option)
            else:
                results.append(Unknown(name))
        return choice(results)

    def on_Slice(self, node: ast.Slice, frame: Frame) -> object:
        return Unknown("slice")

    @staticmethod
    def item(value: object, index: int, name: str) -> object:
        results: list[object] = []
        for option in options(value):
            if isinstance(option, Many) and -len(option.items) <= index < len(option.items):
                results.append(option.items[index])
            elif isinstance(option, Many) and option.items and not option.closed:
                results.append(option.items[0])
            else:
                results.append(Unknown(name))
        return choice(results)
