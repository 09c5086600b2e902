"""A mutation campaign: which lines may be broken without a test that notices.

    python3 Tests/mutation/mutate.py --tests 'SlotsTests|GarbageTests' Sources/Staging/Slot/SlotWriter.swift …

The checkout is cloned into a scratch folder, and every mutant of the named files is built into one program: a condition
reads `mutant(17) != (condition)`, a call `if !mutant(18) { call }`. The variable PIPELINE_MUTANT turns one of them on, so
that the sources are built once. A first run without a mutant must pass, and records which mutants the tests reach; then
the tests run once for each that was reached. Prints the survivors with their lines, and exits with 1 if there are any.

Mutants: a condition negated (`if`, `guard`, `while`, `where`, `filter`), a call of a statement left out, a returned truth
value turned. What does not compile is left out and counted.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SWITCH = """import Glibc

private let chosen = getenv("PIPELINE_MUTANT").flatMap { Int(String(cString: $0)) } ?? -1
private let reached = getenv("PIPELINE_MUTANTS_REACHED").map { open($0, O_RDWR) } ?? -1

/// Whether this mutant is the one that is on. One byte of the file of reached mutants is its own.
package func mutant(_ number: Int) -> Bool {
    if reached >= 0 {
        var one: UInt8 = 1
        _ = pwrite(reached, &one, 1, off_t(number))
    }
    return number == chosen
}
"""


@dataclass(frozen=True)
class Mutant:
    number: int
    file: str
    line: int
    kind: str
    text: str


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


def is_balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))


class Mutator:
    def __init__(self) -> None:
        self.mutants: list[Mutant] = []
        self.file = ""
        self.line = 0

    def new(self, kind: str, text: str) -> int:
        number = len(self.mutants)
        self.mutants.append(Mutant(number, self.file, self.line, kind, text.strip()))
        return number

    def negate(self, clause: str) -> str:
        bare = clause.strip()
        if not bare or re.match(r"(let|var|case|#)\b|#", bare) or not is_balanced(bare):
            return clause
        prefix = "try " if bare.startswith("try ") else ""
        body = bare.removeprefix("try ")
        if re.search(r"\btry\b|\bis\b|\?\?", body) and not prefix:
            prefix = "try " if re.search(r"\btry\b", body) else ""
        number = self.new("condition", bare)
        return f" {prefix}mutant({number}) != ({body})"

    def conditions(self, text: str) -> str:
        return ",".join(self.negate(clause) for clause in split_clauses(text))

    def rewrite(self, line: str) -> str:
        if line.lstrip().startswith("//") or '"""' in line:
            return line
        if match := re.match(r"^(\s*(?:\} else )?(?:if|while)\b)(.*)( \{.*)$", line):
            if is_balanced(match[2]):
                return f"{match[1]}{self.conditions(match[2])}{match[3]}"
            return line
        if match := re.match(r"^(\s*guard\b)(.*)( else \{.*)$", line):
            if is_balanced(match[2]):
                return f"{match[1]}{self.conditions(match[2])}{match[3]}"
            return line
        if match := re.match(r"^(\s*for .* where)( .*)( \{)$", line):
            return f"{match[1]}{self.negate(match[2])}{match[3]}"
        if match := re.match(r"^(.*\.filter \{ )([^{}]*)( \}.*)$", line):
            return f"{match[1]}{self.negate(match[2]).strip()}{match[3]}"
        if match := re.match(r"^(\s*)return (true|false)$", line):
            number = self.new("truth", line)
            return f"{match[1]}return mutant({number}) != {match[2]}"
        if match := re.match(r"^(\s+)((?:try )?[a-z]\w*(?:\.\w+)*\(.*\))$", line):
            word = match[2].removeprefix("try ").split("(")[0]
            plain = not re.match(r"(return|throw|init|self\.init|super|precondition|case)\b", word)
            if plain and is_balanced(match[2]):
                number = self.new("call", line)
                return f"{match[1]}if !mutant({number}) {{ {match[2]} }}"
        return line

    def instrument(self, folder: Path, file: str, left_out: set[tuple[str, int]]) -> None:
        path = folder / file
        self.file = file
        lines = (ROOT / file).read_text(encoding="utf-8").split("\n")
        result = []
        for number, line in enumerate(lines, start=1):
            self.line = number
            result.append(line if (file, number) in left_out else self.rewrite(line))
        # The import shares a line with the first, so that numbers of lines stay.
        if not any(re.match(r"(package |public )?import Posix$", line) for line in lines):
            result[0] = f"import Posix; {result[0]}"
        path.write_text("\n".join(result), encoding="utf-8")


