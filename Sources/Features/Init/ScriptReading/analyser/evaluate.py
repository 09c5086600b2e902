"""Expressions of a program, over what is known of values."""

from __future__ import annotations

import ast
import posixpath

from libraries import Libraries
from objects import Class, Frame, Function, Instance, Module, Parser, Partial
from values import Choice, Const, External, Handle, Hole, Many, Table, Text, Unknown, choice, concatenate, options, texts

_FILE_ENDINGS = 6
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


def looks_like_path(text: str) -> bool:
    dot = text.rfind(".")
    return "/" in text or (
        0 < len(text) - dot <= _FILE_ENDINGS and dot > 0 and text[dot + 1 :].isalnum() and not text[dot + 1 :].isdigit()
    )


class Evaluator(Libraries):
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

    @staticmethod
    def spelled(node: ast.AST) -> str:
        """The last name of an expression, for a hole."""
        while True:
            if isinstance(node, ast.Name):
                return node.id
            if isinstance(node, ast.Attribute):
                if node.attr in ("name", "stem", "value", "values", "text"):
                    node = node.value
                    continue
                return node.attr
            if isinstance(node, ast.Call):
                node = node.args[0] if node.args and isinstance(node.func, ast.Name) else node.func
            elif isinstance(node, ast.Subscript):
                if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                    return node.slice.value if node.slice.value.isidentifier() else "value"
                node = node.value
            elif isinstance(node, (ast.FormattedValue, ast.Await, ast.Starred)):
                node = node.value
            else:
                return "value"

    # Kinds of expressions

    def on_Constant(self, node: ast.Constant, frame: Frame) -> object:
        if isinstance(node.value, str):
            return Text.of(node.value)
        return Const(node.value)

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
