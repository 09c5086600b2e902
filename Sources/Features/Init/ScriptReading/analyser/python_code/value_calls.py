"""Calls of functions that answer settings, sequences and variables of the environment."""

from __future__ import annotations

import ast

from paths import locate
from python_code import settings
from python_code.objects import Partial
from python_code.reader import Reader
from values import Const, External, Handle, Hole, Many, Table, Text, Unknown, choice, options


class ValueCalls(Reader):
    """Each method stands for the function of its name, with `_` for a dot."""

    def lib_json_load(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        """The content of a file of settings that is known; what is in a larger one stays unknown."""
        for option in options(arguments[0]) if arguments else []:
            path = option.path if isinstance(option, Handle) else option
            if not isinstance(path, Text):
                continue
            if not isinstance(option, Handle):
                self.report.access("read", path, node.lineno, "load")
            located = locate(path, self.report.folder)
            if located.place == "project" and path.constant is not None:
                return settings.load(self.root, located.path)
        return Unknown("settings")

    lib_yaml_safe_load = lib_yaml_load = lib_yaml_full_load = lib_toml_load = lib_tomllib_load = lib_tomli_load = lib_json_load
    lib_OmegaConf_load = lib_omegaconf_OmegaConf_load = lib_json_load



    def lib_range(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        numbers = [argument.value for argument in arguments if isinstance(argument, Const) and isinstance(argument.value, int)]
        if numbers and len(numbers) == len(arguments) <= 3 and (len(numbers) < 3 or numbers[2]):
            values = range(*numbers)
            if 0 < len(values) <= 1000:
                return Many([Const(value) for value in values])
        return Many([], False)

    def lib_enumerate(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        inner = arguments[0] if arguments else None
        if isinstance(inner, Many) and inner.items:
            return Many([Many([Unknown("index"), item]) for item in inner.items], inner.closed)
        return Many([], False)

    def lib_zip(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        if arguments and all(isinstance(argument, Many) and argument.items for argument in arguments):
            return Many([Many(list(group)) for group in zip(*(argument.items for argument in arguments))])
        return Many([], False)

    def lib_itertools_product(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        columns: list[object] = []
        for argument in arguments:
            if isinstance(argument, Many) and argument.items:
                values = [
                    item.value if isinstance(item, Const) else item.constant if isinstance(item, Text) else None
                    for item in argument.items
                ]
                columns.append(Text.of(Hole("value", tuple(values))) if None not in values else choice(list(argument.items)))
            else:
                columns.append(Unknown())
        return Many([Many(columns)], False) if columns and "repeat" not in keywords else Many([], False)

    def lib_map(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        if len(arguments) > 1 and isinstance(arguments[1], Many) and arguments[1].items:
            return Many([self.call(arguments[0], [item], {}, node) for item in arguments[1].items], arguments[1].closed)
        self.call(arguments[0], [Unknown()], {}, node) if arguments else None
        return Many([], False)

    def lib_functools_partial(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return Partial(arguments[0], arguments[1:], keywords) if arguments else Unknown()

    def lib_asyncio_run(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return arguments[0] if arguments else Unknown()

    def lib_dict(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        table = Table({Text.of(name): value for name, value in keywords.items()})
        for argument in arguments:
            if isinstance(argument, Table):
                table.items.update(argument.items)
        return table

    lib_types_SimpleNamespace = lib_dict

    def lib_os_getenv(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        name = arguments[0].constant if arguments and isinstance(arguments[0], Text) else None
        default = arguments[1] if len(arguments) > 1 else keywords.get("default", keywords.get("cast"))
        if name:
            constant = default.constant if isinstance(default, Text) else None
            self.report.variables[name] = self.report.variables.get(name) or constant
            return default if isinstance(default, (Text, Const)) else Unknown(name.lower())
        return Unknown()

    lib_os_environ_get = lib_os_environ_setdefault = lib_decouple_config = lib_os_getenv

    def lib_sys_exit(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return External("sys.exit")

    lib_exit = lib_quit = lib_os__exit = lib_sys_exit
