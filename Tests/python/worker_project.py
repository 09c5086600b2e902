"""A project with units of all kinds, and a worker over it."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT)]



MODULES = {
    "jobs/__init__.py": "",
    "jobs/__main__.py": """
        from pipeline.worker import main
        main({"one": "jobs.one", "two": "jobs.two", "lazy": "jobs.lazy", "broken": "jobs.broken", "late": "jobs.late",
              "letters": "jobs.one", **{name: "jobs.odd" for name in (
              "noisy", "fails", "leaves", "interrupts", "reads", "measures", "moves", "bad_axis",
              "odd_axis")}})
    """,
    "jobs/one.py": """
        from figures import circle
        from pipeline.worker import axis, unit

        @unit("one")
        def one(job):
            with open(job.output, "w") as file:
                file.write(circle.draw() + str(job.parameters["size"]))

        @axis("letters")
        def letters(job):
            return ["b", "a", "ä:", 3]
    """,
    "jobs/two.py": """
        import figures.square as shape
        from pipeline.worker import unit
        print("a stray line while importing")

        @unit("two")
        def two(job):
            job.metric("sides", shape.sides())
    """,
    "jobs/lazy.py": """
        import importlib
        from pipeline.worker import unit

        @unit("lazy")
        def lazy(job):
            from figures import circle
            importlib.import_module("figures.plugin")
    """,
    "jobs/broken.py": "import figures.circle\nimport no_such_module\n",
    "jobs/late.py": """
        from pipeline.worker import unit

        @unit("late")
        def late(job):
            pass

        raise RuntimeError("half a module")
    """,
    "jobs/odd.py": """
        import os
        import subprocess
        import sys
        from pipeline.worker import axis, unit

        @unit("noisy")
        def noisy(job):
            print("printed")
            os.write(1, b"written\\n")
            subprocess.run(["sh", "-c", "echo from a child; cat; echo to stderr >&2"])

        @unit("fails")
        def fails(job):
            raise ValueError("first line\\nsecond line")

        @unit("leaves")
        def leaves(job):
            sys.exit(3)

        @unit("interrupts")
        def interrupts(job):
            raise KeyboardInterrupt

        @unit("reads")
        def reads(job):
            open("data/declared.txt").close()
            open("data/undeclared.txt").close()
            open("/etc/hostname", "rb").close()
            with open("data/scratch.txt", "w") as file:
                file.write("x")
            open("data/scratch.txt").close()
            assert job.read("data/in_c.bin") == "data/in_c.bin"
            job.read("data/missing.txt")
            job.read("data/declared.txt")
            with open(job.output, "w") as file:
                file.write("x")
            open(job.output).close()

        @unit("measures")
        def measures(job):
            job.metric("rows", 12)
            job.metric("share", float("nan"))

        @unit("moves")
        def moves(job):
            os.chdir("/")

        @axis("bad_axis")
        def bad_axis(job):
            return [object()]

        @axis("odd_axis")
        def odd_axis(job):
            return eval(job.inputs[0])
    """,
    "figures/__init__.py": "",
    "figures/base.py": "def name(): return 'o'\n",
    "figures/circle.py": "from .base import name\n\ndef draw(): return name()\n",
    "figures/square.py": "def sides(): return 4\n",
    "figures/plugin.py": "",
    "data/declared.txt": "",
    "data/undeclared.txt": "",
}
WORKER = ["pipeline/__init__.py", "pipeline/children.py", "pipeline/imports.py", "pipeline/reads.py", "pipeline/worker.py"]


class Worker:
    """A worker over a project of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobs"],
            cwd=root,
            env={"PYTHONPATH": ".", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, line: bytes) -> None:
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, **request) -> dict:
        request = {"log": str(self.root / "logs" / "unit.log"), "parameters": {}, **request}
        self.send(json.dumps({"id": 1, **request}).encode())
        return json.loads(self.process.stdout.readline())

    def unit(self, unit: str, **request) -> dict:
        return self.ask(
            unit=unit, name=f"compile/{unit}", **{"inputs": [], "outputs": [], **request}
        )

    def log(self) -> str:
        return (self.root / "logs" / "unit.log").read_text()

    def close(self) -> tuple[bytes, bytes, int]:
        out, err = self.process.communicate()
        return out, err, self.process.returncode
