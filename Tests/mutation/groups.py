"""The groups of `groups.json`: files to break, and the tests that are to notice."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GROUPS = Path(__file__).resolve().parent / "groups.json"


@dataclass(frozen=True)
class Group:
    """Files to break, and the tests that are to notice."""

    name: str
    files: list[str]
    tests: str
    is_thorough: bool


def read_groups(names: list[str]) -> list[Group]:
    table = json.loads(GROUPS.read_text(encoding="utf-8"))
    unknown = set(names) - set(table)
    if unknown:
        sys.exit(f"no such group: {', '.join(sorted(unknown))}; groups: {', '.join(table)}")
    groups = []
    for name, entry in table.items():
        if names and name not in names:
            continue
        files: list[str] = []
        for pattern in entry["files"]:
            found = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
            if not found:
                sys.exit(f"{name}: no file is named {pattern}")
            files += [file for file in found if file not in files]
        groups.append(Group(name, files, entry["tests"], entry.get("thorough", False)))
    return groups
