"""The set-up scripts' building blocks, each run in bash as the scripts run them."""

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIB = ROOT / "scripts" / "lib"

specification = importlib.util.spec_from_file_location("pip_settings", LIB / "images/pip_settings.py")
assert specification is not None
pip_settings = importlib.util.module_from_spec(specification)
specification.loader.exec_module(pip_settings)


class ScriptCase(unittest.TestCase):
    """A scratch folder that also stands in for the machine's service folder."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name)

    def bash(
        self, text: str, input: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs text after sourcing the library; returns the completed process."""
        return subprocess.run(
            ["bash", "-c", f"set -euo pipefail; . '{LIB}/all.sh'; {text}"],
            env=os.environ | {"PIPELINE_SERVICES": str(self.scratch / "services")} | environment,
            input=input,
            capture_output=True,
            text=True,
            timeout=120,
        )


class Packages(ScriptCase):
    def test_only_what_is_missing_is_named_and_once(self) -> None:
        done = self.bash(
            "packages_missing bash=bash no-such-command=b pkg-config:no-such-module=a "
            "python:no_such_module=b python:os=c file:/etc/passwd=d file:/no/such=e"
        )
        self.assertEqual(done.stdout.split(), ["a", "b", "e"])

    def test_without_root_it_says_what_to_install_and_fails(self) -> None:
        done = self.bash("is_root() { false; }; packages_install no-such-command=a-package")
        self.assertEqual(done.returncode, 1)
        self.assertIn("sudo apt-get install --no-install-recommends a-package", done.stderr)


class SwiftTests(ScriptCase):
    def test_every_test_is_in_one_group_and_those_that_take_longest_come_first(self) -> None:
        listed = [
            *(f"EndToEndTests.CloudTests/t{number}(_:)" for number in range(7)),
            *(f"EndToEndTests.FrontTests/t{number}()" for number in range(5)),
            "PosixTests.TextTests/front()",
            "PosixTests.PathTests/tidy()",
            "PathsTests.PathTests/tidy()",
            *(f"RunnerTests.InputTests/t{number}()" for number in range(31)),
            *(f"RunnerTests.OwnFileTests/t{number}()" for number in range(3)),
            "RunnerTests.ClusterTests/packed()",
        ]
        done = self.bash(f". '{LIB}/swift_tests.sh'; swift_groups", input="\n".join(listed) + "\n")
        groups = done.stdout.splitlines()
        found = [[test for test in listed if re.search(group, test)] for group in groups]
        self.assertEqual([len(each) for each in found], [3, 3, 31, 5, 1, 1, 3, 2, 1], groups)
        self.assertEqual(sorted(test for part in found for test in part), sorted(listed))


class TestNeeds(ScriptCase):
    """With a filter, scripts/test sets up what the tests that it matches may need."""

    # What stands in the tests that need each.
    USED_BY = {
        "engine": r"\bhasEngine\b|\bTestEngine\b|PIPELINE_TEST_(?:ENGINE|REGISTRY)",
        "browser": r"PIPELINE_TEST_BROWSER",
        "slurm": r"\bSlurmCluster\b",
        "sftp-servers": r"\bOtherServer\b|\bRcloneServer\b|no rclone",
        "frameworks": r"\bFrameworkProject\b",
        "aws": r"\bAWSStandIn\b",
    }

    def needs(self, *filters: str) -> list[set[str]]:
        calls = "; ".join(
            f"for need in {' '.join(self.USED_BY)}; do if tests_need $need '{pattern}'; then echo -n \"$need \"; fi; done; echo"
            for pattern in filters
        )
        done = self.bash(f". '{LIB}/test_needs.sh'; {calls}")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [set(line.split()) for line in done.stdout.splitlines()]

    def test_a_filter_sets_up_what_its_tests_may_need(self) -> None:
        everything = set(self.USED_BY)
        expected: dict[str, set[str]] = {
            "": everything,
            "PipelineEngineTests": set(),
            "^PacksTests\\.": set(),
            "DockerTests": {"engine"},
            "QueueTests/": {"slurm"},
            "RcloneTransportTests": {"sftp-servers", "aws"},
            "SlotsTests": {"sftp-servers", "aws"},
            # What is more than a name may match anything.
            "Packs|Links": everything,
        }
        self.assertEqual(self.needs(*expected), list(expected.values()))

    def test_the_folders_are_those_whose_tests_use_it(self) -> None:
        tests = ROOT / "Tests"
        texts = {path.relative_to(tests).as_posix(): path.read_text(encoding="utf-8") for path in tests.rglob("*.swift")}
        script = (LIB / "test_needs.sh").read_text(encoding="utf-8")
        patterns = dict(re.findall(r"^  \[([\w-]+)\]='(.*)'$", script, re.MULTILINE))
        self.assertEqual(set(patterns), set(self.USED_BY))
        for need, use in self.USED_BY.items():
            using = {path for path, text in texts.items() if re.search(use, text) and not path.startswith("TestServers/")}
            self.assertTrue(using, need)
            self.assertEqual([path for path in using if not re.match(rf"(?:{patterns[need]})/", path)], [], need)


