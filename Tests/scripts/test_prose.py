"""The check of the prose finds its phrases in what people read, and leaves code alone."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT / "Tests" / "rules" / "check_prose.py"


def check(text: str, place: str) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / place
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, str(CHECK), folder], capture_output=True, text=True, check=False)
        return run.returncode, run.stdout


class Prose(unittest.TestCase):
    def refuse(self, phrase: str, text: str, place: str) -> None:
        status, output = check(text, place)
        self.assertEqual(status, 1, output)
        self.assertIn(f'"{phrase}"', output)

    def take(self, text: str, place: str) -> None:
        status, output = check(text, place)
        self.assertEqual(status, 0, output)

    def test_pages(self) -> None:
        self.refuse("mend", "Give it again once you mend it.\n", "docs/page.md")
        self.refuse("in good order", "It ends in\ngood order.\n", "docs/page.md")
        self.take("It fixes `mend`, in `.pipeline/aside` too.\n", "docs/page.md")

    def test_texts_and_comments_of_programs(self) -> None:
        self.refuse("anew", 'let a = "it is made anew"\n', "Sources/A.swift")
        self.refuse("is told", "/// Who is told of it.\n", "Sources/A.swift")
        self.refuse("whoever", "# whoever reads it\n", "Tests/a.py")
        self.refuse("does not fit", 'let a = "\\"\\(value)\\" does not fit \\"--jobs\\""\n', "Sources/A.swift")
        self.take("/// What does not fit is left out.\n", "Sources/A.swift")
        self.refuse("is well", '"the site is well"\n', "Sources/A.swift")
        self.take('"it is well known"\n', "Sources/A.swift")
        self.take("let aside = path(anew)\n", "Sources/A.swift")
        self.take('let a = "\\(anew) of \\(aside)"\n', "Sources/A.swift")

    def test_the_repository_has_none(self) -> None:
        run = subprocess.run([sys.executable, str(CHECK)], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)


if __name__ == "__main__":
    unittest.main()
