"""Every command of the guide is run, each page in a scratch project of its own."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import catalogue
import compare
import pages
from runner import take

NOT_RUN = Path(__file__).resolve().parent / "not-run.txt"


class Guide(unittest.TestCase):
    """A test for each page that has commands."""

    def page(self, name: str) -> None:
        page = pages.read(name)
        if lack := catalogue.lacks(page):
            self.skipTest(f"{lack} is not set: this machine has not what the page needs")
        project = catalogue.project(page)
        self.addCleanup(project.end)
        self.assertGreater(take(page, project), 0)

    def test_first_steps(self) -> None:
        """The stranger's path: a fresh clone, a site, a changed figure on its page, and back."""
        self.page("first-steps")

    def test_ask(self) -> None:
        self.page("ask")

    def test_beanstalk(self) -> None:
        self.page("beanstalk")

    def test_change_a_figure(self) -> None:
        self.page("change-a-figure")

    def test_choose_data(self) -> None:
        self.page("choose-data")

    def test_compile(self) -> None:
        self.page("compile")

    def test_configuration(self) -> None:
        self.page("configuration")

    def test_data_by_hand(self) -> None:
        self.page("data-by-hand")

    def test_days(self) -> None:
        self.page("days")

    def test_ecs(self) -> None:
        self.page("ecs")

    def test_exit_codes(self) -> None:
        self.page("exit-codes")

    def test_operate(self) -> None:
        self.page("operate")

    def test_packs_and_links(self) -> None:
        self.page("packs-and-links")

    def test_preview(self) -> None:
        self.page("preview")

    def test_recover(self) -> None:
        self.page("recover")

    def test_reload(self) -> None:
        self.page("reload")

    def test_report(self) -> None:
        self.page("report")

    def test_roll_back(self) -> None:
        self.page("roll-back")

    def test_route_bucket(self) -> None:
        self.page("route-bucket")

    def test_second_operator(self) -> None:
        self.page("second-operator")

    def test_slurm(self) -> None:
        self.page("slurm")

    def test_static(self) -> None:
        self.page("static")

    def test_sync_data(self) -> None:
        self.page("sync-data")


class Pages(unittest.TestCase):
    """What holds for the pages without running them."""

    def test_every_page_with_commands_is_run(self) -> None:
        for name in pages.names():
            has_test = hasattr(Guide, "test_" + name.replace("-", "_"))
            has_commands = any(step.not_run is None for step in pages.read(name).steps)
            self.assertEqual(has_test, has_commands, name)

    def test_what_is_not_run_is_listed(self) -> None:
        """Nothing is left out silently: a new exception changes this list."""
        lines = []
        for name in pages.names():
            for step in pages.read(name).steps:
                for word, reason in (("not run", step.not_run), ("not compared", step.not_compared)):
                    if reason is not None:
                        lines.append(f"{name}: {step.shell.splitlines()[0]}: {word}: {reason}\n")
        if os.environ.get("PIPELINE_WRITE_REFERENCE") == "1":
            NOT_RUN.write_text("".join(lines))
        self.assertEqual(NOT_RUN.read_text(), "".join(lines))
        print(f"{len(lines)} blocks of the guide are left out; see {NOT_RUN.name}")

    def test_commands_without_a_mark_are_refused(self) -> None:
        for block in ("```\n$ pipeline plan\n```\n", "```\npipeline plan\n```\n", "```bash\nls\n```\n"):
            with self.assertRaises(pages.PageError, msg=block):
                pages.parse("page", block)

    def test_a_comment_that_says_nothing_is_refused(self) -> None:
        with self.assertRaises(pages.PageError):
            pages.parse("page", "<!-- nut run: a typing error -->\n")

    def test_steps_of_a_page(self) -> None:
        page = pages.parse(
            "page",
            "<!-- project: tiny -->\n<!-- first: a -->\n<!-- exit: 3 -->\n```sh\nb\n```\n\n```\nc\n```\n"
            "<!-- then: d -->\n\n```console\n$ e\nf\n$ g\n```\n",
        )
        self.assertEqual(page.project, "tiny")
        first, second, third = page.steps
        self.assertEqual((first.shell, first.exit, first.expected), ("b\n", 3, "c\n"))
        self.assertEqual((first.first, first.then), (["a"], ["d"]))
        self.assertEqual((second.shell, second.expected, third.expected), ("e", "f\n", None))

    def test_numbers_times_and_digests_may_differ_and_words_may_not(self) -> None:
        expected = "✓ sync  1 ran, slot a: 331 sent, 1.2 GB in 38s  4m 9s\n…\nb03637418692 done\n"
        printed = "note\n✓ sync  2 ran, slot c: 1,005 sent, 11 B in 0.3s  3.4s\nmore\n0f1c2a77ab10 done\n"
        self.assertIsNone(compare.missing(expected, printed))
        self.assertEqual(compare.missing("first\nsecond\n", "second\nfirst\n"), "second")
        self.assertEqual(compare.missing("✓ deploy  1 ran\n", "✗ deploy  1 failed\n"), "✓ deploy  1 ran")


if __name__ == "__main__":
    unittest.main()
