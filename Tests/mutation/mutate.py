"""A mutation campaign: which lines can be broken without a test that fails.

    python3 Tests/mutation/mutate.py                       all groups of groups.json
    python3 Tests/mutation/mutate.py slots lock            these groups
    python3 Tests/mutation/mutate.py --at SlotWriter.swift:73 slots

The checkout is copied into a scratch folder, and all mutants of all groups are built into one program: a condition reads
`mutant(17) != (condition)`, a call `if !mutant(18) { call }`. The variable PIPELINE_MUTANT turns one of them on, so that
the sources are built once. Each test then runs alone without a mutant; it must pass, and a file records which mutants it
reaches. For each mutant the tests of its group that reach it run, the quickest first, until one fails. A test that takes
too long counts as failed only if it ends in time without the mutant right after.

Prints the survivors with their lines, those that no test of the group reaches, and exits with 1 if there are any.
Results are kept in WORK/results.json.

Mutants: a condition negated (`if`, `guard`, `while`, `where`, `filter`, a comparison that is returned), a call of a
statement left out, a returned truth value turned. In a group that is "thorough" also: an assignment or a call without a
use for its result left out, a loop over nothing, an `if let` that finds nothing, a `? :` turned. A line that does not
compile when broken is left alone and counted.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from groups import ROOT, Group, read_groups
from mutants import SWITCH, SWITCH_PATH, Mutant, Mutator

RUNNER = ".build/debug/pipelinePackageTests.xctest"
CHUNK = 12


def mutator(groups: list[Group]) -> Mutator:
    return Mutator(frozenset(file for group in groups if group.is_thorough for file in group.files))


class Copy:
    """The copy of the checkout, with the mutants built into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.left_out_path = folder / "left-out.json"
        self.left_out: set[tuple[str, str]] = set()
        if self.left_out_path.exists():
            self.left_out = {(a, b) for a, b in json.loads(self.left_out_path.read_text(encoding="utf-8"))}

    def sync(self, breaking: Mutator, files: list[str]) -> None:
        """Brings the copy up to date; a file whose text is the same keeps its time, so that builds are small."""
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "Sources", "Tests", "Package.swift", "site",
             "pipeline", "docs", "scripts"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\n")  # fmt: skip
        wanted = {name for name in listing if name and (ROOT / name).is_file()}
        kept = wanted | {SWITCH_PATH}
        for top in ("Sources", "Tests"):
            for path in (self.folder / top).rglob("*.swift"):
                if path.relative_to(self.folder).as_posix() not in kept:
                    path.unlink()
        for name in sorted(wanted - set(files)):
            self.write(name, (ROOT / name).read_bytes())
            shutil.copymode(ROOT / name, self.folder / name)
        for file in files:
            text = breaking.instrument(file, (ROOT / file).read_text(encoding="utf-8"), self.left_out)
            self.write(file, text.encode())
        self.write(SWITCH_PATH, SWITCH.encode())

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def build(self, groups: list[Group], files: list[str]) -> list[Mutant]:
        """Builds, leaving out mutants that do not compile."""
        for _ in range(40):
            breaking = mutator(groups)
            self.sync(breaking, files)
            run = subprocess.run(
                ["swift", "build", "--build-tests"], cwd=self.folder, capture_output=True, text=True, check=False
            )
            if run.returncode == 0:
                print(f"{len(breaking.mutants)} mutants; {len(self.left_out)} lines that do not compile", flush=True)
                return breaking.mutants
            before = len(self.left_out)
            for name, line in re.findall(r"(Sources/\S+\.swift):(\d+):\d+: error:", run.stdout + run.stderr):
                self.leave_out(breaking.mutants, name, int(line))
            if len(self.left_out) == before:
                sys.exit(f"the mutants do not build:\n{run.stdout[-3000:]}{run.stderr[-2000:]}")
            self.left_out_path.write_text(json.dumps(sorted(self.left_out)), encoding="utf-8")
            print(f"{len(self.left_out)} lines do not compile; building again", flush=True)
        sys.exit("the mutants do not build after 40 tries")

    def leave_out(self, mutants: list[Mutant], name: str, line: int) -> None:
        """The mutants of the line, or else of the nearest line before it: a call left out is wrong where it is used."""
        lines = [one.line for one in mutants if one.file == name and one.line <= line]
        for one in mutants:
            if lines and one.file == name and one.line == max(lines):
                self.left_out.add((one.file, one.source))


