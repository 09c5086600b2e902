"""Rules of a makefile: targets, what they need, and what their recipes do. Snakefiles have rules of their own form."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from shell_code.shell_words import Splitter, Token
from values import Text

_ASSIGN = re.compile(r"^(?:export\s+|override\s+)?([A-Za-z_][\w.-]*)\s*(\?=|:=|::=|\+=|=)\s*(.*)$")
_SPACE = "\0"  # one that a backslash makes part of a name
_RULE = re.compile(r"^([^\s:#=][^:=]*?)\s*(::?)(?!=)\s*(.*)$")


@dataclass
class Rule:
    targets: list[str]
    needs: list[str]
    recipe: list[str] = field(default_factory=list)
    line: int = 0
    is_pattern: bool = False


class Makefile:
    """`complete`: whether every variable of what was expanded is known."""

    def __init__(self, text: str):
        self.variables: dict[str, str] = {"MAKE": "make", "CURDIR": ".", "SHELL": "/bin/sh"}
        self.exported: dict[str, str] = {}
        self.phony: set[str] = set()
        self.rules: list[Rule] = []
        self.needs_make = False
        self.read(text)

    def read(self, text: str) -> None:
        current: list[Rule] = []
        lines = text.replace("\\\r\n", " ").split("\n")
        index = 0
        while index < len(lines):
            line, start = lines[index].rstrip("\r"), index + 1
            if line.startswith("\t"):
                recipe = line[1:]
                while recipe.endswith("\\") and index + 1 < len(lines):
                    index += 1
                    recipe = recipe[:-1] + " " + lines[index].strip()
                for rule in current:
                    rule.recipe.append(recipe)
                index += 1
                continue
            while line.endswith("\\") and index + 1 < len(lines):
                index += 1
                line = line[:-1] + " " + lines[index].strip()
            index += 1
            self.plain(line.split(" #")[0].rstrip() if not line.startswith("#") else "", start, current)

    def plain(self, line: str, number: int, current: list[Rule]) -> None:
        if not line.strip():
            return
        line = line.replace("\\ ", _SPACE)
        if line.split()[0] in ("include", "-include", "define", "ifeq", "ifdef", "ifneq", "ifndef", ".ONESHELL", ".ONESHELL:"):
            self.needs_make = self.needs_make or not line.startswith("if")
            current.clear()
            return
        assigned = _ASSIGN.match(line)
        if assigned:
            name, operator, value = assigned.groups()
            expanded = self.expand(value, {})
            if operator == "+=":
                expanded = (self.variables.get(name, "") + " " + expanded).strip()
            if operator != "?=" or name not in self.variables:
                self.variables[name] = expanded
            if line.startswith("export"):
                self.exported[name] = expanded
            return
        matched = _RULE.match(line)
        if not matched:
            return
        current.clear()
        left, _, right = matched.groups()
        if _ASSIGN.match(right) and "=" in right.split(" ")[0] + " ":
            return  # a variable of a target
        first, semicolon, inline = right.partition(";")
        needs = self.names(first.replace("|", " "))
        targets = self.names(left)
        if targets and targets[0] == ".PHONY":
            self.phony.update(needs)
            return
        if not targets or (targets[0].startswith(".") and "/" not in targets[0] and targets[0].isupper()):
            return
        groups = [[target] for target in targets] if "%" not in left else [targets]
        for group in groups:
            recipe = inline.replace(_SPACE, "\\ ").strip()
            rule = Rule(group, needs, [recipe] if semicolon and recipe else [], number, "%" in group[0])
            self.rules.append(rule)
            current.append(rule)

    def names(self, text: str) -> list[str]:
        return [word.replace(_SPACE, " ") for word in self.expand(text, {}).split()]

    def expand(self, text: str, automatic: dict[str, str], depth: int = 0) -> str:
        """Variables filled in; what make alone can work out stays as `$(…)`."""

        def one(match: re.Match[str]) -> str:
            name = match.group(1) or match.group(2) or match.group(3)
            if name in automatic:
                return automatic[name]
            if name in self.variables and depth < 8:
                return self.expand(self.variables[name], automatic, depth + 1)
            function = re.match(
                r"(wildcard|addprefix|addsuffix|patsubst|notdir|basename|dir|sort|strip)\s+(.*)", name, re.DOTALL
            )
            if function and depth < 8:
                return self.function(function.group(1), self.expand(function.group(2), automatic, depth + 1))
            replaced = re.match(r"(\w+):(\S*?)=(\S*)$", name)
            if replaced and replaced.group(1) in self.variables:
                words = self.expand(self.variables[replaced.group(1)], automatic, depth + 1).split()
                return " ".join(self.substitute(replaced.group(2), replaced.group(3), word) for word in words)
            return match.group(0)

        previous = None
        while previous != text and depth < 8:
            previous = text
            text = re.sub(r"\$\(((?:[^()$]|\$[^(])*)\)|\$\{([^{}]*)\}|\$([@<^?*+%])", one, text)
            if not automatic:
                break
        return text

    @staticmethod
    def substitute(pattern: str, replacement: str, word: str) -> str:
        if "%" in pattern:
            before, _, after = pattern.partition("%")
            if word.startswith(before) and word.endswith(after):
                return replacement.replace("%", word[len(before) : len(word) - len(after)])
            return word
        return word[: -len(pattern)] + replacement if pattern and word.endswith(pattern) else word

    def function(self, name: str, value: str) -> str:
        parts = [part.strip() for part in value.split(",")]
        if name == "wildcard":
            return value
        if name in ("addprefix", "addsuffix") and len(parts) == 2:
            return " ".join(parts[0] + word if name == "addprefix" else word + parts[0] for word in parts[1].split())
        if name == "patsubst" and len(parts) == 3:
            return " ".join(self.substitute(parts[0], parts[1], word) for word in parts[2].split())
        if name == "notdir":
            return " ".join(posixpath.basename(word) for word in value.split())
        if name == "basename":
            return " ".join(posixpath.splitext(word)[0] for word in value.split())
        if name == "dir":
            return " ".join((posixpath.dirname(word) or ".") + "/" for word in value.split())
        return " ".join(sorted(set(value.split()))) if name == "sort" else value.strip()

    def recipe(self, rule: Rule) -> list[str]:
        """Its lines, ready for a shell."""
        stem = "{stem}" if rule.is_pattern else ""
        needs = [need.replace("%", stem) if rule.is_pattern else need for need in rule.needs]
        target = rule.targets[0].replace("%", stem) if rule.is_pattern else rule.targets[0]
        automatic = {
            "@": target,
            "<": needs[0] if needs else "",
            "^": " ".join(needs),
            "*": stem,
            "?": " ".join(needs),
            "+": " ".join(needs),
            "@D": posixpath.dirname(target) or ".",
            "@F": posixpath.basename(target),
            "<D": posixpath.dirname(needs[0]) if needs else "",
        }
        lines = []
        for line in rule.recipe:
            stripped = line.strip().lstrip("@-+").strip()
            if stripped and not stripped.startswith("#"):
                lines.append(self.expand(stripped, automatic).replace(_SPACE, "\\ ").replace("$$", "$"))
        return lines


@dataclass
class SnakeRule:
    name: str
    line: int
    input: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    shell: str = ""
    script: str = ""
    run: str = ""


def snake_rules(text: str) -> list[SnakeRule]:
    """The rules of a Snakefile, as far as their texts are constants."""
    rules: list[SnakeRule] = []
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        head = re.match(r"^(?:rule|checkpoint)\s+(\w+)\s*:", line)
        if head:
            rules.append(SnakeRule(head.group(1), number))
            section = ""
            continue
        if line and not line[0].isspace():
            section = ""
            if not line.startswith(("#", ")")):
                continue
        key = re.match(
            r"^\s+(input|output|shell|script|run|params|log|threads|resources|conda|message|wildcard_constraints|benchmark|priority)\s*:(.*)$",
            line,
        )
        rest = line
        if key and rules:
            section, rest = key.group(1), key.group(2)
        if not rules or not section:
            continue
        rule = rules[-1]
        if section in ("input", "output"):
            found = re.findall(r"""(?<![\w.])(?:f|r)?(?:"([^"\n]*)"|'([^'\n]*)')""", re.sub(r"#.*", "", rest))
            getattr(rule, section).extend(one or other for one, other in found if (one or other).strip())
        elif section in ("shell", "script"):
            quoted = "".join(
                one or other for one, other in re.findall(r"""\"\"\"|(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')""", rest)
            )
            plain = quoted or ("" if '"""' in rest else rest.strip() + "\n")
            setattr(rule, section, getattr(rule, section) + plain)
        elif section == "run":
            rule.run += line + "\n"
    return [rule for rule in rules if rule.output or rule.shell or rule.script or rule.run]


def shell_words(line: str) -> list[str] | None:
    """The words of a line that no shell is needed for; None where one is."""
    tokens: list[Token] = []
    splitter = Splitter(line, {})
    while (token := splitter.next()) is not None:
        if token.kind == "operator":
            return None
        tokens.append(token)
    words = []
    for token in tokens:
        constant = token.text.constant
        if constant is None or (not token.quoted and any(letter in constant for letter in "*?[~")):
            return None
        words.append(constant)
    first = Text.of(words[0]).constant if words else ""
    return None if not words or "=" in (first or "").split("/")[0] else words
