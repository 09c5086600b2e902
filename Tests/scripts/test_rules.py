"""The check of the rules finds what it is for, and lets pass what has its reason."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parents[1] / "rules" / "check_rules.py"


def check(text: str, place: str = "Sources/Some/Some.swift") -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / place
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, str(CHECK), folder], capture_output=True, text=True, check=False
        )
        return run.returncode, run.stdout


class Rules(unittest.TestCase):
    def refuse(self, rule: str, text: str) -> None:
        status, output = check(text)
        self.assertEqual(status, 1, output)
        self.assertIn(f": {rule}: ", output)

    def take(self, text: str, place: str = "Sources/Some/Some.swift") -> None:
        status, output = check(text, place)
        self.assertEqual(status, 0, output)

    def test_a_try_that_throws_its_error_away(self) -> None:
        self.refuse("unanswered", "let a = try? f()\n")
        self.refuse("unanswered", "/// Reads f.\nlet a = try? f()\n")
        self.refuse("unanswered", "// About b.\nlet b = 1\nlet a = (try? f()) ?? []\n")
        self.refuse("unanswered", "// try?: only shown.\nlet a = try? f()\n")
        self.refuse("unanswered", "let a = try? f()  // only shown\n")
        self.refuse("unanswered", "let a = try? f()  // try?:\n")
        self.refuse("unanswered", 'let a = try? f("// try?: text")\n')
        self.take("let a = try? f()  // try?: only shown\n")
        self.take('let a = "try? f()"\n')

    def test_a_claim_without_a_look(self) -> None:
        self.refuse("claim", 'let a = "release 1 goes on answering"\n')
        self.take('// Looked at: `answers`.\nlet a = "release 1 goes on answering"\n')

    def test_a_removal_of_what_may_be_another_s(self) -> None:
        self.refuse("ours", "try FileSystem.remove(path)\n")
        self.refuse("ours", "// All of it.\ntry FileSystem.removeTree(path)\n")
        self.take("// Ours: made above.\ntry FileSystem.removeTree(path)\n")
        self.take("try FileSystem.remove(path)\n", "Sources/Base/Posix/Some.swift")

    def test_a_command_line_is_parsed_once(self) -> None:
        self.refuse("words", "let words = CommandLine.arguments\n")
        self.take("run(CommandLine.arguments)\n", "Sources/pipeline/main.swift")

    def test_a_folder_without_sources_does_not_pass(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([sys.executable, str(CHECK), folder], check=False)
            self.assertEqual(run.returncode, 1)


if __name__ == "__main__":
    unittest.main()
