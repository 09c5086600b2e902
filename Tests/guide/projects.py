"""Scratch projects that the pages' commands run in, with the built tool on PATH as `pipeline`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tiny_site import TINY_APP, TINY_DEFINITION, TINY_DOCKERFILE, TINY_PREVIEW

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("PIPELINE_TEST_TOOL", ROOT / ".build" / "debug" / "pipeline"))
HELPERS = Path(__file__).resolve().parent / "helpers"
REGISTRY = os.environ.get("PIPELINE_TEST_REGISTRY", "127.0.0.1:5000")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


class Project:
    """An empty folder. Ended by `end`, with all that was started in it."""

    as_root = False
    """Whether the page mounts something."""
    needs: tuple[str, ...] = ()
    """Environment variables by which `scripts/test` says that the machine has what this needs."""

    def __init__(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="pipeline-guide-")).resolve()
        self.root = self.scratch / "site"
        self.root.mkdir()
        programs = self.scratch / "bin"
        programs.mkdir()
        (programs / "pipeline").symlink_to(TOOL)
        home = self.scratch / "home"
        home.mkdir()
        self.substitutions: dict[str, str] = {}
        """What stands in the pages, and what it is here: ports, addresses, names."""
        self.environment = {
            **os.environ,
            "PATH": f"{programs}:{HELPERS}:{os.environ['PATH']}:/usr/sbin:/sbin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PIPELINE_GUIDE": str(self.scratch),
        }
        for name in ("NO_COLOR", "CI", "DISPLAY"):
            self.environment.pop(name, None)
        try:
            self.prepare()
        except BaseException:
            self.end()
            raise

    def prepare(self) -> None:
        """Fills the folder."""

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def run(self, *words: str) -> str:
        """Runs a program in the project; what it printed."""
        done = subprocess.run(
            words,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def end(self) -> None:
        """Nothing that was started outlives the page: sites, fronts, detached runs, containers."""
        for line in Path("/proc/self/mounts").read_text().splitlines():
            # A page may have mounted a small disk, to fill it.
            if (place := line.split()[1]).startswith(f"{self.scratch}/"):
                subprocess.run(["umount", "--lazy", place])
        end_processes(self.scratch)
        if os.environ.get("PIPELINE_TEST_ENGINE") == "1":
            label = f"label=pipeline.project={self.root}"
            subprocess.run(
                f"docker ps -aq --filter {label} | xargs -r docker rm -f",
                shell=True,
                capture_output=True,
            )
        shutil.rmtree(self.scratch, ignore_errors=True)


def end_processes(scratch: Path) -> None:
    """Asks all processes of a scratch folder to end, and kills those that are left after a while."""
    limit = time.monotonic() + 10
    asked: set[int] = set()
    while found := _processes(scratch):
        late = time.monotonic() > limit
        for pid in found:
            if late or pid not in asked:
                try:
                    # nginx takes its workers along only when it is asked.
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                except ProcessLookupError:
                    pass
                asked.add(pid)
        if late and time.monotonic() > limit + 10:
            raise RuntimeError(f"processes of {scratch} do not end: {found}")
        time.sleep(0.05)


def _processes(scratch: Path) -> list[int]:
    """Processes that have inherited the folder's variable, work in the folder, or name it (nginx forgets variables)."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if (
                f"PIPELINE_GUIDE={scratch}".encode() in (entry / "environ").read_bytes().split(b"\0")
                or f"{scratch}/".encode() in (entry / "cmdline").read_bytes()
                or os.readlink(entry / "cwd").startswith(f"{scratch}/")
            ):
                # A dead one that nobody has collected has no memory.
                if (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        except OSError:
            pass
    return found


class Empty(Project):
    """Just a folder."""


class Tiny(Project):
    """The smallest site: its page shows a line of the code and a line of the data, from a process or a container."""

    environment_name = "preview"

    def prepare(self) -> None:
        self.port = free_port()
        self.substitutions["8010"] = str(self.port)
        self.write("pipeline/pipeline.yaml", TINY_DEFINITION)
        self.write("pipeline/environments/preview.yaml", TINY_PREVIEW.format(port=self.port))
        self.write("site/Dockerfile", TINY_DOCKERFILE)
        self.write("site/app.py", TINY_APP)
        self.write("raw.txt", "first data\n")
        # Older than any record of them, so that their states can be believed at once.
        self.run("find", ".", "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+")


class Example(Project):
    """The example site with small data, in the environment `preview`."""

    needs: tuple[str, ...] = ("PIPELINE_TEST_PYTHON",)

    def prepare(self) -> None:
        python = Path(os.environ["PIPELINE_TEST_PYTHON"])
        for folder in ("site", "pipeline"):
            shutil.copytree(
                ROOT / folder, self.root / folder, ignore=shutil.ignore_patterns("__pycache__")
            )
        (self.root / ".venv").symlink_to(python.parent.parent)
        self.environment["PYTHONPATH"] = "site"
        self.run(".venv/bin/python", "-m", "generate", "--size", "toy", "--output", "data/raw")
        del self.environment["PYTHONPATH"]
        for name, port in (("local", 8000), ("preview", 8010)):
            file = self.root / "pipeline" / "environments" / f"{name}.yaml"
            free = str(free_port())
            self.substitutions[f":{port}"] = f":{free}"
            text = file.read_text().replace(f"port: {port}", f"port: {free}")
            file.write_text(text.replace("127.0.0.1:5000/ct-site", f"{REGISTRY}/ct-site-guide"))
        self.run(
            *("find", "site", "pipeline", "data", "-type", "f"),
            *("-exec", "touch", "-d", "1 hour ago", "{}", "+"),
        )

    def change(self) -> None:
        file = self.root / "site" / "figures" / "circos.py"
        file.write_text(file.read_text().replace("faded(colour, 0.42)", "faded(colour, 0.80)"))


class Deployed(Example):
    """The example site, live in `local` as release 1."""

    needs = (*Example.needs, "PIPELINE_TEST_ENGINE")

    def prepare(self) -> None:
        super().prepare()
        self.run("pipeline", "run", "deploy")


class Changed(Deployed):
    """As `Deployed`, then a figure was changed: release 2 is live."""

    def prepare(self) -> None:
        super().prepare()
        self.change()
        self.run("pipeline", "run", "deploy")


class Previewed(Example):
    """The example site, live in `preview`, and then a change of a figure that is not."""

    def prepare(self) -> None:
        super().prepare()
        self.run("pipeline", "run", "deploy", "-e", "preview")
        self.change()


class Static(Project):
    """A site that is files alone, and a stage that makes them."""

    def prepare(self) -> None:
        port = str(free_port())
        self.substitutions["8080"] = port
        page = (ROOT / "docs" / "guide" / "static.md").read_text()
        # As the page shows them.
        for block in page.split("```yaml\n# ")[1:3]:
            path, text = block.split("```")[0].split("\n", 1)
            self.write(path, text.replace("8080", port))
        self.write("src/build.sh", "mkdir -p $1 && cp src/*.html src/*.css $1/\n")
        self.write("src/index.html", "<h1>welcome</h1>\n")
        self.write("src/about.html", "<h1>about</h1>\n")
        self.write("src/style.css", "h1 { color: navy }\n")
        (self.root / "www").mkdir()
        self.run("find", "src", "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+")


class Clone(Project):
    """A fresh clone of this repository, and nothing else but what is installed on the machine.

    With `PIPELINE_TEST_PYTHON` set, as `scripts/test` does, the clone takes the tool that was built here and its Python
    environment: building both is most of the time that it takes. `scripts/stranger` builds both.
    """

    needs = ("PIPELINE_TEST_ENGINE", "PIPELINE_TEST_BROWSER_PYTHON")

    def prepare(self) -> None:
        (self.scratch / "bin" / "pipeline").unlink()
        # As the one who typed the commands: pip's settings are theirs. Git has to know that a checkout of somebody
        # else may be read, as in a container.
        (self.scratch / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
        self.environment |= {
            "HOME": os.environ.get("HOME", "/root"),
            "GIT_CONFIG_GLOBAL": str(self.scratch / "gitconfig"),
        }
        self.run("git", "clone", "--quiet", f"file://{ROOT}", ".")
        if python := os.environ.get("PIPELINE_TEST_PYTHON"):
            (self.root / ".venv").symlink_to(Path(python).parent.parent)
            self.environment["PIPELINE_BINARY"] = str(TOOL)
        # The one difference: the usual port may be taken by a demo that goes on.
        port = free_port()
        self.substitutions[":8000"] = f":{port}"
        self.run("sed", "-i", f"s/port: 8000/port: {port}/", "pipeline/environments/local.yaml")
