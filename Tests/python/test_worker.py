"""The worker as the tool sees it: a child process that reads and answers lines of JSON."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT)]

from pipeline.children import descendants, end

from worker_project import MODULES, WORKER, Worker


class WorkerTests(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="worker-test-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        for path, text in MODULES.items():
            file = self.root / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(textwrap.dedent(text))
        shutil.copytree(
            PROJECT / "pipeline", self.root / "pipeline", ignore=lambda *_: ["__pycache__"]
        )
        self.worker = Worker(self.root)
        self.addCleanup(self.stop)

    def stop(self):
        self.worker.process.kill()
        self.worker.close()

    def test_a_unit_writes_its_output_and_says_what_it_depends_on(self):
        output = self.root / "one.out"
        answer = self.worker.unit("one", id=7, parameters={"size": 25}, outputs=[str(output)])
        self.assertEqual(output.read_text(), "o25")
        self.assertEqual((answer["id"], answer["ok"]), (7, True))
        self.assertEqual((answer["read"], answer["metrics"]), ([], {}))
        self.assertEqual(
            answer["loaded"],
            [
                "figures/__init__.py",
                "figures/base.py",
                "figures/circle.py",
                "jobs/__init__.py",
                "jobs/one.py",
                *WORKER,
            ],
        )

    def test_two_unit_modules_in_one_worker_keep_their_code_apart(self):
        self.worker.unit("one", parameters={"size": 1}, outputs=[str(self.root / "out")])
        answer = self.worker.unit("two")
        self.assertEqual(answer["metrics"], {"sides": 4})
        self.assertEqual(
            answer["loaded"],
            [
                "figures/__init__.py",
                "figures/square.py",
                "jobs/__init__.py",
                "jobs/two.py",
                *WORKER,
            ],
        )
        self.assertIn("a stray line while importing", self.worker.log())

    def test_modules_that_a_running_unit_imports_belong_to_it(self):
        self.worker.unit("one", parameters={"size": 1}, outputs=[str(self.root / "out")])
        loaded = self.worker.unit("lazy")["loaded"]
        self.assertIn("figures/circle.py", loaded)
        self.assertIn("figures/base.py", loaded)
        self.assertIn("figures/plugin.py", loaded)
        self.assertNotIn("jobs/one.py", loaded)

    def test_prints_and_children_go_to_the_log_and_never_into_the_protocol(self):
        self.assertTrue(self.worker.unit("noisy")["ok"])
        self.assertEqual(
            self.worker.log().splitlines(), ["printed", "written", "from a child", "to stderr"]
        )
        out, err, status = self.worker.close()
        self.assertEqual((out, err, status), (b"", b"", 0))

    def test_a_failure_is_an_answer_of_one_line_and_a_traceback_in_the_log(self):
        answer = self.worker.unit("fails")
        self.assertFalse(answer["ok"])
        self.assertEqual(answer["error"], "ValueError: first line second line")
        self.assertIn("jobs/odd.py", answer["loaded"])
        self.assertIn("Traceback", self.worker.log())
        self.assertTrue(self.worker.unit("two")["ok"])

    def test_sys_exit_in_a_unit_is_a_failure_of_that_unit_alone(self):
        self.assertEqual(self.worker.unit("leaves")["error"], "SystemExit: 3")
        self.assertTrue(self.worker.unit("two")["ok"])

    def test_a_broken_module_fails_its_own_units_alone(self):
        answer = self.worker.unit("broken")
        self.assertEqual(answer["error"], "ModuleNotFoundError: No module named 'no_such_module'")
        self.assertIn("figures/circle.py", answer["loaded"])
        self.assertTrue(self.worker.unit("two")["ok"])

    def test_a_module_that_breaks_after_a_unit_was_defined_fails_it_each_time(self):
        for _ in range(3):
            self.assertEqual(self.worker.unit("late")["error"], "RuntimeError: half a module")

    def test_an_unknown_unit_names_the_known_ones(self):
        answer = self.worker.unit("thre")
        self.assertFalse(answer["ok"])
        self.assertIn('no unit "thre" is defined; known: bad_axis, broken', answer["error"])

    def test_reads_that_nobody_declared_are_reported(self):
        answer = self.worker.unit(
            "reads", inputs=["data/declared.txt"], outputs=[str(self.root / "data" / "out.txt")]
        )
        self.assertEqual(
            answer["read"], ["data/in_c.bin", "data/missing.txt", "data/undeclared.txt"]
        )

    def test_an_axis_answers_its_values_in_order_with_their_types(self):
        answer = self.worker.ask(axis="letters", inputs=[])
        self.assertEqual(answer["values"], ["b", "a", "ä:", 3])
        self.assertIn("jobs/one.py", answer["loaded"])
        self.assertIn("axis", self.worker.ask(axis="bad_axis")["error"])

    def test_what_is_no_list_of_values_is_refused_with_its_cause(self):
        for answer, cause in {
            "'abc'": "returned 'abc', not a list of values",
            "b'abc'": "not a list of values",
            "{'a': 1}": "not a list of values",
            "None": "returned None, not a list of values",
            "7": "returned 7, not a list of values",
            "['a', None]": "None is neither text nor a finite number",
            "[['a']]": "neither text nor a finite number",
            "['\\udcff']": "no UTF-8 form",
            "['a', 'b', 'a']": "the value 'a' stands in the list twice",
            "[1, '1']": "stands in the list twice",
            "[float('inf')]": "neither text nor a finite number",
        }.items():
            error = self.worker.ask(axis="odd_axis", inputs=[answer])["error"]
            self.assertIn('axis "odd_axis"', error)
            self.assertIn(cause, error)
        self.assertEqual(
            self.worker.ask(axis="odd_axis", inputs=["(str(n) for n in range(2))"])["values"],
            ["0", "1"],
        )

    def test_a_metric_that_json_cannot_hold_fails_the_unit(self):
        self.assertIn('metric "share"', self.worker.unit("measures")["error"])

    def test_a_unit_that_changes_the_folder_does_not_move_the_worker(self):
        self.assertTrue(self.worker.unit("moves")["ok"])
        self.assertTrue(self.worker.unit("reads", outputs=[str(self.root / "x")])["ok"])

    def test_bad_requests_are_answered_and_survived(self):
        for line in (b"nonsense", b"[]", b"3", b'{"id": 1}', b'{"id": 1, "unit": "one"}'):
            self.worker.send(line)
            answer = json.loads(self.worker.process.stdout.readline())
            self.assertFalse(answer["ok"], line)
        self.assertTrue(self.worker.unit("two")["ok"])

    def test_a_log_that_cannot_be_written_is_an_error_of_the_unit(self):
        answer = self.worker.unit("two", log=str(self.root / "jobs" / "one.py" / "x.log"))
        self.assertFalse(answer["ok"])
        self.assertTrue(self.worker.unit("two")["ok"])

    def test_end_of_requests_ends_the_worker(self):
        self.assertEqual(self.worker.close()[2], 0)

    def test_signals_end_the_worker(self):
        self.worker.unit("two")
        self.worker.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.worker.process.wait(), -signal.SIGTERM)

    def test_an_interrupt_in_a_unit_ends_the_worker(self):
        request = {"id": 1, "unit": "interrupts", "log": str(self.root / "unit.log")}
        self.worker.send(json.dumps(request).encode())
        out, _, status = self.worker.close()
        self.assertEqual(out, b"")
        self.assertNotEqual(status, 0)


class DescendantsTests(unittest.TestCase):
    def test_parents_come_before_their_children(self):
        # One that waits for a child would go on if the child were ended first.
        own = set(descendants())
        with subprocess.Popen(
            ["sh", "-c", "sh -c 'sleep 100; :' ; :"], stdout=subprocess.DEVNULL, start_new_session=True
        ) as shell:
            found: list[int] = []
            while len(found) < 3:
                found = [process for process in descendants() if process not in own]
            parents = []
            for process in found:
                text = Path(f"/proc/{process}/stat").read_bytes()
                parents.append(int(text.rpartition(b")")[2].split()[1]))
            self.assertEqual(found[0], shell.pid)
            self.assertEqual(parents[1:], found[:-1])
            end(found)
            self.assertEqual(shell.wait(), -signal.SIGKILL)


class ScanTests(unittest.TestCase):
    def test_imports_that_ran_before_the_worker_was_loaded_count(self):
        with tempfile.TemporaryDirectory(prefix="worker-test-") as folder:
            root = Path(folder).resolve()
            shutil.copytree(PROJECT / "pipeline", root / "pipeline")
            (root / "early.py").write_text("from helper import value\nimport lone.part\n")
            (root / "helper.py").write_text("value = 1\n")
            (root / "lone").mkdir()
            (root / "lone" / "part.py").write_text("")
            (root / "program.py").write_text(
                "import early\nimport pipeline.worker\n"
                "print(pipeline.worker._imports.files('early'))\n"
            )
            result = subprocess.run(
                [sys.executable, "program.py"], cwd=root, capture_output=True, text=True, check=True
            )
        self.assertEqual(result.stdout.strip(), "['early.py', 'helper.py', 'lone/part.py']")


if __name__ == "__main__":
    unittest.main()
