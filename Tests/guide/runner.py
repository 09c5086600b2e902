"""Takes the steps of a page in its project."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from compare import missing
from pages import Page, Step
from projects import Project

# An upper bound for a lost cause: no command of the guide takes minutes over small data.
PATIENCE = 300

# Each block is a shell of its own that resumes where the one before ended: folder and exported variables.
_FRAME = """
[ ! -e {state}/variables ] || . {state}/variables
cd -- "$(cat {state}/folder)"
set -euo pipefail
trap 'code=$?; trap - EXIT; pwd >{state}/folder; export -p >{state}/variables; exit $code' EXIT
{shell}
"""


class StepError(AssertionError):
    """A step did not end as the page says."""

    def __init__(self, step: Step, what: str, printed: str):
        super().__init__(f"{step.place}: {what}\n{step.shell.rstrip()}\n--- printed:\n{printed[-6000:]}")


class Shell:
    """A reader's shell in a project."""

    def __init__(self, project: Project):
        self.project = project
        self.state = project.scratch / "shell"
        self.state.mkdir()
        (self.state / "folder").write_text(str(project.root))

    def run(self, text: str) -> tuple[int, str]:
        """Exit code, and both outputs as one."""
        for there, here in self.project.substitutions.items():
            text = text.replace(there, here)
        frame = _FRAME.format(state=shlex.quote(str(self.state)), shell=text)
        # To a file: what a command leaves running must not keep a pipe open.
        output = self.state / "output"
        with output.open("wb") as file:
            try:
                code = subprocess.run(
                    ["bash", "-c", frame],
                    env=self.project.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    timeout=PATIENCE,
                ).returncode
            except subprocess.TimeoutExpired:
                code = -1
        return code, output.read_text(errors="replace")


def take(page: Page, project: Project, log: Path | None = None) -> int:
    """Takes all steps that can be taken; how many they were."""
    shell = Shell(project)
    taken = 0
    for step in page.steps:
        if step.not_run is not None:
            continue
        for text in step.first:
            _helper(shell, step, "what there is to do first", text)
        code, printed = shell.run(step.shell)
        if log:
            with log.open("a") as file:
                file.write(f"### {step.place}\n{step.shell}\n>>> {code}\n{printed}\n")
        if code != step.exit:
            raise StepError(step, f"exit code {code}, not {step.exit}", printed)
        if step.expected is not None and step.not_compared is None:
            if (line := missing(step.expected, printed)) is not None:
                raise StepError(step, f"this was not printed, or not in this place: {line!r}", printed)
        for text in step.then:
            _helper(shell, step, "what is to be so afterwards", text)
        taken += 1
    return taken


def _helper(shell: Shell, step: Step, what: str, text: str) -> None:
    code, printed = shell.run(text)
    print(f"{step.place}: {text}", *(f"    {line}" for line in printed.splitlines()), sep="\n")
    if code:
        raise StepError(step, f"{what} ended with {code}: {re.sub(chr(10), ' ', text)}", printed)