class Services(ScriptCase):
    def test_a_service_outlives_its_script_and_is_found_and_stopped(self) -> None:
        mark = str(self.scratch / "config.yml")
        Path(mark).touch()
        folder = self.scratch / "service"
        begun = self.bash(
            f"services_lock; service_start {folder} tail -f {mark};"
            f"service_await {folder} {mark} 20 service_pid {folder} {mark}"
        )
        self.assertEqual(begun.returncode, 0, begun.stderr)
        pid = int((folder / "pid").read_text())
        os.kill(pid, 0)
        # It must not hold the scripts' lock, or the next script would wait for ever.
        self.assertEqual(self.bash("flock -n $PIPELINE_SERVICES/lock true").returncode, 0)
        ended = self.bash(f"service_stop {folder} {mark}; ! service_pid {folder} {mark}")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertFalse((folder / "pid").exists())
        # Gone, or (in a container whose first process is slow to collect it) dead.
        arguments = Path(f"/proc/{pid}/cmdline")
        self.assertFalse(arguments.exists() and arguments.read_bytes())

    def test_a_pid_given_to_another_process_is_left_alone(self) -> None:
        other = subprocess.Popen(["sleep", "600"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        folder = self.scratch / "service"
        folder.mkdir()
        (folder / "pid").write_text(f"{other.pid}\n")
        done = self.bash(f"service_stop {folder} {self.scratch}/config.yml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNone(other.poll())

    def test_a_service_that_dies_at_once_is_not_waited_for(self) -> None:
        folder = self.scratch / "service"
        done = self.bash(
            f"services_lock; service_start {folder} sh -c 'echo broken; exit 1' mark;"
            f"service_await {folder} mark 2 false"
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual((folder / "log").read_text(), "broken\n")


class Engine(ScriptCase):
    def test_an_address_without_an_engine_is_said_and_not_replaced(self) -> None:
        done = self.bash("engine_set_up", DOCKER_HOST="unix:///nonexistent/docker.sock")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unix:///nonexistent/docker.sock", done.stderr)


class PythonEnvironment(ScriptCase):
    def test_one_that_was_interrupted_is_made_afresh_and_a_whole_one_is_kept(self) -> None:
        requirements = self.scratch / "requirements.txt"
        requirements.write_text("# nothing\n")
        folder = self.scratch / "venv"
        folder.mkdir()
        (folder / "left over").touch()
        command = f"python_environment {folder} {requirements}"

        first = self.bash(command)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertFalse((folder / "left over").exists())
        (folder / "kept").touch()
        second = self.bash(command)
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertTrue((folder / "kept").exists())

        requirements.write_text("# something else\n")
        self.assertEqual(self.bash(command).returncode, 0)
        self.assertFalse((folder / "kept").exists())


class PipSettings(unittest.TestCase):
    def test_environment_wins_and_local_paths_and_logins_stay_behind(self) -> None:
        lines = [
            ":env:.timeout='180'",
            "global.timeout='15'",
            "global.cert='/home/me/ca.crt'",
            "global.find-links='/opt/wheels'",
            "global.index-url='https://me:secret@packages.example/simple'",
            "global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'",
        ]
        with contextlib.redirect_stderr(io.StringIO()) as said:
            result = pip_settings.settings(lines)
        self.assertIn("packages.example", said.getvalue())
        self.assertNotIn("secret", said.getvalue())
        self.assertEqual(
            result,
            {
                "timeout": "180",
                "extra-index-url": "https://one.example/simple https://two.example/simple",
            },
        )


if __name__ == "__main__":
    unittest.main()
