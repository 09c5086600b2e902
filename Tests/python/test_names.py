"""Safe names: the vectors that Swift and Python share, and the properties that they stand for."""

import json
import sys
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "site")]

from pipeline.names import safe, unsafe

import figures.names

VECTORS = json.loads((PROJECT / "pipeline" / "names-vectors.json").read_text())


class SafeNames(unittest.TestCase):
    def test_vectors(self):
        for value, name in VECTORS:
            with self.subTest(value=value):
                self.assertEqual(safe(value), name)
                self.assertEqual(unsafe(name), value)

    def test_the_site_encodes_as_the_tool_does(self):
        for value, name in VECTORS:
            with self.subTest(value=value):
                self.assertEqual(figures.names.safe(value), name)

    def test_every_single_byte_character_comes_back_and_is_portable(self):
        for code in range(0x180):
            value = chr(code) + "a" + chr(code)
            name = safe(value)
            self.assertEqual(unsafe(name), value)
            self.assertRegex(name, r"\A[A-Za-z0-9_+,=@~()%.-]+\Z")
            self.assertNotIn(name[0], ".-")

    def test_names_that_safe_never_makes_are_refused(self):
        for name in ("%", "%4", "%3a", "%41", "a%", "a%zz", "a b", ".x", "-x", "a:b", "%FF"):
            with self.subTest(name=name), self.assertRaises(ValueError):
                unsafe(name)


if __name__ == "__main__":
    unittest.main()
