"""What a loop's variable is in turn, and comprehensions."""

from __future__ import annotations

import ast

from python_code.objects import Frame
from python_code.reader import Reader
from values import Const, Hole, Many, Table, Text, Unknown, options

_FILE_ENDINGS = 6


def looks_like_path(text: str) -> bool:
    dot = text.rfind(".")
    return "/" in text or (
        0 < len(text) - dot <= _FILE_ENDINGS and dot > 0 and text[dot + 1 :].isalnum() and not text[dot + 1 :].isdigit()
    )


class Loops(Reader):
    def on_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> object:
        return Many(self.comprehended(node.generators, [node.elt], frame, []), self.is_closed(node.generators, frame))

    on_SetComp = on_ListComp
    on_GeneratorExp = on_ListComp

    def is_closed(self, generators: list[ast.comprehension], frame: Frame) -> bool:
        return len(generators) == 1 and not generators[0].ifs

    def on_DictComp(self, node: ast.DictComp, frame: Frame) -> object:
        table = Table()
        found = self.comprehended(node.generators, [node.key, node.value], frame, [])
        for key, value in zip(found[::2], found[1::2]):
            if isinstance(key, (Text, Const)):
                table.items[key] = value
        return table

    def comprehended(self, generators: list, elements: list[ast.expr], frame: Frame, found: list[object]) -> list[object]:
        if not generators:
            found += [self.evaluate(element, frame) for element in elements]
            return found
        first = generators[0]
        inner = Frame(frame.module, {}, frame, frame.returns)
        for value in self.members(self.evaluate(first.iter, frame), first.target, first.iter, frame):
            self.assign(first.target, value, inner)
            for test in first.ifs:
                self.evaluate(test, inner)
            self.comprehended(generators[1:], elements, inner, found)
        return found

    def members(self, value: object, target: ast.expr, node: ast.expr, frame: Frame) -> list[object]:
        """What a loop's variable is in turn: a hole with all values, or each value where it is a path itself."""
        name = self.spelled(target)
        if isinstance(target, (ast.Tuple, ast.List)):
            name = "value"
        results: list[object] = []
        for option in options(value):
            if isinstance(option, Table):
                option = Many(list(option.items))
            if not isinstance(option, Many) or not option.items:
                results.append(self.unpacked(target, name))
                continue
            constants = [item.constant if isinstance(item, Text) else None for item in option.items]
            plain = [item.value if isinstance(item, Const) else text for item, text in zip(option.items, constants)]
            is_path = any(text is not None and looks_like_path(text) for text in constants)
            if option.closed and None not in plain and not is_path and isinstance(target, ast.Name) and len(plain) > 1:
                results.append(Text.of(Hole(name, tuple(plain))))
            elif len(option.items) <= 24:
                results += option.items
            else:
                results.append(self.unpacked(target, name))
        return results

    @staticmethod
    def unpacked(target: ast.expr, name: str) -> object:
        if isinstance(target, (ast.Tuple, ast.List)):
            return Many([], False)
        return Unknown(name)
