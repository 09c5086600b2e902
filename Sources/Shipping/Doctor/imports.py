"""Tries the modules that Python programs import, without running the programs.

Arguments: the project's root, the folders of PYTHONPATH, which this program itself must not use, then for each program
`file:PATH` or `module:NAME`. Files of the project are read, and what they import is followed; every other module is
imported. Standard output gets a JSON list, an object for each name that cannot be imported: `program`, `name`, `file`,
`line`, `error`, and `unsure` where the program changes where Python looks.
"""

import ast
import importlib
import importlib.machinery
import json
import os
import sys

# What modules print when they are imported is not the answer.
ANSWER = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

OPTIONAL = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Imports(ast.NodeVisitor):
    """The imports of one file that the program cannot do without: (module, names, line)."""

    def __init__(self, package):
        self.package = package
        self.found = []
        self.folders = []
        self.unsure = False

    def visit_Import(self, node):
        self.found += [(alias.name, [], node.lineno) for alias in node.names]

    def visit_ImportFrom(self, node):
        name = node.module or ""
        if node.level:
            parts = self.package.split(".")
            parts = parts[: len(parts) - node.level + 1]
            name = ".".join([part for part in parts if part] + ([name] if name else []))
        if name:
            self.found.append((name, [alias.name for alias in node.names if alias.name != "*"], node.lineno))

    def visit_Try(self, node):
        kinds = [handler.type or ast.Name("Exception") for handler in node.handlers]
        caught = {name.id for kind in kinds for name in ast.walk(kind) if isinstance(name, ast.Name)}
        body = [] if caught & OPTIONAL else [*node.body, *node.handlers]
        for statement in [*body, *node.orelse, *node.finalbody]:
            self.visit(statement)

    def visit_If(self, node):
        names = {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
        names |= {name.attr for name in ast.walk(node.test) if isinstance(name, ast.Attribute)}
        if "TYPE_CHECKING" in names:
            for statement in node.orelse:
                self.visit(statement)
        elif not names & {"sys", "os", "platform"}:
            self.generic_visit(node)

    def visit_Call(self, node):
        function = ast.unparse(node.func) if isinstance(node.func, ast.Attribute) else ""
        if function in ("sys.path.append", "sys.path.insert", "sys.path.extend", "site.addsitedir"):
            value = node.args[-1] if node.args else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.folders.append(value.value)
            else:
                self.unsure = True
        self.generic_visit(node)


def is_own(path, root):
    """Whether a file is the project's: it is read and not imported."""
    path = os.path.realpath(path)
    inside = path.startswith(root + os.sep) and not path.startswith(os.path.realpath(sys.prefix) + os.sep)
    return inside and "site-packages" not in path and path.endswith(".py")


def spec(name, folders):
    try:
        return importlib.machinery.PathFinder.find_spec(name, folders)
    except (ImportError, ValueError):
        return None


class Program:
    def __init__(self, label, root):
        self.label = label
        self.root = root
        self.seen = set()
        self.unsure = False
        self.missing = []

    def report(self, name, path, line, error):
        self.missing.append(
            {"program": self.label, "name": name, "file": os.path.relpath(path, self.root), "line": line, "error": error}
        )

    def read(self, path, package):
        path = os.path.realpath(path)
        if path in self.seen:
            return
        self.seen.add(path)
        with open(path, "rb") as file:
            source = file.read()
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError) as error:
            self.report(os.path.basename(path), path, getattr(error, "lineno", 1) or 1, f"{type(error).__name__}: {error}")
            return
        imports = Imports(package)
        imports.visit(tree)
        sys.path[1:1] = [folder for folder in imports.folders if folder not in sys.path]
        self.unsure |= imports.unsure
        for name, names, line in imports.found:
            self.follow(name, names, path, line)

    def follow(self, name, names, path, line):
        """Reads a module of the project; imports any other."""
        folders, whole = sys.path, ""
        for part in name.split("."):
            whole = f"{whole}.{part}" if whole else part
            found = spec(whole, folders)
            if found is None or (found.origin and not is_own(found.origin, self.root)):
                return self.take(name, names, path, line)
            if found.origin:
                self.read(found.origin, whole if found.submodule_search_locations is not None else whole.rpartition(".")[0])
            elif not any(place.startswith(self.root) for place in found.submodule_search_locations or []):
                return self.take(name, names, path, line)
            folders = list(found.submodule_search_locations or [])
        for part in names:
            found = spec(f"{name}.{part}", folders) if folders else None
            if found and found.origin and is_own(found.origin, self.root):
                self.read(found.origin, f"{name}.{part}" if found.submodule_search_locations is not None else name)
        return None

    def take(self, name, names, path, line):
        try:
            module = importlib.import_module(name)
            for part in names:
                if not hasattr(module, part):
                    importlib.import_module(f"{name}.{part}")
        except BaseException as error:  # noqa: BLE001, modules raise anything, SystemExit too
            self.report(name, path, line, f"{type(error).__name__}: {error}")


def main():
    root = os.path.realpath(sys.argv[1])
    os.chdir(root)
    found = []
    # With -c the first place is the working directory, as with -m; a script has its own folder instead.
    rest = [folder for folder in sys.argv[2].split(os.pathsep) if folder] + sys.path[1:]
    for label in sys.argv[3:]:
        kind, _, target = label.partition(":")
        program = Program(label, root)
        if kind == "file":
            sys.path[:] = [os.path.dirname(os.path.realpath(target)), *rest]
            program.read(target, "")
        else:
            sys.path[:] = [os.getcwd(), *rest]
            program.follow(target, [], os.path.join(root, "pipeline", "pipeline.yaml"), 1)
            package = spec(target, sys.path) if "." not in target else None
            for place in (package and package.submodule_search_locations) or []:
                start = os.path.join(place, "__main__.py")
                if os.path.isfile(start) and is_own(start, root):
                    program.read(start, target)
        found += [{**entry, "unsure": program.unsure} for entry in program.missing]
    ANSWER.write(json.dumps(found))
    ANSWER.flush()
    # Modules may have started threads.
    os._exit(0)


main()
