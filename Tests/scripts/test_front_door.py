"""The files that a newcomer meets first say what is so."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def version() -> str:
    """The one constant; found by its declaration, since the file may move."""
    found = [
        match[1]
        for path in (ROOT / "Sources").rglob("*.swift")
        for match in re.finditer(r'static let version = "([0-9]+\.[0-9]+\.[0-9]+)"', path.read_text(encoding="utf-8"))
    ]
    if len(found) != 1:
        raise AssertionError(f"the version is declared {len(found)} times")
    return found[0]


class Version(unittest.TestCase):
    def test_the_changelog_begins_with_the_version_of_the_program(self) -> None:
        headings = re.findall(r"^## \[([0-9.]+)\]", text("CHANGELOG.md"), re.MULTILINE)
        self.assertEqual(headings[0], version())

    def test_pages_that_show_a_version_show_this_one(self) -> None:
        shown = re.findall(r"pipeline[_:]([0-9]+\.[0-9]+\.[0-9]+)", text("docs/guide/install.md"))
        self.assertEqual(set(shown), {version()})


class Licence(unittest.TestCase):
    def test_it_is_the_whole_text(self) -> None:
        self.assertIn("END OF TERMS AND CONDITIONS", text("LICENSE"))
        self.assertIn("Apache License", text("LICENSE").splitlines()[1])

    def test_what_is_vendored_stands_in_the_notice(self) -> None:
        notice = text("NOTICE")
        vendored = [
            path.relative_to(ROOT).as_posix()
            for folder in (ROOT / "Sources").rglob("vendor")
            for path in folder.iterdir()
            if path.suffix != ".md"
        ]
        self.assertTrue(vendored)
        for path in vendored:
            self.assertIn(path, notice)


class Readme(unittest.TestCase):
    def test_it_links_to_every_page_of_the_guide(self) -> None:
        readme = text("README.md")
        for page in (ROOT / "docs" / "guide").glob("*.md"):
            self.assertIn(f"docs/guide/{page.name}", readme)


class Decisions(unittest.TestCase):
    """One file each, numbered without a gap, with its parts, and listed."""

    def test_each_has_its_parts_and_is_listed(self) -> None:
        folder = ROOT / "docs" / "decisions"
        files = sorted(folder.glob("[0-9]*.md"))
        self.assertEqual([path.name[:4] for path in files], [f"{number:04}" for number in range(1, len(files) + 1)])
        index = text("docs/decisions/README.md")
        for path in files:
            lines = path.read_text(encoding="utf-8").splitlines()
            with self.subTest(decision=path.name):
                self.assertRegex(lines[0], rf"^# {path.name[:4]}: \S")
                self.assertRegex(lines[2], r"^Date: \d{4}-\d\d-\d\d$")
                for part in ("## Context", "## Decision", "## Rejected"):
                    self.assertIn(part, lines)
                self.assertIn(f"({path.name})", index)


class Makefile(unittest.TestCase):
    def test_each_target_calls_something_that_is_there(self) -> None:
        lines = text("Makefile").splitlines()
        self.assertLessEqual(len(lines), 10)
        targets = {line.split(":")[0] for line in lines if ": ;" in line or ": build ;" in line}
        self.assertEqual(targets, {"build", "test", "fast", "lint", "docs", "bench"})
        for program in re.findall(r"(?:scripts|benchmarks)/[a-z]+", text("Makefile")):
            self.assertTrue((ROOT / program).exists(), program)


    def test_fast_leaves_out_what_needs_servers_or_the_program(self) -> None:
        rows = re.findall(r'tests\(\s*"(\w+)Tests", in: "[^"]+",\s*\[([^\]]*)\]', text("Package.swift"))
        self.assertGreater(len(rows), 30)
        skipped = re.search(r"--skip '\^\(([\w|]+)\)Tests", text("Makefile"))
        assert skipped is not None
        needing = [name for name, needs in rows if '"TestServers"' in needs or '"pipeline"' in needs]
        self.assertEqual(sorted(needing), skipped[1].split("|"))


class Editors(unittest.TestCase):
    def test_the_devcontainer_is_json_and_installs_what_the_build_needs(self) -> None:
        container = json.loads(text(".devcontainer/devcontainer.json"))
        for package in re.findall(r'package: "([a-z0-9-]+)"', text("Package.swift")):
            self.assertIn(package, container["onCreateCommand"])
        used = {
            package
            for script in ("scripts/test", *(f"scripts/lib/{name}.sh" for name in ("aws", "nginx", "python", "sftp", "swift")))
            for call in re.findall(r"packages_install ((?:\\\n|[^\n])*)", text(script))
            for package in re.findall(r"[\w:/.-]+=([a-z0-9][\w.+-]*)", call)
        }
        # Slurm is set up by scripts/test alone, as is the Docker engine.
        self.assertEqual(used - {"slurm-wlm", "munge"} - set(container["onCreateCommand"].split()), set())
        needed = text("Package.swift").splitlines()[0].split(":")[1].strip()
        self.assertIn(f"swift:{needed}", container["image"])


    def test_editors_are_set_to_what_the_checks_hold(self) -> None:
        settings: dict[str, dict[str, str]] = {}
        section: dict[str, str] = {}
        for line in text(".editorconfig").splitlines():
            if line.startswith("["):
                section = settings.setdefault(line.strip("[]"), {})
            elif "=" in line:
                key, value = line.split(" = ")
                section[key] = value
        swift = json.loads(text(".swift-format"))
        self.assertEqual(settings["*.swift"]["max_line_length"], str(swift["lineLength"]))
        self.assertEqual(settings["*.{swift,py}"]["indent_size"], str(swift["indentation"]["spaces"]))
        ruff = re.search(r"^line-length = (\d+)$", text("ruff.toml"), re.MULTILINE)
        assert ruff is not None
        self.assertEqual(settings["*.py"]["max_line_length"], ruff[1])
        for folder in ("Sources", "Tests"):
            for path in (ROOT / folder).rglob("*.[ch]"):
                indented = re.search(r"(?<=\{\n) +(?=\S)", path.read_text(encoding="utf-8"))
                if indented is not None and "layouts" not in path.parts:
                    self.assertEqual(len(indented[0]), int(settings["*"]["indent_size"]), path)


class Contributing(unittest.TestCase):
    """Pages for contributors name files and folders that exist."""

    PAGES = ("CONTRIBUTING.md", "SECURITY.md", *(
        path.relative_to(ROOT).as_posix()
        for folder in ("docs/contributing", "docs/architecture")
        for path in sorted((ROOT / folder).glob("*.md"))
    ))

    def test_every_path_that_is_named_exists(self) -> None:
        named = 0
        for page in self.PAGES:
            for path in re.findall(
                r"`((?:Sources|Tests|docs|scripts|benchmarks|site|pipeline)/[\w./-]+)`", text(page)
            ):
                named += 1
                with self.subTest(page=page, path=path):
                    self.assertTrue((ROOT / path).exists(), f"{page} names {path}")
        self.assertGreater(named, 20)

    def test_every_link_leads_somewhere(self) -> None:
        for page in self.PAGES:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text(page)):
                if "://" in target:
                    continue
                with self.subTest(page=page, target=target):
                    self.assertTrue(((ROOT / page).parent / target).exists())


class Benchmarks(unittest.TestCase):
    """Wrong arguments are refused before anything is built or installed."""

    def test_arguments_are_checked_first(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            # Programs that would build or install say so and fail.
            for name in ("swift", "apt-get"):
                fake = Path(folder) / name
                fake.write_text(f"#!/bin/sh\necho {name} was called\nexit 99\n")
                fake.chmod(0o755)
            search = f"{folder}:{':'.join(('/usr/local/bin', '/usr/bin', '/bin'))}"
            for name in ("compile", "runner", "sync", "report"):
                for words in (["--no-such-option"], ["--tool", "/no/such/program"]):
                    with self.subTest(benchmark=name, words=words):
                        run = subprocess.run(
                            [shutil.which("bash") or "bash", str(ROOT / "benchmarks" / name), *words],
                            env={"PATH": search, "HOME": folder},
                            stdin=subprocess.DEVNULL,
                            capture_output=True,
                            text=True,
                            timeout=60,
                        )
                        self.assertIn(run.returncode, (1, 2), run.stderr)
                        self.assertNotIn("was called", run.stdout + run.stderr)
                        self.assertIn(words[-1], run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