def build(folder: Path, files: list[str]) -> list[Mutant]:
    """Instruments the files and builds, leaving out lines that do not compile."""
    left_out: set[tuple[str, int]] = set()
    for _ in range(20):
        mutator = Mutator()
        for file in files:
            mutator.instrument(folder, file, left_out)
        command = ["swift", "build", "--build-tests"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            print(f"{len(mutator.mutants)} mutants; lines left out: {len(left_out)}", flush=True)
            return mutator.mutants
        wrong = re.findall(r"(Sources/\S+\.swift):(\d+):\d+: error:", run.stdout + run.stderr)
        new = {(file, int(line)) for file, line in wrong if file in files} - left_out
        # A call that is left out in a closure is wrong where its value is used, some lines later.
        for file, line in wrong:
            new |= {(file, int(line) - back) for back in range(1, 5) if file in files} - left_out
        if not new:
            sys.exit(f"the mutants do not build:\n{run.stdout[-3000:]}{run.stderr[-2000:]}")
        left_out |= new
    sys.exit("the mutants do not build after 20 tries")


def test(folder: Path, tests: str, environment: dict[str, str], limit: float) -> bool:
    """Whether the tests pass; what hangs has failed."""
    command = ["swift", "test", "--skip-build", "--disable-xctest", "--parallel", "--filter", tests]
    try:
        run = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | environment,
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", help="sources to break, relative to the checkout")
    parser.add_argument("--tests", required=True, help="filter of the tests that are to notice")
    parser.add_argument("--work", type=Path, default=Path("/tmp/pipeline-mutants"))
    parser.add_argument("--most", type=int, default=200, help="mutants to try, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="list the mutants and stop")
    options = parser.parse_args()
    files = [Path(file).as_posix() for file in options.files]
    if options.list:
        mutator = Mutator()
        shutil.rmtree(options.work, ignore_errors=True)
        for file in files:
            (options.work / file).parent.mkdir(parents=True, exist_ok=True)
            mutator.instrument(options.work, file, set())
        for one in mutator.mutants:
            print(f"{one.number}: {one.file}:{one.line}: {one.kind}: {one.text}")
        return 0
    folder = options.work
    if not (folder / "Package.swift").exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    (folder / "Sources/Base/Posix/Mutant.swift").write_text(SWITCH, encoding="utf-8")
    mutants = build(folder, files)
    record = folder / "reached"
    record.write_bytes(bytes(len(mutants)))
    started = time.monotonic()
    if not test(folder, options.tests, {"PIPELINE_MUTANTS_REACHED": str(record)}, 1800):
        sys.exit("the tests do not pass without a mutant")
    usual = time.monotonic() - started
    reached = record.read_bytes()
    chosen = [one for one in mutants if reached[one.number]]
    print(f"{len(chosen)} of {len(mutants)} are reached by the tests, which take {usual:.0f} s")
    random.Random(options.seed).shuffle(chosen)
    chosen = sorted(chosen[: options.most], key=lambda one: one.number)
    survivors = []
    for count, one in enumerate(chosen, start=1):
        environment = {"PIPELINE_MUTANT": str(one.number)}
        if test(folder, options.tests, environment, 3 * usual + 30):
            survivors.append(one)
            print(f"survived: {one.file}:{one.line}: {one.kind}: {one.text}", flush=True)
        if count % 20 == 0:
            print(f"{count} of {len(chosen)} tried, {len(survivors)} survived", flush=True)
    for one in mutants:
        if not reached[one.number]:
            print(f"not reached: {one.file}:{one.line}: {one.kind}: {one.text}")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants were noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
