"""Calls of functions that make paths and texts, or look at files by their path."""

from __future__ import annotations

import ast

from python_code.reader import Reader
from values import Const, Hole, Many, Text, Unknown, choice, options, texts


class PathCalls(Reader):
    """Each method stands for the function of its name, with `_` for a dot."""

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
