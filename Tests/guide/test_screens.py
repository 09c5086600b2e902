"""What people see of a run, held against the screens in Tests/Screens.

`PIPELINE_WRITE_SCREENS=1` keeps what is seen now; look at it before it is committed.
"""

from __future__ import annotations

import json
import subprocess
import unittest

import screens

RUN = "pipeline run compile -j 2"


def _is_waiting(text: str) -> bool:
    """All that can be done without `go` is done."""
    return "4 of 41" in text and "2 running" in text


class Screens(unittest.TestCase):
    def setUp(self) -> None:
        self.scene = screens.Scene()
        self.addCleanup(self.scene.end)

    def terminal(self, columns: int, rows: int, **variables: str) -> screens.Terminal:
        terminal = screens.Terminal(self.scene, columns, rows, **variables)
        self.addCleanup(terminal.end)
        return terminal

    def keep(self, name: str, text: str) -> None:
        self.assertIsNone(difference := screens.kept(name, text), difference)

    def test_a_run_at_80_columns(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.type(RUN)
        seen = terminal.wait(_is_waiting)
        self.assertIn("\x1b[", terminal.screen(colours=True))
        self.keep("run-80", seen)
        self.scene.go()
        # Nothing of the live lines is left over.
        self.keep("run-80-end", terminal.prompt())

    def test_a_run_at_200_columns(self) -> None:
        terminal = self.terminal(200, 50)
        terminal.type(RUN)
        self.keep("run-200", terminal.wait(_is_waiting))
        self.scene.go()
        self.keep("run-200-end", terminal.prompt())

    def test_a_failure(self) -> None:
        self.scene.write("broken", "")
        self.scene.go()
        for columns, rows in ((80, 24), (200, 50)):
            terminal = self.terminal(columns, rows)
            terminal.type(RUN)
            self.keep(f"failure-{columns}", terminal.prompt())
            terminal.end()
            # Its socket's name is free again.
            self.scene.run("rm", "-rf", ".pipeline", "data")

    def test_an_interrupted_run_and_its_resumption(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.type(RUN)
        terminal.wait(_is_waiting)
        terminal.key("C-c")
        terminal.prompt()
        terminal.type("echo $?")
        terminal.wait(lambda text: "130" in text)
        self.scene.go()
        terminal.type(RUN)
        self.keep("interrupted", terminal.wait(lambda text: "up to date" in text and text.endswith("$\n")))

    def test_status_is_shown_again_as_a_run_goes_on(self) -> None:
        terminal = self.terminal(80, 24)
        terminal.type("pipeline status --watch")
        terminal.wait(lambda text: "idle" in text and "41 to run  has never run" in text)
        run = subprocess.Popen(
            RUN.split(), cwd=self.scene.root, env=self.scene.environment, stderr=subprocess.DEVNULL
        )
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        seen = terminal.wait(lambda text: "4 done, 2 running" in text and "37 to run" in text)
        # One status in the place of the other, from the first line of the screen on.
        self.assertTrue(seen.startswith("ct-site\nrun 1 running for "), seen)
        self.assertNotIn("idle", seen)
        self.assertIn("no run has ended yet", seen)
        self.assertIn("    compile/circos/highCIN_vs_lowCIN/4\n", seen)
        # What runs is not taken for what a killed run has left.
        self.assertNotIn("was interrupted", seen)
        self.scene.go()
        self.assertEqual(run.wait(120), 0)
        seen = terminal.wait(lambda text: "last run 1 done" in text and "41 up to date" in text)
        self.assertNotIn("running for", seen)
        terminal.key("C-c")
        # The screen of before comes back.
        self.assertEqual(terminal.prompt(), "$ pipeline status --watch\n$\n")

    def test_no_colour_is_asked_for(self) -> None:
        terminal = self.terminal(80, 24, NO_COLOR="1")
        terminal.type(RUN)
        terminal.wait(_is_waiting)
        seen = terminal.screen(colours=True)
        self.assertNotIn("\x1b[", seen)
        self.keep("no-color", seen)
        self.scene.go()
        terminal.prompt()

    def test_a_run_in_a_pipe(self) -> None:
        self.scene.go()
        self.scene.write("broken", "")
        seen = self.piped("pipeline", "run", "compile", "-j", "1")
        self.assertNotIn("\x1b", seen)
        self.keep("pipe", seen)

    def test_a_run_as_json(self) -> None:
        self.scene.go()
        lines = self.piped("pipeline", "run", "compile", "--json", "-j", "1").splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual(events[0]["event"], "stage-started")
        self.keep("json", "".join(f"{line}\n" for line in [*lines[:4], *lines[-2:]]))

    def piped(self, *words: str) -> str:
        done = subprocess.run(
            words,
            cwd=self.scene.root,
            env=self.scene.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        return done.stdout


class Kept(unittest.TestCase):
    def test_kept_screens_fit_their_terminals(self) -> None:
        """No line is wider than the terminal: nothing was wrapped."""
        for file in screens.KEPT.glob("*.txt"):
            width = next((int(part) for part in file.stem.split("-") if part.isdigit()), None)
            if width:
                for line in file.read_text().splitlines():
                    self.assertLessEqual(len(line), width, f"{file.name}: {line}")


if __name__ == "__main__":
    unittest.main()
