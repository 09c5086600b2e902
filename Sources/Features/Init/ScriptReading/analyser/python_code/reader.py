"""What the parts of a reader of Python share: its state, and how an access to a file is noted."""

from __future__ import annotations

import ast

from python_code import calls
from python_code.objects import Frame, Function, Module
from report import Report
from values import Const, Handle, Many, Text, options


class Reader:
    """
    `files`: Python files of the project by path below `root`. `arguments`: words after the program's name, where a
    command line is known.
    """

    def __init__(self, root: str, files: set[str], report: Report, arguments: list[Text] | None = None):
        self.root = root
        self.files = files
        self.report = report
        self.arguments = arguments
        self.modules: dict[str, Module] = {}
        self.stack: list[ast.AST] = []
        self.done: dict[tuple, object] = {}
        self.steps = 0
        self.entry = ""

    # What the parts have.

    def call_function(self, function: Function, arguments: list, keywords: dict, line: int) -> object:
        raise NotImplementedError

    def call(self, called: object, arguments: list, keywords: dict, node: ast.Call) -> object:
        raise NotImplementedError

    def evaluate(self, node: ast.expr | None, frame: Frame) -> object:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: object, frame: Frame) -> None:
        raise NotImplementedError

    def block(self, body: list[ast.stmt], frame: Frame) -> bool:
        raise NotImplementedError

    # For all of them.

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

    @staticmethod
    def pick(arguments: list, keywords: dict, position: int, words: tuple[str, ...]) -> object:
        for word in words:
            if word in keywords:
                return keywords[word]
        return arguments[position] if position < len(arguments) else Const(None)

    def note(self, does: str, path: object, line: int, call: str) -> None:
        if isinstance(path, Many):
            for item in path.items:
                self.report.access(does, item, line, call)
        else:
            self.report.access(does, path, line, call)

    def opened(self, name: str, arguments: list, keywords: dict, line: int) -> object:
        position, usual = calls.OPENS[name]
        path = self.pick(arguments, keywords, 0, ("file", "name", "filename", "path", "fp"))
        mode = self.pick(arguments, keywords, position, ("mode",))
        known = [option.constant for option in options(mode) if isinstance(option, Text) and option.constant] or [usual]
        for one in known:
            if "w" in one or "x" in one or "a" in one or "c" in one:
                self.report.access("write", path, line, name)
            if "r" in one or "+" in one:
                self.report.access("read", path, line, name)
        return Handle(path, "file", line)
