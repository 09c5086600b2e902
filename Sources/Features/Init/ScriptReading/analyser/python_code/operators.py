"""Operators, comparisons and texts with values in them."""

from __future__ import annotations

import ast

from python_code.objects import Class, Frame, Function, Instance
from python_code.reader import Reader
from values import Choice, Const, External, Handle, Hole, Many, Table, Text, Unknown, choice, concatenate, options, texts


class Operators(Reader):
    def on_JoinedStr(self, node: ast.JoinedStr, frame: Frame) -> object:
        return concatenate([self.formatted(part, frame) for part in node.values])

    def formatted(self, node: ast.expr, frame: Frame) -> list[Text]:
        if isinstance(node, ast.Constant):
            return [Text.of(str(node.value))]
        if not isinstance(node, ast.FormattedValue):
            return texts(self.evaluate(node, frame), self.spelled(node))
        value = self.evaluate(node.value, frame)
        spec = self.evaluate(node.format_spec, frame) if node.format_spec is not None else None
        name = self.spelled(node.value)
        if isinstance(spec, Text) and spec.constant:
            return [self.with_format(text, spec.constant) for text in texts(value, name)]
        return texts(value, name)

    @staticmethod
    def with_format(text: Text, spec: str) -> Text:
        def one(value: object) -> str:
            for kind in (int, float, str):
                try:
                    return format(kind(str(value)), spec)
                except ValueError:
                    continue
            return str(value)

        hole = text.hole
        if hole is not None:
            return Text.of(Hole(hole.name, None if hole.values is None else tuple(one(value) for value in hole.values)))
        constant = text.constant
        return text if constant is None else Text.of(one(constant))

    def on_IfExp(self, node: ast.IfExp, frame: Frame) -> object:
        truth = self.truth(self.evaluate(node.test, frame))
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse, frame)
        return choice([self.evaluate(node.body, frame), self.evaluate(node.orelse, frame)])

    def on_BoolOp(self, node: ast.BoolOp, frame: Frame) -> object:
        values = [self.evaluate(value, frame) for value in node.values]
        truths = [self.truth(value) for value in values]
        stops = isinstance(node.op, ast.Or)
        if stops in truths:
            return values[truths.index(stops)]
        if None not in truths:
            return values[-1]
        kept = [value for value, truth in zip(values, truths) if truth is None or truth is stops or value is values[-1]]
        return choice(kept) if any(isinstance(value, Text) for value in kept) else Unknown()

    def on_UnaryOp(self, node: ast.UnaryOp, frame: Frame) -> object:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            truth = self.truth(value)
            return Unknown() if truth is None else Const(not truth)
        if isinstance(node.op, ast.USub) and isinstance(value, Const) and isinstance(value.value, (int, float)):
            return Const(-value.value)
        return Unknown(self.spelled(node.operand))

    def on_Compare(self, node: ast.Compare, frame: Frame) -> object:
        left = self.evaluate(node.left, frame)
        rights = [self.evaluate(part, frame) for part in node.comparators]
        if len(rights) != 1:
            return Unknown()
        right, operator = rights[0], node.ops[0]
        if isinstance(operator, (ast.Is, ast.IsNot)) and right == Const(None) and not isinstance(left, (Unknown, Choice)):
            return Const((left == right) is isinstance(operator, ast.Is))
        known = [self.constant(left), self.constant(right)]
        if isinstance(operator, (ast.Eq, ast.NotEq)) and None not in known:
            return Const((known[0] == known[1]) is isinstance(operator, ast.Eq))
        if isinstance(operator, (ast.In, ast.NotIn)) and known[0] is not None and isinstance(right, Many) and right.closed:
            members = [self.constant(item) for item in right.items]
            if None not in members:
                return Const((known[0] in members) is isinstance(operator, ast.In))
        return Unknown()

    @staticmethod
    def constant(value: object) -> tuple | None:
        if isinstance(value, Text) and value.constant is not None:
            return ("text", value.constant)
        return ("const", value.value) if isinstance(value, Const) else None

    @staticmethod
    def truth(value: object) -> bool | None:
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, Text) and value.constant is not None:
            return bool(value.constant)
        if isinstance(value, (Many, Table)) and value.items:
            return True
        if isinstance(value, (Function, Class, Instance, External, Handle)):
            return True
        return None

    def on_BinOp(self, node: ast.BinOp, frame: Frame) -> object:
        return self.binary(node.op, self.evaluate(node.left, frame), self.evaluate(node.right, frame), node.right)

    def binary(self, operator: ast.operator, left: object, right: object, node: ast.expr) -> object:
        if isinstance(operator, ast.Add) and isinstance(left, Many) and isinstance(right, Many):
            return Many(left.items + right.items, left.closed and right.closed)
        known = [option for option in options(left) if isinstance(option, (Text, Handle))]
        if isinstance(operator, ast.Div) and (known or isinstance(right, Text)):
            firsts = (
                texts(left, self.spelled(node))
                if known
                else [Text.of(Hole(left.name if isinstance(left, Unknown) else "folder"))]
            )
            return choice([one.joined(other) for one in firsts for other in texts(right, self.spelled(node))])
        if isinstance(operator, ast.Add) and (known or any(isinstance(option, Text) for option in options(right))):
            return concatenate([texts(left, "value"), texts(right, self.spelled(node))])
        if isinstance(operator, ast.Mod) and isinstance(left, Text):
            return self.percent(left, right, node)
        if (
            isinstance(left, Const)
            and isinstance(right, Const)
            and isinstance(left.value, (int, float))
            and isinstance(right.value, (int, float))
        ):
            try:
                if isinstance(operator, ast.Add):
                    return Const(left.value + right.value)
                if isinstance(operator, ast.Sub):
                    return Const(left.value - right.value)
                if isinstance(operator, ast.Mult):
                    return Const(left.value * right.value)
                if isinstance(operator, ast.Div):
                    return Const(left.value / right.value)
            except (ArithmeticError, OverflowError):
                return Unknown()
        return Unknown(self.spelled(node))

    def percent(self, text: Text, value: object, node: ast.expr) -> object:
        values = list(value.items) if isinstance(value, Many) else [value]
        pieces: list[list[Text]] = []
        for part in text.parts:
            if isinstance(part, Hole):
                pieces.append([Text.of(part)])
                continue
            rest = part
            while (end := self.conversion(rest)) is not None:
                start = rest.index("%")
                pieces.append([Text.of(rest[:start])])
                if rest[end] == "%":
                    pieces.append([Text.of("%")])
                else:
                    inner = texts(values.pop(0) if values else Unknown(), self.spelled(node))
                    pieces.append([self.with_format(one, rest[start + 1 : end + 1].replace("i", "d")) for one in inner])
                rest = rest[end + 1 :]
            pieces.append([Text.of(rest)])
        return concatenate(pieces)

    @staticmethod
    def conversion(text: str) -> int | None:
        """Where the first `%…s` of a text ends."""
        start = text.find("%")
        if start < 0:
            return None
        return next((index for index in range(start + 1, len(text)) if text[index] in "sdifgexr%"), None)
