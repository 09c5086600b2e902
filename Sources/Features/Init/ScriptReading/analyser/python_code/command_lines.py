"""The program's own arguments: `sys.argv`, argparse, typer and fire."""

from __future__ import annotations

import ast

from python_code.objects import Instance, Parser
from python_code.reader import Reader
from values import Const, Many, Text, Unknown


class CommandLines(Reader):
    """A value is what the known command line gives, else the default."""

    def lib_fire_Fire(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return self.call(arguments[0], [], {}, node) if arguments else Unknown()

    lib_typer_run = lib_fire_Fire

    def lib_typer_Option(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        value = keywords.get("default", arguments[0] if arguments else Unknown())
        return Unknown() if isinstance(value, Const) else value

    lib_typer_Argument = lib_typer_Option

    def lib_argparse_ArgumentParser(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return Parser()

    def argument(self, key: object) -> object:
        """`sys.argv[n]`."""
        index = key.value if isinstance(key, Const) and isinstance(key.value, int) else None
        if index == 0:
            return Text.of(self.entry, anchored=True)
        if index and self.arguments is not None and 0 < index <= len(self.arguments):
            return self.arguments[index - 1]
        entry = {"name": f"argument {index}" if index else "arguments", "required": True}
        if entry not in self.report.arguments:
            self.report.arguments.append(entry)
        return Unknown(f"argument{index}" if index else "argument")

    def parser(self, parser: Parser, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        if name == "add_argument":
            words = [argument.constant for argument in arguments if isinstance(argument, Text) and argument.constant]
            long = next((word for word in words if word.startswith("--")), words[0] if words else "")
            dest = keywords.get("dest")
            key = dest.constant if isinstance(dest, Text) and dest.constant else long.lstrip("-").replace("-", "_")
            default = keywords.get("default", Const(None))
            if isinstance(keywords.get("action"), Text):
                default = Const(False)
            given = self.given(words, parser)
            is_required = (not long.startswith("-") and "nargs" not in keywords) or keywords.get("required") == Const(True)
            if given is not None:
                parser.names[key] = given
            elif default == Const(None):
                parser.names[key] = Unknown(key)
            else:
                parser.names[key] = default
            note = {"name": words[0] if words else key, "long": long, "key": key, "required": is_required and given is None}
            if isinstance(default, Text):
                note["default"] = default.template()
            self.report.arguments.append(note)
            return Unknown(key)
        if name in ("parse_args", "parse_known_args"):
            made = Instance(None, dict(parser.names))
            return made if name == "parse_args" else Many([made, Many([], False)])
        if name in ("add_subparsers", "add_parser", "add_argument_group", "add_mutually_exclusive_group"):
            return parser
        return Unknown(name)

    def given(self, words: list[str], parser: Parser) -> Text | None:
        """The value that a known command line has for an argument."""
        if self.arguments is None:
            return None
        line = [argument.template() for argument in self.arguments]
        if words and not words[0].startswith("-"):
            position = sum(1 for flag in parser.flags if flag.get("positional"))
            parser.flags.append({"positional": True})
            free = [
                index
                for index, word in enumerate(line)
                if not word.startswith("-") and (index == 0 or not line[index - 1].startswith("-"))
            ]
            return self.arguments[free[position]] if position < len(free) else None
        for index, word in enumerate(line):
            if word in words and index + 1 < len(line):
                return self.arguments[index + 1]
            for flag in words:
                if word.startswith(flag + "="):
                    return Text.of(word[len(flag) + 1 :])
        return None
