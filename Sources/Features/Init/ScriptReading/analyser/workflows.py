"""Makefiles and Snakefiles: what their rules read and write."""

from __future__ import annotations

import posixpath
import re

from paths import locate
from readers import Readers
from report import Report
from shell_code.make_reader import Makefile, Rule, shell_words, snake_rules
from shell_code.shell_reader import ShellReader
from values import Hole, Text


class Workflows:
    """`readers` read the programs that the rules start."""

    def __init__(self, readers: Readers):
        self.readers = readers

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
        reader = ShellReader(report, self.readers.started, self.readers.files, path)
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
            kinds=sorted(self.readers.without_own_removals(reader, report)),
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
                reader = ShellReader(line, self.readers.started, self.readers.files, path)
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
