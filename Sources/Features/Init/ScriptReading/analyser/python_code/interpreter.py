"""Reads a Python program without running it: its statements, over what is known of values."""

from __future__ import annotations

import ast

from python_code.evaluate import Evaluator
from python_code.functions import Functions
from python_code.modules import Modules
from python_code.objects import Class, Frame, Function, Instance, Module, TooLong
from values import Const, External, Many, Table, Text, Unknown, choice, options

_STEPS = 300_000


class Interpreter(Evaluator, Modules, Functions):
    def run(self, path: str, source: str, name: str = "__main__") -> None:
        """The whole program, then what only others call. Under another name it is imported, not started.

        Raises SyntaxError or ValueError for a text that is no program.
        """
        self.entry = path
        tree = ast.parse(source)
        module = Module(path, name)
        self.modules[path] = module
        self.report.file = path
        try:
            self.block(tree.body, Frame(module, module.names))
            self.sweep()
        except (TooLong, RecursionError):
            self.report.unfollowed = True
        self.report.settle()

    def sweep(self) -> None:
        """Functions that the program defines and never calls: a framework or a visitor may. Those of other modules
        only where a decorator hands them on."""
        self.commands()
        self.report.possible = True
        plain = {
            "property",
            "cached_property",
            "staticmethod",
            "classmethod",
            "lru_cache",
            "cache",
            "contextmanager",
            "wraps",
            "njit",
            "jit",
        }
        for module in list(self.modules.values()):
            for function in list(module.functions):
                handed = any(self.spelled(decorator) not in plain for decorator in function.decorators)
                if not function.called and (module.path == self.entry or handed):
                    self.report.file = module.path
                    self.call_function(function, [], {}, 0)
        self.report.possible = False

    def commands(self) -> None:
        """Functions that a decorator makes commands of the program (click, typer, hydra): the only one is what it does."""
        module = self.modules[self.entry]
        names = {"command", "main", "callback", "flow", "task"}
        if not ({"click", "typer", "hydra", "prefect", "cyclopts"} & self.report.imports):
            return
        found = [
            function
            for function in module.functions
            if not function.called and any(self.spelled(decorator) in names for decorator in function.decorators)
        ]
        if len(found) > 1:
            self.report.arguments.append({"name": "command", "required": True})
        for function in found:
            self.call_function(function, [], {}, 0)

    # Statements

    def block(self, body: list[ast.stmt], frame: Frame) -> bool:
        """Whether control reaches its end."""
        for statement in body:
            self.steps += 1
            if self.steps > _STEPS:
                raise TooLong
            method = getattr(self, "do_" + type(statement).__name__, None)
            if method is not None and method(statement, frame) is False:
                return False
        return True

    def do_Expr(self, node: ast.Expr, frame: Frame) -> bool | None:
        value = self.evaluate(node.value, frame)
        if isinstance(value, External) and value.name == "sys.exit":
            return False
        return None

    def do_Assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self.evaluate(node.value, frame)
        for target in node.targets:
            self.assign(target, value, frame)

    def do_AnnAssign(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, frame), frame)

    def do_AugAssign(self, node: ast.AugAssign, frame: Frame) -> None:
        before = self.evaluate(node.target, frame)
        self.assign(node.target, self.binary(node.op, before, self.evaluate(node.value, frame), node.value), frame)

    def do_Return(self, node: ast.Return, frame: Frame) -> bool:
        frame.returns.append(Const(None) if node.value is None else self.evaluate(node.value, frame))
        return False

    def do_Raise(self, node: ast.Raise, frame: Frame) -> bool:
        return False

    def do_Continue(self, node: ast.Continue, frame: Frame) -> bool:
        return False

    def do_Break(self, node: ast.Break, frame: Frame) -> bool:
        return False

    def assign(self, target: ast.expr, value: object, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            frame.names[target.id] = Unknown(target.id) if isinstance(value, Unknown) and value.name == "value" else value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for index, part in enumerate(target.elts):
                if isinstance(part, ast.Starred):
                    self.assign(part.value, Many([], False), frame)
                else:
                    self.assign(part, self.item(value, index, self.spelled(part)), frame)
        elif isinstance(target, ast.Attribute):
            for owner in options(self.evaluate(target.value, frame)):
                if isinstance(owner, (Instance, Class, Module)):
                    owner.names[target.attr] = value
        elif isinstance(target, ast.Subscript):
            key = self.evaluate(target.slice, frame)
            for owner in options(self.evaluate(target.value, frame)):
                if isinstance(owner, Table) and isinstance(key, (Text, Const)):
                    owner.items[key] = value

    def do_If(self, node: ast.If, frame: Frame) -> bool:
        truth = self.truth(self.evaluate(node.test, frame))
        if truth is not None:
            return self.block(node.body if truth else node.orelse, frame)
        return self.branches([node.body, node.orelse], frame)

    def branches(self, bodies: list[list[ast.stmt]], frame: Frame) -> bool:
        """Each of them may be what runs."""
        before = dict(frame.names)
        ends: list[dict[str, object]] = []
        for body in bodies:
            frame.names.clear()
            frame.names.update(before)
            if self.block(body, frame):
                ends.append(dict(frame.names))
        frame.names.clear()
        for name in dict.fromkeys(name for end in ends or [before] for name in end):
            values = [end[name] for end in ends or [before] if name in end]
            frame.names[name] = values[0] if all(value is values[0] for value in values) else choice(values)
        return bool(ends)

    def do_Match(self, node: ast.Match, frame: Frame) -> bool:
        self.evaluate(node.subject, frame)
        return self.branches([case.body for case in node.cases] + [[]], frame)

    def do_While(self, node: ast.While, frame: Frame) -> None:
        self.evaluate(node.test, frame)
        self.branches([node.body, []], frame)
        self.block(node.orelse, frame)

    def do_For(self, node: ast.For, frame: Frame) -> None:
        for value in self.members(self.evaluate(node.iter, frame), node.target, node.iter, frame):
            self.assign(node.target, value, frame)
            self.branches([node.body, []], frame)
        self.block(node.orelse, frame)

    do_AsyncFor = do_For

    def do_Try(self, node: ast.Try, frame: Frame) -> bool:
        whole = self.branches([[*node.body, *node.orelse], *[handler.body for handler in node.handlers]], frame)
        return self.block(node.finalbody, frame) and whole

    do_TryStar = do_Try

    def do_With(self, node: ast.With, frame: Frame) -> bool:
        for item in node.items:
            value = self.evaluate(item.context_expr, frame)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, frame)
        return self.block(node.body, frame)

    do_AsyncWith = do_With

    def do_FunctionDef(self, node: ast.FunctionDef, frame: Frame) -> None:
        above = frame if frame.names is not frame.module.names else None
        function = Function(node, frame.module, above)
        frame.module.functions.append(function)
        frame.names[node.name] = function
        for decorator in node.decorator_list:
            self.evaluate(decorator, frame)

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node: ast.ClassDef, frame: Frame) -> None:
        made = Class(node, frame.module, {}, [self.evaluate(base, frame) for base in node.bases])
        frame.names[node.name] = made
        inner = Frame(frame.module, made.names, frame)
        self.block(node.body, inner)
        for value in made.names.values():
            if isinstance(value, Function):
                value.closure = frame if frame.names is not frame.module.names else None
                value.owner = made