def end_all(variable: str) -> None:
    """Ends the processes that have this in their environment: what a test starts is in groups of its own."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if variable.encode() in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), signal.SIGKILL)
        except OSError:
            continue  # it is gone, or another user's


class Tests:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listing = subprocess.run(
            ["swift", "test", "list", "--skip-build", "--disable-xctest"],
            cwd=folder, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        self.names = [line for line in listing.split("\n") if "." in line]
        self.seconds: dict[str, float] = {}
        self.reach: dict[str, set[int]] = {}

    def run(self, tests: list[str], environment: dict[str, str], limit: float) -> tuple[str, str]:
        """The outcome ("passed", "failed" or "timeout"), and the first test that failed."""
        command = [str(self.folder / RUNNER), "--testing-library", "swift-testing"]
        for name in tests:
            command += ["--filter", f"^{re.escape(name)}(/|$)"]
        run = f"PIPELINE_MUTATION_RUN={os.getpid()}-{time.monotonic_ns()}"
        environment = dict([run.split("=")]) | environment
        with subprocess.Popen(
            command, cwd=self.folder, env=os.environ | environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        ) as child:  # fmt: skip
            try:
                output, _ = child.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                end_all(run)
                child.communicate()
                return "timeout", ", ".join(tests)
            finally:
                end_all(run)
        if child.returncode == 0 and "Test run with 0 tests" not in output:
            return "passed", ""
        failed = re.search(r"Test (\"[^\n]*?\"|\S+) (?:with .*)?(?:recorded an issue|failed)", output)
        return "failed", failed[1] if failed else f"exit {child.returncode}"

    def observe(self, names: list[str], slowest: float) -> None:
        """Runs each test alone without a mutant: how long it takes, and what it reaches."""
        record = self.folder / f"reached.{os.getpid()}"
        for name in names:
            record.write_bytes(bytes(1 << 20))
            started = time.monotonic()
            outcome, _ = self.run([name], {"PIPELINE_MUTANTS_REACHED": str(record)}, slowest)
            if outcome != "passed":
                print(f"left out ({outcome} without a mutant): {name}", flush=True)
                continue
            self.seconds[name] = time.monotonic() - started
            self.reach[name] = {number for number, byte in enumerate(record.read_bytes()) if byte}

    def load(self, path: Path) -> None:
        if path.exists():
            for name, (seconds, reach) in json.loads(path.read_text(encoding="utf-8")).items():
                self.seconds[name], self.reach[name] = seconds, set(reach)

    def save(self, path: Path) -> None:
        table = {name: (self.seconds[name], sorted(self.reach[name])) for name in self.seconds}
        path.write_text(json.dumps(table), encoding="utf-8")

    def killer(self, mutant: Mutant, names: list[str]) -> str | None:
        """The test that fails with the mutant."""
        reaching = sorted((name for name in names if mutant.number in self.reach[name]), key=self.seconds.__getitem__)
        environment = {"PIPELINE_MUTANT": str(mutant.number)}
        while reaching:
            size = max(1, sum(self.seconds[name] < 1 for name in reaching[:CHUNK]))
            chunk, reaching = reaching[:size], reaching[size:]
            limit = 5 * sum(self.seconds[name] for name in chunk) + 20
            outcome, test = self.run(chunk, environment, limit)
            while outcome == "timeout" and self.run(chunk, {}, limit)[0] == "timeout":
                limit *= 2
                outcome, test = self.run(chunk, environment, limit)
            if outcome != "passed":
                return f"{test} ({outcome})" if outcome == "timeout" else test
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("groups", nargs="*", help="groups of groups.json; otherwise all")
    parser.add_argument("--work", type=Path, default=Path("/tmp/pipeline-mutants"), help="scratch folder")
    parser.add_argument("--most", type=int, default=1000, help="mutants to try in each group, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", type=float, default=60, help="leave out tests that take longer, in seconds")
    parser.add_argument("--tests", help="instead of those of the groups: a pattern of MODULE.SUITE/TEST")
    parser.add_argument("--at", action="append", default=[], metavar="FILE:LINE", help="only these mutants")
    parser.add_argument("--list", action="store_true", help="list the mutants and stop")
    parser.add_argument("--build-only", action="store_true", help="build all groups and stop")
    parser.add_argument("--resume", action="store_true", help="try only mutants that are not killed yet")
    parser.add_argument("--as-built", action="store_true", help="use what was built the last time")
    parser.add_argument("--results", type=Path, help="otherwise WORK/results.json")
    options = parser.parse_args()
    every = read_groups([])
    chosen_groups = read_groups(options.groups)
    files = sorted({file for group in every for file in group.files})
    if options.list:
        breaking = mutator(every)
        for file in files:
            breaking.instrument(file, (ROOT / file).read_text(encoding="utf-8"), set())
        for one in breaking.mutants:
            print(f"{one.number}: {one}")
        return 0
    options.work.mkdir(parents=True, exist_ok=True)
    copy = Copy(options.work)
    built_path = options.work / "mutants.json"
    if options.as_built:
        mutants = [Mutant(**entry) for entry in json.loads(built_path.read_text(encoding="utf-8"))]
    else:
        mutants = copy.build(every, files)
        built_path.write_text(json.dumps([asdict(one) for one in mutants]), encoding="utf-8")
    if options.build_only:
        return 0
    tests = Tests(options.work)
    observed_path = options.work / f"observed.{'-'.join(options.groups)}.json"
    if options.as_built:
        tests.load(observed_path)
    results_path = options.results or options.work / "results.json"
    results: dict[str, dict] = json.loads(results_path.read_text("utf-8")) if results_path.exists() else {}
    totals: dict[str, int] = defaultdict(int)
    for group in chosen_groups:
        names = [name for name in tests.names if re.search(options.tests or group.tests, name)]
        tests.observe([name for name in names if name not in tests.seconds], options.slowest)
        tests.save(observed_path)
        names = [name for name in names if name in tests.seconds]
        of_group = [one for one in mutants if one.file in group.files]
        if options.at:
            of_group = [one for one in of_group if any(f"{one.file}:{one.line}".endswith(at) for at in options.at)]
        if options.resume:
            of_group = [one for one in of_group if results.get(one.key(), {}).get("outcome") != "killed"]
        reached = [one for one in of_group if any(one.number in tests.reach[name] for name in names)]
        seconds = sum(tests.seconds[name] for name in names)
        print(
            f"{group.name}: {len(names)} tests in {seconds:.0f} s reach {len(reached)} of {len(of_group)} mutants", flush=True
        )
        random.Random(options.seed).shuffle(reached)
        tried = sorted(reached[: options.most], key=lambda one: one.number)
        for one in [*tried, *(one for one in of_group if one not in reached)]:
            killer = tests.killer(one, names)
            outcome = "killed" if killer else "survived" if one in tried else "not reached"
            totals[outcome] += 1
            totals[f"{group.name} {outcome}"] += 1
            results[one.key()] = asdict(one) | {"group": group.name, "outcome": outcome, "killer": killer}
            if not killer:
                print(f"{outcome}: {one}", flush=True)
            results_path.write_text(json.dumps(results, indent=1), encoding="utf-8")
        line = ", ".join(f"{totals[f'{group.name} {what}']} {what}" for what in ("killed", "survived", "not reached"))
        print(f"{group.name}: {line}", flush=True)
    print(", ".join(f"{totals[what]} {what}" for what in ("killed", "survived", "not reached")))
    return 1 if totals["survived"] or totals["not reached"] else 0


if __name__ == "__main__":
    sys.exit(main())
