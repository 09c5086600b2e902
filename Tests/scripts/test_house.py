"""The layout's limits are found where they are broken."""

import re
import runpy
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "scripts" / "house"


def check(files: dict[str, str]) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, str(HOUSE), "--check", "--root", folder], capture_output=True, text=True, check=False
        )
        return run.returncode, run.stdout


def lines(count: int, word: str = "line") -> str:
    return "".join(f"{word} {number}\n" for number in range(count))


class House(unittest.TestCase):
    def test_what_is_within_the_limits_passes(self) -> None:
        status, output = check({"Sources/A/A.swift": lines(300), "Sources/A/B.swift": lines(10, "line") + lines(20, "b")})
        self.assertEqual(status, 0, output)

    def test_a_long_file(self) -> None:
        status, output = check({"Sources/A/A.swift": lines(301)})
        self.assertEqual((status, output), (1, "Sources/A/A.swift: 301 lines, more than 300\n"))

    def test_a_wide_folder(self) -> None:
        status, output = check({f"Sources/A/{number}.swift": f"{number}\n" for number in range(26)})
        self.assertEqual((status, output), (1, "Sources/A: 26 files, more than 25\n"))

    def test_a_long_file_in_any_language_and_every_folder_of_code(self) -> None:
        names = [
            "Sources/A/a.c", "Sources/A/a.h", "Tests/a.py", "benchmarks/a.py", "pipeline/a.py", "scripts/lib/a.sh", "site/a.js",
        ]
        for name in names:
            self.assertEqual(check({name: lines(301)}), (1, f"{name}: 301 lines, more than 300\n"))
        self.assertEqual(check({"scripts/a": "#!/bin/sh\n" + lines(300)}), (1, "scripts/a: 301 lines, more than 300\n"))

    def test_texts_other_people_s_code_and_what_programs_leave_are_not_counted(self) -> None:
        names = ["Tests/a.txt", "Tests/a", "Sources/A/vendor/a.js", "site/.cache/a.py", "pipeline/__pycache__/a.py"]
        status, output = check({name: lines(301) for name in names})
        self.assertEqual(status, 0, output)

    def test_what_is_listed_by_design_may_be_long_or_wide(self) -> None:
        decisions = {f"docs/decisions/{number}.md": f"{number}\n" for number in range(26)}
        status, output = check({"Package.swift": lines(301)} | decisions)
        self.assertEqual(status, 0, output)
        house = runpy.run_path(str(HOUSE))
        root = HOUSE.parents[1]
        above = {name for count, name in house["long_files"](root) if count > house["LINES_IN_A_FILE"]}
        above |= {name for count, name in house["wide_folders"](root) if count > house["FILES_IN_A_FOLDER"]}
        self.assertEqual(above, set(house["BY_DESIGN"]))

    def test_a_run_that_stands_twice_whatever_its_indentation(self) -> None:
        run = lines(11)
        status, output = check(
            {"Sources/A/A.swift": "a\n" + run, "Sources/B/B.swift": "b\nb\n" + run.replace("line", "    line")}
        )
        self.assertEqual((status, output), (1, "Sources/A/A.swift:2: 11 lines stand again at Sources/B/B.swift:3\n"))

    def test_a_provider_is_named_by_the_registry_alone(self) -> None:
        files = {
            "Package.swift": 'module("Kind", in: "Targets/Kind")\nmodule("Sites", in: "Targets/Local")\n'
            'module("Wire", in: "Transports/Wire")\nmodule("Queue", in: "Executors/Queue")\n'
            'module("Providers", in: "Transports/Provider")\n',
            "Sources/Targets/Kind/KindProvider.swift": "kind\n",
            "Sources/Targets/Local/LocalProvider.swift": "local\n",
            "Sources/Transports/Wire/Transport/WireProvider.swift": 'TransportSchema(\n name: "wire")\n',
            "Sources/Executors/Queue/QueueProvider.swift": 'ExecutorSchema(name: "queue")\n',
            "Sources/Transports/Provider/TransportProvider.swift": "provider\n",
            "Sources/Shipping/Registry.swift": 'import Kind\nimport Sites\nimport Wire\n_ = name == "wire"\n',
            "Sources/Shipping/Sites.swift": 'import Sites\nimport Providers\n_ = "wire QUEUE_SIZE"\n',
        }
        status, output = check(files)
        self.assertEqual(status, 0, output)
        for line, how in (
            ("package import Kind", "imports Kind"),
            ("import Wire", "imports Wire"),
            ("import Queue", "imports Queue"),
            ('if options.transport == "wire" {', 'compares with "wire"'),
            ('case "queue": return', 'compares with "queue"'),
            ('let size = value("QUEUE_SIZE")', "reads QUEUE_SIZE"),
        ):
            status, output = check(files | {"Sources/Tool/A.swift": line + "\n"})
            wanted = f"Sources/Tool/A.swift: {how}; the registry alone lists providers\n"
            self.assertEqual((status, output), (1, wanted))


class Walks(unittest.TestCase):
    """What an addition costs in old code: the registry's line and the module table."""

    @unittest.skipUnless((HOUSE.parents[1] / ".git").exists(), "not a checkout")
    def test_a_provider_is_one_folder_and_one_line(self) -> None:
        printed = subprocess.run([sys.executable, str(HOUSE)], capture_output=True, text=True, check=True).stdout
        walks = {match[1]: int(match[2]) for match in re.finditer(r"^  (\w+ \w+) +\w+ +\d+ +(\d+)  ", printed, re.MULTILINE)}
        # The commit of transport s3 also added commands.
        self.assertLessEqual({"transport rclone", "target static"}, set(walks), printed)
        self.assertLessEqual(max(walks["transport rclone"], walks["target static"]), 2, printed)
        # Those that were there before providers were are no additions.
        self.assertFalse({"transport directory", "target ecs", "executor slurm"} & set(walks), printed)


if __name__ == "__main__":
    unittest.main()
