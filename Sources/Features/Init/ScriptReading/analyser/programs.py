"""Every program of a project: what it reads and writes, by the reader of its language."""

from __future__ import annotations

import ast
import os
import posixpath
import re
import sys
import time

from documents import chunks, notebook
from interpreter import Interpreter
from invocations import Invocation, blocks, collect
from make_reader import Makefile, Rule, shell_words, snake_rules
from paths import locate
from r_reader import RReader
from report import Report
from shell_reader import ShellReader
from values import Hole, Text

_LARGEST = 2_000_000
_SECONDS = 60.0  # for all programs together; those that remain are not followed


class Programs:
    """`files`: paths below `root` that may be read."""

    def __init__(self, root: str, files: list[str]):
        self.root = root
        self.files = set(files)
        self.python = {path for path in files if path.endswith(".py")}
        self.reading: list[str] = []
        self.invocations: dict[str, list[Invocation]] = {}
        self.began = time.monotonic()

    def text(self, path: str) -> str | None:
        """None where it cannot be read, or is no text."""
        if path not in self.files:
            return None
        try:
            full = os.path.join(self.root, path)
            if os.path.getsize(full) > _LARGEST:
                return None
            with open(full, encoding="utf-8-sig", errors="replace") as file:
                return file.read()
        except OSError:
            return None

    @staticmethod
    def language(path: str, text: str) -> str | None:
        name = posixpath.basename(path)
        ending = posixpath.splitext(name)[1].lower()
        known = {
            ".py": "python",
            ".r": "r",
            ".sh": "shell",
            ".bash": "shell",
            ".ipynb": "notebook",
            ".qmd": "quarto",
            ".rmd": "quarto",
            ".smk": "snakemake",
            ".mk": "make",
        }.get(ending)
        if known:
            return known
        if name in ("Makefile", "makefile", "GNUmakefile"):
            return "make"
        if name == "Snakefile":
            return "snakemake"
        first = text.split("\n", 1)[0]
        if not ending and first.startswith("#!"):
            return (
                "python"
                if "python" in first
                else "r"
                if "Rscript" in first
                else "shell"
                if re.search(r"\b(?:ba|z|da)?sh\b", first)
                else None
            )
        return None

    def all(self) -> list[dict]:
        found: list[dict] = []
        pieces: dict[str, list[str]] = {}
        for path in sorted(self.files):
            known = self.text(path) or ""
            if path.lower().endswith((".md", ".txt", ".rst")):
                pieces[path] = blocks(known)
            elif self.language(path, known) == "shell":
                pieces[path] = [known]
        self.invocations = collect(pieces, self.files)
        for path in sorted(self.files):
            text = self.text(path)
            language = self.language(path, text) if text is not None else None
            if text is None or language is None:
                continue
            if language == "make":
                found += self.makefile(path, text)
            elif language == "snakemake":
                found += self.snakefile(path, text)
            else:
                found.append(self.single(path, text, language))
        return found

    def single(self, path: str, text: str, language: str) -> dict:
        known = self.invocations.get(path, []) if language in ("python", "r") else []
        # Arguments that only their caller knows are none that a stage can have.
        told = [one for one in known if all(self.is_plain(argument.constant) for argument in one.arguments)]
        # A script of the project comes before a README, which shows what may be done too.
        scripts = [one for one in told if not one.source.lower().endswith((".md", ".txt", ".rst"))]
        told = scripts or told
        only = told[0] if len(told) == 1 else None
        folder = only.folder if only is not None else self.working_folder(path, text, language)
        report = Report(folder)
        arguments = list(only.arguments) if only is not None else []
        kinds = self.read(path, text, language, arguments, report, known_arguments=only is not None)
        document = report.document()
        if language == "python" and "__main__" in text:
            document["visited"] = self.imported(path, text, folder)
        if only is not None:
            document["words"] = [argument.template() for argument in arguments]
            document["environment"] = dict(only.environment)
            document["told"] = only.source
        elif len(told) > 1:
            document["several"] = [" ".join(argument.template() for argument in one.arguments) for one in told]
        document.update(path=path, language=language, folder=folder, kinds=sorted(kinds), main=self.is_started(text, language))
        return document

    @staticmethod
    def is_plain(argument: str | None) -> bool:
        """Whether it is the same without a shell."""
        return argument is not None and not any(letter in argument for letter in "*?[$`")

    def imported(self, path: str, text: str, folder: str) -> list[dict]:
        """What is read where a site imports it: without what only its start does."""
        report = Report(folder)
        try:
            Interpreter(self.root, self.python, report).run(path, text, name="imported")
        except (SyntaxError, ValueError, RecursionError):
            return []
        return [access for access in report.accesses if access["does"] in ("read", "list")][:400]

    def working_folder(self, path: str, text: str, language: str) -> str:
        """A notebook runs in its own folder. A program runs in the project's, unless what it names only exists from its own."""
        own = posixpath.dirname(path)
        if language in ("notebook", "quarto"):
            return own
        if not own or language == "shell" or "__file__" in text:
            return ""
        names = set(re.findall(r"""["']((?:\.{1,2}/)?[\w./-]+/?[\w.-]+)["']""", text))
        exists = lambda folder, name: os.path.exists(os.path.join(self.root, folder, name))  # noqa: E731
        names = {name for name in names if ("/" in name or "." in name) and not name.startswith("/")}
        here = sum(1 for name in names if exists(own, name) and not exists("", name))
        top = sum(1 for name in names if exists("", name) and not exists(own, name))
        above = sum(1 for name in names if name.startswith("../") and not exists("", name))
        parents = sum(1 for name in names if name.startswith("../"))
        return own if here + above > top and (here > top or (parents and above)) else ""

    @classmethod
    def is_started(cls, text: str, language: str) -> bool:
        """Whether it does something when started."""
        if language != "python":
            return True
        if "__main__" in text:
            return True
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            return False
        acting = (ast.For, ast.While, ast.With, ast.Try, ast.If)
        return any(isinstance(node, acting) or any(isinstance(part, ast.Call) for part in cls.parts(node)) for node in body)

    @staticmethod
    def parts(node: ast.stmt) -> list[ast.AST]:
        """Of a statement that does something by itself."""
        return list(ast.walk(node)) if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)) else []

    # Readers

    def read(
        self, path: str, text: str, language: str, arguments: list[Text], report: Report, known_arguments: bool
    ) -> set[str]:
        """Kinds of what it starts that no stage should start. What cannot be read leaves `unreadable`."""
        if path in self.reading:
            return set()
        if time.monotonic() - self.began > _SECONDS:
            report.unfollowed = True
            return set()
        self.reading.append(path)
        before, report.file = report.file, path
        try:
            return self.dispatch(path, text, language, arguments if known_arguments else None, report)
        except (SyntaxError, ValueError, RecursionError):
            report.unfollowed = True
            return set()
        finally:
            report.file = before
            self.reading.pop()

    def dispatch(self, path: str, text: str, language: str, arguments: list[Text] | None, report: Report) -> set[str]:
        kinds: set[str] = set()
        if language == "python":
            kinds |= self.python_program(path, text, arguments, report)
        elif language == "r":
            RReader(report, self.text, arguments).run(text)
        elif language == "notebook":
            inner, code = notebook(text)
            if inner.startswith("python"):
                kinds |= self.python_program(path, code, arguments, report)
            elif inner == "r":
                RReader(report, self.text, arguments).run(code)
        elif language == "quarto":
            for inner, code in chunks(text).items():
                if inner == "python":
                    kinds |= self.python_program(path, code, arguments, report)
                elif inner == "r":
                    RReader(report, self.text, arguments).run(code)
        elif language == "shell":
            variables = {f"{index}": argument for index, argument in enumerate(arguments or [], 1)}
            reader = ShellReader(report, self.started, self.files, path, variables)
            reader.run(text)
            kinds |= self.without_own_removals(reader, report)
            if arguments is None:
                report.starts = [{"words": command["words"], "line": command["line"]} for command in reader.commands]
        if report.fetches:
            kinds.add("download")
        return kinds

    def python_program(self, path: str, text: str, arguments: list[Text] | None, report: Report) -> set[str]:
        sys.setrecursionlimit(8000)
        Interpreter(self.root, self.python, report, arguments).run(path, text)
        if "panel" in report.imports and ".servable(" in text:
            report.site.setdefault("framework", "panel")
        kinds: set[str] = set()
        for start in report.starts:
            reader = ShellReader(report, self.started, self.files, path)
            words = [Text.of(*(Hole("value") if word == "{value}" else word,)) for word in start["words"]]
            if len(words) == 1:
                reader.run(words[0].constant or "")
            elif words:
                reader.command(words, start["line"], None)
            kinds |= reader.kinds - {"delete"}
        return kinds

    @staticmethod
    def without_own_removals(reader: ShellReader, report: Report) -> set[str]:
        """What a script removes and writes again is its own."""
        written = {access["path"] for access in report.accesses if access["does"] == "write"}
        others = [
            path
            for path in reader.removed
            if not any(one == path or one.startswith(path.rstrip("/*") + "/") for one in written)
        ]
        return reader.kinds if others or not reader.removed else reader.kinds - {"delete"}

    def started(self, path: str, arguments: list[Text], folder: str, report: Report) -> set[str]:
        """A program that another one starts: what it does counts for that one too."""
        if not path:
            RReader(report, self.text).run(arguments[0].constant or "")
            return set()
        text = self.text(path)
        language = self.language(path, text) if text is not None else None
        if text is None or language is None:
            return set()
        if path not in report.code:
            report.code.append(path)
        before, report.folder = report.folder, folder
        kinds = self.read(path, text, language, arguments, report, known_arguments=True)
        report.folder = before
        return kinds

    # Rules

    def makefile(self, path: str, text: str) -> list[dict]:
        make = Makefile(text)
        folder = posixpath.dirname(path)
        found = []
        patterns = [rule for rule in make.rules if rule.is_pattern and rule.recipe]
        used: set[int] = set()
        seen: set[tuple[int, str]] = set()
        for rule in make.rules:
            if rule.is_pattern:
                continue
            made = [one for one in patterns if any(self.fits(one.targets[0], need) for need in rule.needs)]
            lines = rule.recipe
            if not lines and made and all(any(self.fits(one.targets[0], need) for one in made) for need in rule.needs):
                # A target whose files pattern rules make.
                used.update(id(one) for one in made)
                found.append(self.gathered(path, folder, make, rule, made))
            elif lines:
                key = (rule.line, "\n".join(lines))
                if key in seen and "$@" not in key[1]:
                    continue  # one recipe for several targets
                seen.add(key)
                same = [one for one in make.rules if one.line == rule.line] if "$@" not in key[1] else [rule]
                whole = Rule([target for one in same for target in one.targets], rule.needs, rule.recipe, rule.line)
                found.append(self.rule(path, folder, make, whole))
        found += [self.rule(path, folder, make, rule) for rule in patterns if id(rule) not in used]
        return found

    @staticmethod
    def fits(pattern: str, name: str) -> bool:
        before, _, after = pattern.partition("%")
        return name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)

    def gathered(self, path: str, folder: str, make: Makefile, rule: Rule, made: list[Rule]) -> dict:
        """What a target does whose recipes are pattern rules."""
        document = self.rule(path, folder, make, rule)
        parts = [self.rule(path, folder, make, one) for one in made]
        document["accesses"] = [access for part in parts for access in part["accesses"]]
        document["code"] = sorted({name for part in parts for name in part["code"]})
        document["kinds"] = sorted({kind for part in parts for kind in part["kinds"]})
        document["lines"] = [line for part in parts for line in part["lines"]]
        document["words"] = None
        return document

    def rule(self, path: str, folder: str, make: Makefile, rule: Rule) -> dict:
        lines = make.recipe(rule)
        report = Report(folder)
        report.file = path
        reader = ShellReader(report, self.started, self.files, path)
        reader.holes = rule.is_pattern
        for line in lines:
            # Each line has a shell of its own.
            reader.folder = folder
            reader.run(line, rule.line)
        for need in rule.needs:
            self.named(report, "read", need, rule)
        is_phony = bool(set(rule.targets) & make.phony)
        for target in rule.targets if not is_phony else []:
            self.named(report, "write", target, rule)
        document = report.document()
        single = shell_words(lines[0]) if len(lines) == 1 else None
        unknown = make.needs_make or any("$(" in line or "{stem}" in line for line in lines)
        document.update(
            path=path,
            language="make",
            folder=folder,
            kinds=sorted(self.without_own_removals(reader, report)),
            main=True,
            target=rule.targets[0],
            targets=rule.targets,
            needs=rule.needs,
            phony=is_phony,
            lines=lines,
            pattern=rule.is_pattern,
            words=None if unknown else single,
            environment=make.exported,
            started=[command["words"] for command in reader.commands],
        )
        return document

    @staticmethod
    def named(report: Report, does: str, name: str, rule: Rule) -> None:
        """A target or what it needs, where it is a file."""
        if "/" not in name and "." not in name:
            return
        text = Text.of(*(part if index % 2 == 0 else Hole("stem") for index, part in enumerate(re.split("(%)", name))))
        located = locate(text, report.folder)
        report.add(does, located.path, located.place, located.holes, rule.line, "rule")

    def snakefile(self, path: str, text: str) -> list[dict]:
        """One stage for the whole workflow: rules with wildcards cannot be started one by one."""
        folder = posixpath.dirname(path)
        folder = "" if folder == "workflow" else folder
        report = Report(folder)
        report.file = path
        kinds: set[str] = set()
        rules = [rule for rule in snake_rules(text) if rule.output]
        if not rules:
            return []
        for rule in rules:
            for does, names in (("read", rule.input), ("write", rule.output)):
                for name in names:
                    report.access(does, self.wild(name), rule.line, "rule")
            if rule.shell:
                # What its line opens stands under input and output; what it starts counts as code.
                line = Report(folder)
                reader = ShellReader(line, self.started, self.files, path)
                reader.holes = True
                reader.run(rule.shell)
                report.code += line.code
                kinds |= reader.kinds - {"delete", "download"}
            if rule.script:
                report.code.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), rule.script)))
        document = report.document()
        document.update(
            path=path,
            language="snakemake",
            folder=folder,
            kinds=sorted(kinds),
            main=True,
            target="workflow",
            words=["snakemake", "--cores", "1"],
            lines=[rule.name for rule in rules],
        )
        return [document]

    @staticmethod
    def wild(name: str) -> Text:
        parts: list[str | Hole] = []
        for index, part in enumerate(re.split(r"(?<!\{)\{(\w+)(?:,[^}]*)?\}", name)):
            parts.append(Hole(part) if index % 2 else part)
        return Text.of(*parts)
