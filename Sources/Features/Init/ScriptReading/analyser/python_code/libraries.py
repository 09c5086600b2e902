"""Calls of libraries: what they read, write and answer."""

from __future__ import annotations

import ast

from python_code import calls, sites
from python_code.command_lines import CommandLines
from python_code.methods import Methods
from python_code.value_calls import ValueCalls
from values import Const, External, Handle, Many, Text, Unknown, choice, options


class Libraries(ValueCalls, CommandLines, Methods):
    def external(self, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        line = node.lineno
        handler = getattr(self, "lib_" + name.replace(".", "_"), None)
        if handler is not None:
            return handler(arguments, keywords, node)
        if name in sites.SITES:
            self.report.site.setdefault("framework", sites.SITES[name])
            return Handle(Unknown(), "site", line)
        if name in calls.OPENS:
            return self.opened(name, arguments, keywords, line)
        if name in calls.READS:
            position, words = calls.READS[name]
            self.note("read", self.pick(arguments, keywords, position, words), line, name)
            return Unknown(name.split(".")[-1])
        if name in calls.WRITES:
            position, words = calls.WRITES[name]
            self.note("write", self.pick(arguments, keywords, position, words), line, name)
            return Unknown()
        if name in calls.COPIES and len(arguments) > 1:
            self.report.access("read", arguments[0], line, name)
            self.report.access("write", arguments[1], line, name)
            if name in calls.MOVES:
                self.report.access("delete", arguments[0], line, name)
            return arguments[1]
        if name in calls.REMOVALS and arguments:
            self.report.access("delete", arguments[0], line, name)
            return Const(None)
        if name in calls.DATABASES:
            return self.database(arguments, keywords, line)
        if name in calls.STARTS and arguments:
            self.started(arguments[0], line)
            return Unknown()
        if name.startswith(calls.FETCHES):
            self.report.fetches.append(line)
            if name.endswith("urlretrieve") and len(arguments) > 1:
                self.report.access("write", arguments[1], line, name)
            return Unknown()
        return self.unknown_method(External(name), name.split(".")[-1], arguments, keywords, node)

    def database(self, arguments: list, keywords: dict, line: int) -> object:
        path = self.pick(arguments, keywords, 0, ("database", "url", "filename_or_conn"))
        made: list[object] = []
        for option in options(path):
            if isinstance(option, Text) and option.parts and isinstance(option.parts[0], str):
                first = option.parts[0]
                for scheme in ("sqlite:///", "duckdb:///", "file:"):
                    if first.startswith(scheme):
                        option = Text.of(first[len(scheme) :], *option.parts[1:])
                if "://" in first or first == ":memory:":
                    continue
                if isinstance(option.parts[-1], str):
                    option = Text.of(*option.parts[:-1], option.parts[-1].split("?")[0], anchored=option.anchored)
            if isinstance(option, Text):
                made.append(option)
        if not made:
            return Handle(Unknown(), "remote", line)
        return self.report.handle(choice(made), "database", line)

    def started(self, value: object, line: int) -> None:
        words: list[str] = []
        for item in value.items if isinstance(value, Many) else [value]:
            for option in options(item)[:1]:
                if isinstance(option, Text):
                    words.append(option.template())
                elif isinstance(option, External) and option.name == "sys.executable":
                    words.append("python")
                else:
                    words.append("{value}")
        self.report.starts.append({"words": words if isinstance(value, Many) else words[:1], "line": line})
