"""Reads an archive as docs/reference/archive.md describes it, without the tool.

python3 read_archive.py FOLDER              prints the results that count, one a line
python3 read_archive.py FOLDER UNIT TARGET  writes the outputs of a unit's newest result below TARGET
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

SEGMENT = re.compile(r"([0-9a-f]{32})-(\d{10})-([0-9a-f]{16})\.jsonl")
FORMAT = 1


class Archive:
    """The union of all segments that count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        mark = json.loads((folder / "pipeline-archive.json").read_text())
        if mark["format"] > FORMAT:
            raise SystemExit(f"format {mark['format']} is not known")
        self.id = mark["id"]
        self.results: list[dict[str, Any]] = []
        self.objects: dict[str, list[dict[str, Any]]] = {}
        removed: set[str] = set()
        counted: dict[tuple[str, int], set[str]] = {}
        for name in sorted(p.name for p in (folder / "history").iterdir()):
            if match := SEGMENT.fullmatch(name):
                removed |= self._read(name, match, counted)
        for digest, places in self.objects.items():
            self.objects[digest] = [p for p in places if p["path"] not in removed]

    def _read(self, name: str, match: re.Match[str], counted: dict[tuple[str, int], set[str]]) -> set[str]:
        """Take in one segment; return the paths that it calls removed."""
        content = (self.folder / "history" / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        writer, number = match[1], int(match[2])
        lines = [json.loads(line) for line in content.splitlines()]
        head = lines[0]
        follows = head["previous"] in counted.get((writer, number - 1), set())
        if (
            not digest.startswith(match[3])
            or (head["archive"], head["writer"], head["number"]) != (self.id, writer, number)
            or lines[-1].get("end") != len(lines) - 1
            or not (follows or (number == 1 and head["previous"] is None))
        ):
            return set()
        counted.setdefault((writer, number), set()).add(digest)
        removed = set()
        for line in lines[1:-1]:
            ((kind, value),) = line.items()
            if kind == "object":
                self.objects.setdefault(value["digest"], []).append(value)
            elif kind == "result":
                self.results.append(value)
            elif kind == "removed":
                removed.add(value)
        return removed

    def content(self, digest: str) -> bytes:
        """The content of a digest, from the first place where it is whole."""
        for place in self.objects.get(digest, []):
            file = self.folder / place["path"]
            if not file.exists():
                continue
            with file.open("rb") as opened:
                opened.seek(place["offset"] or 0)
                content: bytes = opened.read(place["size"])
            if hashlib.sha256(content).hexdigest() == digest:
                return content
        raise SystemExit(f"{digest} is not in the archive")


def main() -> None:
    """Print results, or write the outputs of one."""
    archive = Archive(Path(sys.argv[1]))
    if len(sys.argv) == 2:
        for result in archive.results:
            print(result["unit"], result["milliseconds"], result["author"]["user"])
        return
    found = [r for r in archive.results if r["unit"] == sys.argv[2]]
    for output in max(found, key=lambda r: r["made"])["outputs"]:
        if output["form"] == "folder":
            continue
        target = Path(sys.argv[3]) / output["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.content(output["digest"]))


if __name__ == "__main__":
    main()
