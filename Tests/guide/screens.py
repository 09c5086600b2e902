"""What a run looks like: the built program in a terminal of a given size, by tmux."""

from __future__ import annotations

import os
import re
import subprocess
import time

from projects import ROOT, Project

KEPT = ROOT / "Tests" / "Screens"


class Scene(Project):
    """Units that are controlled by files: wait for `go`, or fail where `broken` is."""

    def prepare(self) -> None:
        self.write("pipeline/pipeline.yaml", DEFINITION)
        self.write("raw/interactions.tsv", "raw\n")
        self.run("find", ".", "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+")

    def go(self) -> None:
        self.write("go", "")


class Terminal:
    """A terminal of this size in which a shell waits for commands; a server of its own, ended by `end`."""

    def __init__(self, project: Project, columns: int, rows: int, **variables: str):
        self.project = project
        self.socket = str(project.scratch / "tmux")
        environment = {**project.environment, **variables, "PS1": "$ ", "HISTFILE": ""}
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows)),
            *("-c", str(project.root), "bash", "--norc", "--noprofile"),
            environment=environment,
        )
        self.wait(lambda text: text.startswith("$"))

    def _tmux(self, *words: str, environment: dict[str, str] | None = None) -> str:
        return subprocess.run(
            ["tmux", "-S", self.socket, *words],
            env=environment or self.project.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    def type(self, line: str) -> None:
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def key(self, name: str) -> None:
        self._tmux("send-keys", name)

    def screen(self, colours: bool = False) -> str:
        """What is seen, without empty lines at the end."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else [])).rstrip() + "\n"

    def wait(self, holds) -> str:
        """The screen as soon as it is as wanted."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            text = self.screen()
            if holds(text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"the screen never came to be as wanted:\n{text}")

    def prompt(self) -> str:
        """The screen as soon as the shell waits again."""
        return self.wait(lambda text: text.rstrip("\n").endswith("\n$"))

    def end(self) -> None:
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)


# Times, and what depends on them: a file that is very young is hashed once more.
_CHANGES = (
    (re.compile(r"(?<![\w.])(\d+m )?\d+(\.\d+)?s\b"), "0.0s"),
    (re.compile(r'"(milliseconds|hashed_files)":\d+'), r'"\1":0'),
)


def plain(text: str) -> str:
    """A screen without what differs from run to run."""
    for pattern, replacement in _CHANGES:
        text = pattern.sub(replacement, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def kept(name: str, text: str) -> str | None:
    """None if the screen is the kept one; else what differs. `PIPELINE_WRITE_SCREENS=1` keeps the present one."""
    file = KEPT / f"{name}.txt"
    found = plain(text)
    if os.environ.get("PIPELINE_WRITE_SCREENS") == "1":
        file.write_text(found)
    wanted = file.read_text()
    return None if wanted == found else f"{file.name}:\n{wanted}\nseen:\n{found}"


DEFINITION = """\
project: ct-site
stages:
  compile:
    kind: compile
    units:
      interactions:
        command: sh -c "cat {input} > {output}"
        inputs: raw/interactions.tsv
        outputs: data/compiled/interactions.tsv
      circos:
        matrix:
          condition: [highCIN_vs_lowCIN, highCIN_vs_noSTING]
          fdr: { from: 1, to: 20 }
        command: >-
          sh -c "if [ {fdr} = 3 ] && [ -e broken ]; then echo \\"reading {input}\\"; echo \\"column fdr is missing\\" >&2;
          exit 1; fi; until [ {fdr} -lt 4 ] || [ -e go ]; do sleep 0.02; done; echo {fdr} > {output}"
        inputs: data/compiled/interactions.tsv
        outputs: data/compiled/circos/{condition}_{fdr:02}.txt
"""
