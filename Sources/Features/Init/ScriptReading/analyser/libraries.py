"""Calls of libraries: what they read, write and answer."""

from __future__ import annotations

import ast

import calls
import settings
import sql
from objects import Frame, Function, Instance, Module, Parser, Partial
from paths import locate
from report import Report
from values import Const, External, Handle, Hole, Many, Table, Text, Unknown, choice, concatenate, mapped, options, texts


class Libraries:
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

    # What the other parts of a reader have.

    def call_function(self, function: Function, arguments: list, keywords: dict, line: int) -> object:
        raise NotImplementedError

    def call(self, called: object, arguments: list, keywords: dict, node: ast.Call) -> object:
        raise NotImplementedError

    def evaluate(self, node: ast.expr | None, frame: Frame) -> object:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: object, frame: Frame) -> None:
        raise NotImplementedError

    # Functions of libraries

    def external(self, name: str, arguments: list, keywords: dict, node: ast.Call) -> object:
        line = node.lineno
        handler = getattr(self, "lib_" + name.replace(".", "_"), None)
        if handler is not None:
            return handler(arguments, keywords, node)
        if name in calls.SITES:
            self.report.site.setdefault("framework", calls.SITES[name])
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

    # Paths and texts

    def lib_os_path_join(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        results = texts(arguments[0], "folder") if arguments else [Text.of("")]
        for argument, spelled in zip(arguments[1:], node.args[1:]):
            results = [one.joined(other) for one in results for other in texts(argument, self.name_of(spelled))][:12]
        return choice(list(results))

    lib_pathlib_Path = lib_os_path_join
    lib_pathlib_PurePath = lib_os_path_join
    lib_pathlib_PosixPath = lib_os_path_join
    lib_posixpath_join = lib_os_path_join

    @staticmethod
    def name_of(node: ast.AST) -> str:
        return node.id if isinstance(node, ast.Name) else "value"

    def same(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return arguments[0] if arguments else Text.of("")

    lib_os_path_abspath = lib_os_path_realpath = lib_os_path_normpath = lib_os_path_expanduser = lib_os_fspath = same
    lib_list = lib_tuple = lib_set = lib_sorted = lib_reversed = lib_frozenset = lib_iter = lib_tqdm_tqdm = (
        lib_tqdm_auto_tqdm
    ) = same
    lib_typing_cast = lib_copy_deepcopy = lib_tqdm_notebook_tqdm = lib_rich_progress_track = lib_contextlib_closing = same

    def lib_str(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return choice(list(texts(arguments[0], self.name_of(node.args[0])))) if arguments else Text.of("")

    def lib_int(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return (
            arguments[0]
            if arguments and isinstance(arguments[0], Const)
            else Unknown(self.name_of(node.args[0]) if node.args else "value")
        )

    lib_float = lib_int

    def lib_os_path_dirname(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return (
            choice([one.parent() if isinstance(one, Text) else Unknown("folder") for one in options(arguments[0])])
            if arguments
            else Unknown()
        )

    def lib_os_path_basename(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return (
            choice([one.name() if isinstance(one, Text) else Unknown("name") for one in options(arguments[0])])
            if arguments
            else Unknown()
        )

    def lib_os_path_splitext(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        for one in options(arguments[0]) if arguments else []:
            if isinstance(one, Text) and one.parts and isinstance(one.parts[-1], str) and "." in one.parts[-1]:
                stem, _, ending = one.parts[-1].rpartition(".")
                return Many([Text.of(*one.parts[:-1], stem, anchored=one.anchored), Text.of("." + ending)])
        return Many([arguments[0] if arguments else Unknown(), Unknown("ending")])

    def lib_os_path_exists(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        if arguments:
            self.report.access("test", arguments[0], node.lineno, "exists")
        return Unknown("exists")

    lib_os_path_isfile = lib_os_path_isdir = lib_os_path_getmtime = lib_os_stat = lib_os_path_exists

    def lib_os_getcwd(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return Text.of(self.report.folder or ".", anchored=True)

    lib_pathlib_Path_cwd = lib_os_getcwd

    def lib_os_chdir(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        to = arguments[0] if arguments else None
        if isinstance(to, Text) and to.constant is not None and not to.starts_absolute():
            self.report.folder = (
                Text.of(self.report.folder or ".", anchored=True).joined(to).template().strip("/").removeprefix("./")
            )
        elif isinstance(to, Text) and to.constant is not None:
            self.report.move(to, node.lineno)
        return Const(None)

    def root_folder(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        found = Text.of(".", anchored=True)
        for argument in arguments:
            if isinstance(argument, Text):
                found = found.joined(argument)
        return found

    lib_pyprojroot_here = lib_pyprojroot_here_here = lib_rootutils_setup_root = root_folder

    def lib_os_listdir(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        if arguments:
            self.report.access("list", arguments[0], node.lineno, "listdir")
        return Many([], False)

    lib_os_scandir = lib_os_walk = lib_os_listdir

    def lib_glob_glob(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        found: list[object] = []
        for one in options(arguments[0]) if arguments else []:
            if isinstance(one, Text):
                found.append(self.globbed(one, node.lineno))
        return Many(found, False)

    lib_glob_iglob = lib_glob_glob

    def globbed(self, text: Text, line: int) -> Text:
        """Stars become holes."""
        self.report.access("list", text, line, "glob")
        parts: list[str | Hole] = []
        for part in text.parts:
            if isinstance(part, Hole):
                parts.append(part)
                continue
            for index, piece in enumerate(part.replace("**/", "*").split("*")):
                if index:
                    parts.append(Hole("name"))
                if piece:
                    parts.append(piece)
        return Text.of(*parts, anchored=text.anchored)

    # Settings

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

    # Sequences, variables, arguments

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

    def lib_fire_Fire(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return self.call(arguments[0], [], {}, node) if arguments else Unknown()

    lib_typer_run = lib_fire_Fire

    def lib_asyncio_run(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        return arguments[0] if arguments else Unknown()

    def lib_typer_Option(self, arguments: list, keywords: dict, node: ast.Call) -> object:
        value = keywords.get("default", arguments[0] if arguments else Unknown())
        return Unknown() if isinstance(value, Const) else value

    lib_typer_Argument = lib_typer_Option

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

    # Methods of what is known

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
