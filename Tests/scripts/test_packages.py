"""The tool as people get it: installed by a script, as a Debian package, as a container image.

Packs the program that PIPELINE_BINARY names, else the debug build. That one needs Swift's own
libraries, which are mounted where it runs in a container.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PIPELINE_BINARY") or ROOT / ".build/debug/pipeline").resolve()
NO_ENGINE = "" if os.environ.get("PIPELINE_TEST_ENGINE") else "no Docker engine"
DEFINITION = """
project: packed
stages:
  compile:
    units:
      one: { command: "cp {input} {output}", inputs: in.txt, outputs: out.txt }
"""

# Completes `pipeline pla` by the script that was installed, as bash would.
COMPLETE = """
. "$1"
COMP_WORDS=(pipeline pla); COMP_CWORD=1; _pipeline; echo "completed: ${COMPREPLY[*]}"
"""

IN_CONTAINER = f"""
set -eu
apt-get -qq update
# Images without documentation leave it out of packages too.
DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \\
  -o 'Dpkg::Options::=--path-include=/usr/share/*' /packages/pipeline.deb >/dev/null
pipeline --version
gzip -dc /usr/share/man/man1/pipeline.1.gz | grep -c '^[.]SH'
bash -c '{COMPLETE}' - /usr/share/bash-completion/completions/pipeline
test -s /usr/share/zsh/vendor-completions/_pipeline
test -s /usr/share/fish/vendor_completions.d/pipeline.fish
PYTHONPATH=/usr/share/pipeline/python python3 -c 'import pipeline.worker; print("worker module")'
dpkg --purge pipeline >/dev/null
echo left: $(find / -xdev -name '*pipeline*' -not -path '/proc/*' -not -path '/packages*' \\
  -not -path '/var/cache/apt/*')
