"""The mutants of Swift sources: which lines are broken, and how they read then."""

import re
from dataclasses import dataclass, replace

SWITCH_PATH = "Sources/Base/Posix/Mutant.swift"
SWITCH = """import Glibc

private let chosen = getenv("PIPELINE_MUTANT").flatMap { Int(String(cString: $0)) } ?? -1
nonisolated(unsafe) private let reached: UnsafeMutableRawPointer? = {
    guard let path = getenv("PIPELINE_MUTANTS_REACHED") else { return nil }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    return mmap(nil, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
}()

/// Whether this mutant is the one that is on. One byte of the file of reached mutants is its own.
package func mutant(_ number: Int) -> Bool {
    if let reached { reached.storeBytes(of: 1, toByteOffset: number, as: UInt8.self) }
    return number == chosen
}
"""

COMPARISON = re.compile(r" (==|!=|<|>|<=|>=|&&|\|\|) |^!")


@dataclass(frozen=True)
class Mutant:
    number: int
    file: str
    line: int
    kind: str
    text: str
    source: str
    # Of mutants that read the same.
    nth: int = 1

    def key(self) -> str:
        again = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.file}: {self.kind}: {self.text} in {self.source.strip()}{again}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


def split_clauses(text: str) -> list[str]:
    """The clauses of a condition: parts between commas outside of brackets and texts."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, character in enumerate(text):
        if character == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        if quoted:
            continue
        depth += character in "([{"
        depth -= character in ")]}"
        if character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def depth_of(text: str) -> int:
    return sum(text.count(a) - text.count(b) for a, b in ("()", "[]", "{}"))


def is_balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))


class Mutator:
    """Breaks lines; in `thorough` files also assignments, loops, bindings, choices and results that nobody uses."""

    def __init__(self, thorough: frozenset[str] = frozenset()) -> None:
        self.thorough = thorough
        self.mutants: list[Mutant] = []
        self.file = ""
        self.line = 0
        self.source = ""

    def new(self, kind: str, text: str) -> int:
        number = len(self.mutants)
        mutant = Mutant(number, self.file, self.line, kind, text.strip(), self.source)
        nth = 1 + sum(replace(one, nth=1).key() == mutant.key() for one in self.mutants)
        self.mutants.append(replace(mutant, nth=nth))
        return number

    def negate(self, clause: str) -> str:
        bare = clause.strip()
        if not bare or re.match(r"(let|var|case|true$)\b|#", bare) or not is_balanced(bare):
            return clause
        effects = ""
        body = bare
        while match := re.match(r"(try|await) ", body):
            effects += match[0]
            body = body[match.end() :]
        number = self.new("condition", bare)
        lead = clause[: len(clause) - len(clause.lstrip())]
        return f"{lead}{effects}mutant({number}) != ({body})"

    def conditions(self, text: str) -> str:
        return ",".join(self.negate(clause) for clause in split_clauses(text))

    def rewrite(self, line: str, after: str) -> str:
        """The line with its mutants; `after` is the line that follows."""
        code, comment = re.match(r"^(.*?)(\s+//.*)?$", line).groups(default="")
        changed = self.rewrite_code(code, after)
        if self.file in self.thorough:
            changed = self.rewrite_thoroughly(changed)
        return changed + comment

    def rewrite_thoroughly(self, line: str) -> str:
        if match := re.match(r"^(\s*for [^{]*?)( where .*)?( \{)$", line):
            if match[2]:
                return f"{match[1]} where !mutant({self.new('loop', self.source)}) && ({match[2][7:]}){match[3]}"
            return f"{match[1]} where !mutant({self.new('loop', self.source)}){match[3]}"
        if match := re.match(r"^(\s*(?:\} else )?if let [^{]*?)( \{.*)$", line):
            return f"{match[1]}, !mutant({self.new('binding', self.source)}){match[2]}"
        if match := re.match(r"^(\s*do \{ )(try [^{}]*)( \} catch.*)$", line):
            return f"{match[1]}if !mutant({self.new('call', self.source)}) {{ {match[2]} }}{match[3]}"
        if match := re.match(r"^(\s*(?:let \w+ =|return) )([^?\"{}]+?) \? (.* : .*)$", line):
            if is_balanced(match[2]):
                return f"{match[1]}{self.negate(match[2])} ? {match[3]}"
        return line

    def rewrite_code(self, line: str, after: str) -> str:
        if match := re.match(r"^(\s*(?:\} else )?(?:if|while|guard) )(.*?)((?: else)? \{.*)$", line):
            if is_balanced(match[2]):
                return f"{match[1]}{self.conditions(match[2])}{match[3]}"
            return line
        if match := re.match(r"^(\s*(?:\} else )?(?:if|while|guard) )(.*)$", line):
            return match[1] + self.open_conditions(match[2], after)
        if match := re.match(r"^(\s*for .* where )(.*)( \{)$", line):
            return f"{match[1]}{self.negate(match[2])}{match[3]}"
        if match := re.match(r"^(.*\.(?:filter|contains|first|allSatisfy) \{ )([^{}]*)( \}.*)$", line):
            return f"{match[1]}{self.negate(match[2]).strip()}{match[3]}"
        if match := re.match(r"^(\s*)return (true|false)$", line):
            number = self.new("truth", line)
            return f"{match[1]}return mutant({number}) != {match[2]}"
        if match := re.match(r"^(\s*)return (.*)$", line):
            if self.is_comparison(match[2]) and not re.match(r"\s*[&|?.]", after):
                return f"{match[1]}return {self.negate(match[2])}"
            return line
        if match := re.match(r"^(.*(?:: |-> )Bool \{ )(.*)( \})$", line):
            return f"{match[1]}{self.negate(match[2])}{match[3]}"
        return line

    @staticmethod
    def is_clause(line: str, before: str) -> bool:
        """Whether the line begins a clause of its own and closes what it opens."""
        return before.endswith(",") and depth_of(line) == 0 and not re.match(r"\s*[&|?.]", line)

    def is_comparison(self, text: str) -> bool:
        return bool(COMPARISON.search(text)) and is_balanced(text) and not re.search(r" \? | \?\? |\{", text)

    def open_conditions(self, text: str, after: str) -> str:
        """Conditions of a line whose brace is on a later one; a clause that goes on there is left alone."""
        clauses = split_clauses(text)
        ends = text.rstrip().endswith(",") or re.match(r"\s*(else )?\{", after)
        changed = [
            self.negate(clause) if index < len(clauses) - 1 or ends else clause
            for index, clause in enumerate(clauses)
        ]  # fmt: skip
        return ",".join(changed)

    def instrument(self, file: str, text: str, left_out: set[tuple[str, str]]) -> str:
        """The text of the file with its mutants, with the same numbers of lines."""
        self.file = file
        lines = text.split("\n")
        result = list(lines)
        is_text = False
        in_conditions = False
        ends: dict[int, str] = {}
        for index, line in enumerate(lines):
            self.line, self.source = index + 1, line
            after = lines[index + 1] if index + 1 < len(lines) else ""
            if line.count('"""') % 2:
                is_text = not is_text
                continue
            if is_text or line.lstrip().startswith("//") or (file, line) in left_out:
                continue
            if in_conditions:
                if re.match(r"\s*(else )?\{|.* \{$", line):
                    in_conditions = False
                elif "//" not in line and self.is_clause(line, lines[index - 1]):
                    result[index] = self.open_conditions(line, after)
                continue
            if re.match(r"\s*(\} else )?(if|while|guard) ", line) and "{" not in line:
                in_conditions = True
            result[index] = self.rewrite(line, after)
            if result[index] == line and (last := self.statement(lines, index, file in self.thorough)) is not None:
                number = self.new("call", line)
                indent = line[: len(line) - len(line.lstrip())]
                result[index] = f"{indent}if !mutant({number}) {{ {line.strip()}"
                ends[last] = " }"
        for index, end in ends.items():
            result[index] += end
        # The import shares a line with the first, so that numbers of lines stay.
        if not any(re.match(r"(package |public )?import Posix$", line) for line in lines):
            result[0] = f"import Posix; {result[0]}"
        return "\n".join(result)

    @staticmethod
    def statement(lines: list[str], index: int, thorough: bool) -> int | None:
        """The last line of the call, or in a thorough file the assignment, that is the statement of this line."""
        line = lines[index]
        match = re.match(r"^\s+(?:try )?(?:await )?([a-z_]\w*(?:[.?!]+\w+)*)\(", line)
        if not match and thorough:
            match = re.match(r"^\s+(_ = (?:try )?\w|[a-z]\w*(?:\.\w+)* (?:[-+|]?=) )", line)
        if not match or re.match(r"(return|throw|init|self\.init|super|precondition|case|if|for)\b", match[1]):
            return None
        before = lines[index - 1].rstrip() if index else ""
        if re.search(r"([=(,:?&|]|->|return|\bin|else)$", before) or re.match(r"\s*[.?&|:]", lines[index + 1]):
            return None
        depth = 0
        for last in range(index, min(index + 12, len(lines))):
            depth += depth_of(lines[last])
            if depth == 0:
                following = lines[last + 1] if last + 1 < len(lines) else ""
                ends_well = (thorough or lines[last].endswith(")")) and not re.match(r"\s*[.?&|:]", following)
                return last if ends_well else None
        return None
