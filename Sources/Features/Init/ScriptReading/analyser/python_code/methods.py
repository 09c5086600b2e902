"""Calls of methods: of values that are known, and by their name where the owner is unknown."""

from __future__ import annotations

import ast

from python_code import calls, sql
from python_code.objects import Function, Instance
from python_code.path_calls import PathCalls
from values import Const, Handle, Hole, Many, Table, Text, Unknown, choice, concatenate, mapped, options, texts


class Methods(PathCalls):
    # Of what is known

    def text_method(self, text: Text, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        line = node.lineno
        if name in ("joinpath",):
            return self.lib_os_path_join([text, *arguments], keywords, ast.Call(node.func, [node.func, *node.args], []))
        if name in ("resolve", "absolute", "expanduser", "as_posix", "encode", "decode", "casefold"):
            return text
        if name in ("read_text", "read_bytes"):
            self.report.access("read", text, line, name)
            return Unknown()
        if name in ("write_text", "write_bytes", "touch"):
            self.report.access("write", text, line, name)
            return Unknown()
        if name == "open":
            return self.opened("open", [text, *arguments], keywords, line)
        if name in ("exists", "is_file", "is_dir", "stat"):
            self.report.access("test", text, line, "exists")
            return Unknown("exists")
        if name in ("unlink", "rmdir"):
            self.report.access("delete", text, line, name)
            return Const(None)
        if name in ("rename", "replace") and len(arguments) == 1:
            self.report.access("read", text, line, name)
            self.report.access("delete", text, line, name)
            self.report.access("write", arguments[0], line, name)
            return arguments[0]
        if name in ("glob", "rglob") and arguments and isinstance(arguments[0], Text):
            pattern = arguments[0] if name == "glob" else Text.of("**/", *arguments[0].parts)
            return Many([self.globbed(text.joined(pattern), line)], False)
        if name == "iterdir":
            self.report.access("list", text, line, name)
            return Many([text.joined(Text.of(Hole("name")))], False)
        if name in ("with_suffix", "with_name", "with_stem") and arguments:
            return self.renamed(text, name, arguments[0])
        if name == "relative_to":
            return text.name()
        if name == "format":
            return self.str_format(text, arguments, keywords)
        if name == "join" and arguments:
            items = arguments[0].items if isinstance(arguments[0], Many) else [Unknown()]
            pieces: list[list[Text]] = []
            for index, item in enumerate(items):
                pieces += ([[text]] if index else []) + [texts(item)]
            return concatenate(pieces)
        if name in (
            "lower",
            "upper",
            "strip",
            "title",
            "capitalize",
            "lstrip",
            "rstrip",
            "zfill",
            "replace",
            "removesuffix",
            "removeprefix",
            "rjust",
        ):
            plain = [
                argument.constant if isinstance(argument, Text) else argument.value if isinstance(argument, Const) else None
                for argument in arguments
            ]
            if None in plain:
                return text
            return mapped(text, lambda value: getattr(value, name)(*plain))
        if name == "split":
            constant, separator = text.constant, arguments[0].constant if arguments and isinstance(arguments[0], Text) else None
            if constant is not None and (separator or not arguments):
                return Many([Text.of(piece) for piece in constant.split(separator)])
            return Many([Unknown(text.hole.name if text.hole else "part")], False)
        if name in ("startswith", "endswith") and arguments and isinstance(arguments[0], Text):
            constant, other = text.constant, arguments[0].constant
            if constant is not None and other is not None:
                return Const(getattr(constant, name)(other))
        return Unknown(name)

    @staticmethod
    def renamed(text: Text, name: str, value: object) -> object:
        if not isinstance(value, Text):
            return text.parent().joined(Text.of(Hole("name")))
        if name == "with_name":
            return text.parent().joined(value)
        last = text.parts[-1] if text.parts else ""
        if name == "with_suffix" and isinstance(last, str) and "." in last:
            return Text.of(*text.parts[:-1], last[: last.rfind(".")], *value.parts, anchored=text.anchored)
        return text.plus(value) if name == "with_suffix" else text.parent().joined(value)

    @staticmethod
    def str_format(text: Text, arguments: list, keywords: dict) -> object:
        constant = text.constant
        if constant is None:
            return text
        pieces: list[list[Text]] = []
        rest, position = constant, 0
        while "{" in rest:
            before, _, rest = rest.partition("{")
            inside, _, rest = rest.partition("}")
            field = inside.split(":")[0].split("!")[0]
            pieces.append([Text.of(before)])
            if field == "" or field.isdigit():
                index = int(field) if field else position
                position += 1
                value = arguments[index] if index < len(arguments) else Unknown()
                pieces.append(texts(value))
            else:
                pieces.append(texts(keywords.get(field, Unknown(field)), field))
        pieces.append([Text.of(rest)])
        return concatenate(pieces)

    def list_method(self, many: Many, name: str, arguments: list) -> object:
        if name in ("append", "add") and arguments:
            many.items.append(arguments[0])
            many.closed = False
        elif name in ("extend", "update") and arguments and isinstance(arguments[0], Many):
            many.items += arguments[0].items
        elif name == "copy":
            return Many(list(many.items), many.closed)
        elif name in ("pop", "index") and many.items:
            return choice(list(many.items))
        elif name == "union" and arguments and isinstance(arguments[0], Many):
            return Many(many.items + arguments[0].items, many.closed and arguments[0].closed)
        return Unknown(name)

    @staticmethod
    def table_method(table: Table, name: str, arguments: list) -> object:
        if name == "items":
            return Many([Many([key, value]) for key, value in table.items.items()])
        if name == "keys":
            return Many(list(table.items))
        if name == "values":
            return Many(list(table.items.values()))
        if name in ("get", "pop", "setdefault") and arguments:
            key = arguments[0]
            if isinstance(key, (Text, Const)) and key in table.items:
                return table.items[key]
            return choice([*table.items.values(), *arguments[1:2]]) if table.items else Unknown()
        if name == "update" and arguments and isinstance(arguments[0], Table):
            table.items.update(arguments[0].items)
        return Unknown(name)

    def handle_method(self, handle: Handle, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        if handle.kind == "site":
            if name in ("run", "run_server", "serve") and isinstance(keywords.get("port"), Const):
                self.report.site["port"] = keywords["port"].value
            return Unknown(name)
        if handle.kind != "database":
            return (
                self.unknown_method(Unknown(), name, arguments, keywords, node) if name not in ("write", "dump") else Unknown()
            )
        if name in calls.DATABASE_WRITES:
            handle.written = True
        elif name in ("execute", "executescript", "executemany", "sql", "query"):
            statement = arguments[0] if arguments else None
            known = "".join(part for part in statement.parts if isinstance(part, str)) if isinstance(statement, Text) else ""
            if sql.changes(known):
                handle.written = True
            else:
                handle.read = True
            for path in sql.read_files(known):
                self.report.access("read", Text.of(path), node.lineno, "sql")
            for path in sql.written_files(known):
                self.report.access("write", Text.of(path), node.lineno, "sql")
        elif name in ("cursor", "connect", "begin", "table", "connection", "raw_connection"):
            return handle
        elif name in ("commit", "close", "rollback", "row_factory"):
            return Unknown(name)
        else:
            handle.read = True
            return self.unknown_method(handle, name, arguments, keywords, node)
        return handle

    # Of what is not

    def unknown_method(self, owner: object, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        """A method of something unknown, by its name."""
        line = node.lineno
        first = arguments[0] if arguments else Const(None)
        if (name == "to_sql" and len(arguments) > 1) or "con" in keywords:
            target = keywords.get("con", arguments[1] if len(arguments) > 1 else Const(None))
            for option in options(target):
                if isinstance(option, Handle):
                    option.written = True
        elif name in calls.METHOD_WRITES:
            path = self.pick(arguments, keywords, calls.METHOD_WRITES[name], calls._PATH)
            if path != Const(None) and not self.is_plain(path):
                self.report.access("write", path, line, name)
        elif name in calls.METHOD_SAVES:
            path = self.pick(arguments, keywords, 0, ("path", "filename", "fp", "filepath", "outfile"))
            if any(isinstance(option, Text) and self.ends_like_file(option) for option in options(path)):
                self.report.access("write", path, line, name)
        elif name in calls.METHOD_READS and isinstance(first, Text) and self.ends_like_file(first):
            self.report.access("read", first, line, name)
        elif name in ("run", "run_server", "serve", "launch") and not isinstance(owner, Instance):
            port = keywords.get("port")
            if isinstance(port, Const) and isinstance(port.value, int) and "framework" in self.report.site:
                self.report.site["port"] = port.value
        elif name == "FileResponse" and isinstance(first, Text):
            self.report.access("read", first, line, name)
        for value in (*arguments, *keywords.values()):
            for option in options(value):
                if isinstance(option, Handle):
                    option.read = True
                if isinstance(option, Function) and not option.called and len(self.stack) < 12:
                    # Handed on to be called: by map, apply, a pool.
                    self.call_function(option, self.handed(arguments, option), {}, line)
        return Unknown(name)

    @staticmethod
    def handed(arguments: list, function: object) -> list:
        """For map(f, [a, b]): one of the members."""
        after = arguments[arguments.index(function) + 1 :] if function in arguments else []
        return [choice(list(value.items)) for value in after if isinstance(value, Many) and value.items]

    @staticmethod
    def is_plain(path: object) -> bool:
        """A text that is no path: to_html(classes) and the like."""
        return isinstance(path, Const) or (
            isinstance(path, Text) and path.constant in ("records", "split", "index", "columns", "values", "table")
        )

    @staticmethod
    def ends_like_file(text: Text) -> bool:
        last = text.parts[-1] if text.parts else ""
        if not isinstance(last, str):
            return "/" in "".join(part for part in text.parts if isinstance(part, str))
        ending = last.rpartition(".")[2]
        return "." in last and 0 < len(ending) <= 8 and ending.isalnum() and " " not in last