"""


def run(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        env=os.environ | {"PIPELINE_BINARY": str(BINARY)} | environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def runtime() -> list[str]:
    """Options of `docker run` for the libraries that the program needs and no package brings."""
    for line in run("ldd", BINARY).stdout.splitlines():
        if "libswiftCore.so =>" in line:
            folder = Path(line.split()[2]).parent
            return ["--volume", f"{folder}:{folder}:ro"]
    return []


def documented(command: str) -> list[str]:
    """The words of a command of the scripts, which the page about installing must give in these words."""
    page = (ROOT / "docs/guide/install.md").read_text()
    assert f"{command}\n" in page or f"`{command}`" in page, f"{command}: not in the page"
    return command.split()


def clean_system() -> str:
    """An image of Debian with nothing of the tool."""
    made = "pipeline-root:bookworm"
    if run("docker", "image", "inspect", made).returncode == 0:
        return made
    return "python:3.11-slim-bookworm"


class Scratch(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name)

    def succeed(self, *command: object, **environment: str) -> str:
        """Runs a command that must succeed; returns its standard output."""
        done = run(*command, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


class Modes(Scratch):
    """What is installed and packed is for everybody, whatever the umask; nobody else may change it."""

    def modes(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_symlink():
                continue
            mode = path.stat().st_mode & 0o777
            wanted = {0o755} if path.is_dir() else {0o644, 0o755}
            self.assertIn(mode, wanted, f"{path}: {mode:o}")

    def test_installed_whatever_the_umask(self) -> None:
        for mask in ("077", "002", "000"):
            with self.subTest(mask):
                prefix = self.scratch / mask
                self.succeed("bash", "-c", f"umask {mask}; exec scripts/install --prefix {prefix}")
                self.modes(prefix)

    def test_packed_whatever_the_umask(self) -> None:
        if not shutil.which("dpkg-deb"):
            self.skipTest("no dpkg-deb")
        for mask in ("077", "000"):
            with self.subTest(mask):
                output = self.scratch / mask
                said = self.succeed(
                    "bash", "-c", f"umask {mask}; exec scripts/package --deb --output {output}"
                )
                package = said.splitlines()[-1]
                self.succeed("dpkg-deb", "--extract", package, output / "tree")
                self.modes(output / "tree")


class Install(Scratch):
    def test_installs_again_and_takes_away_just_what_it_brought(self) -> None:
        prefix = self.scratch / "a prefix"
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin/other").write_text("not ours\n")
        before = names(prefix)
        said = self.succeed(*documented("scripts/install"), "--prefix", prefix)
        self.assertIn(f'export PATH="{prefix}/bin:$PATH"', said)
        tool = prefix / "bin/pipeline"
        self.assertRegex(self.succeed(tool, "--version"), r"^pipeline \d")
        completed = self.succeed(
            "bash", "-c", COMPLETE, "-", prefix / "share/bash-completion/completions/pipeline",
            PATH=f"{prefix}/bin:{os.environ['PATH']}",
        )
        self.assertEqual(completed, "completed: plan\n")
        for name in (
            "share/zsh/site-functions/_pipeline",
            "share/fish/vendor_completions.d/pipeline.fish",
            "share/man/man1/pipeline.1",
            "share/doc/pipeline/reference/pipeline.yaml",
            "share/pipeline/python/pipeline/worker.py",
        ):
            self.assertGreater((prefix / name).stat().st_size, 0, name)

        # As an older version would have left it: a file that this one does not bring.
        installed = names(prefix)
        older = prefix / "share/pipeline/older"
        older.write_text("x\n")
        with (prefix / "share/pipeline/installed").open("a") as listing:
            listing.write("f share/pipeline/older\n")
        self.succeed(ROOT / "scripts/install", "--prefix", prefix)
        self.assertEqual(names(prefix), installed)

        (prefix / "share/pipeline/python/pipeline/__pycache__").mkdir()
        self.succeed(*documented("scripts/install --uninstall"), "--prefix", prefix)
        self.assertEqual(names(prefix), before)

    def test_says_why_it_cannot(self) -> None:
        place = self.scratch / "file"
        place.touch()
        refused = run(ROOT / "scripts/install", "--prefix", place / "below")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("cannot be written to", refused.stderr)
        nothing = run(ROOT / "scripts/install", "--uninstall", "--prefix", self.scratch / "empty")
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("nothing is installed below", nothing.stderr)


class DebianPackage(Scratch):
    made: Path
    problem = ""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        done = cls.package(Path(folder.name))
        if done.returncode == 0:
            cls.made = Path(done.stdout.splitlines()[-1])
        else:
            cls.problem = done.stdout + done.stderr

    def setUp(self) -> None:
        super().setUp()
        self.assertEqual(self.problem, "")

    @staticmethod
    def package(folder: Path) -> subprocess.CompletedProcess[str]:
        return run(*documented("scripts/package --deb"), "--output", folder)

    def field(self, package: Path, name: str) -> str:
        return self.succeed("dpkg-deb", "--field", package, name)

    @unittest.skipIf(runtime(), "a debug build, of any size")
    def test_a_release_program_has_at_most_15_mb(self) -> None:
        self.succeed("dpkg-deb", "--extract", self.made, self.scratch)
        self.assertLessEqual((self.scratch / "usr/bin/pipeline").stat().st_size, 15_000_000)

    def test_names_its_libraries_and_is_the_same_each_time(self) -> None:
        package = self.made
        depends = self.field(package, "Depends")
        for library in ("libc6", "libsqlite3-0", "libssl3", "libyaml-0-2"):
            self.assertIn(library, depends)
        for program in ("docker.io", "git", "openssh-client", "python3"):
            self.assertIn(program, self.field(package, "Recommends"))
        done = self.package(self.scratch)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        again = Path(done.stdout.splitlines()[-1])
        digests = {hashlib.sha256(made.read_bytes()).hexdigest() for made in (package, again)}
        self.assertEqual(len(digests), 1)
        if shutil.which("lintian"):
            found = run("lintian", "--allow-root", "--fail-on", "none", package).stdout.splitlines()
            # That the debug build looks for Swift's libraries is why it is for trying only.
            wrong = [
                line for line in found if line[:2] in ("E:", "W:")
                and not (runtime() and "custom-library-search-path" in line)
            ]
            self.assertEqual(wrong, [])

    @unittest.skipIf(NO_ENGINE, NO_ENGINE)
    def test_installs_runs_and_goes_without_a_trace(self) -> None:
        shutil.copy(self.made, self.scratch / "pipeline.deb")
        said = self.succeed(
            "docker", "run", "--rm", "--network", "host", "--volume",
            f"{self.scratch}:/packages:ro", *runtime(), clean_system(), "sh", "-c", IN_CONTAINER,
        ).splitlines()
        self.assertRegex(said[0], r"^pipeline \d")
        self.assertGreater(int(said[1]), 3)
        self.assertEqual(said[2:], ["completed: plan", "worker module", "left:"])


class ToolImage(Scratch):
    @unittest.skipIf(NO_ENGINE, NO_ENGINE)
    def test_the_image_is_the_tool(self) -> None:
        tag = f"pipeline-tool-test:{os.getpid()}"
        self.addCleanup(run, "docker", "image", "rm", "--force", tag)
        said = self.succeed(*documented("scripts/package --image"), "--tag", tag)
        self.assertEqual(said.splitlines()[-1], tag)
        self.assertRegex(
            self.succeed("docker", "run", "--rm", *runtime(), tag, "--version"), r"^pipeline \d")
        project = self.scratch / "project"
        (project / "pipeline").mkdir(parents=True)
        (project / "pipeline/pipeline.yaml").write_text(DEFINITION)
        (project / "in.txt").write_text("x\n")
        self.scratch.chmod(0o755)
        mounted = ["--volume", f"{project}:/project", *runtime(), tag]
        plan = self.succeed("docker", "run", "--rm", *mounted, "plan")
        self.assertIn("compile/one", plan)
        # As the user whose project it is: what it makes is theirs.
        owner = ["--user", "12345:12345"]
        os.chown(project, 12345, 12345) if os.geteuid() == 0 else owner.clear()
        self.succeed("docker", "run", "--rm", *owner, *mounted, "run")
        self.assertEqual((project / "out.txt").read_text(), "x\n")


if __name__ == "__main__":
    unittest.main()
