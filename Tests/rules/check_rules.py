"""Rules of the sources that the compiler cannot hold.

Prints each line of `Sources` that breaks one, with its rule, and exits with 1 if there is any:

    python3 Tests/rules/check_rules.py [FOLDER]

- **unanswered**: a `try?` turns "could not be read" into "is not there". It needs its reason on the same line, as a comment
  `// try?: why nil is safe`.
- **claim**: a message that says what still runs or answers follows a look made after the event. The look stands in a
  comment that begins with `// Looked at:` on the same line or directly above.
- **words**: command lines are taken apart by `Sources/Terminal/Arguments` alone.
- **ours**: what is removed from a disk is ours. The reason stands in a comment with the word `ours`, on the same line or
  directly above.
"""

import re
import sys
from pathlib import Path

TRY = re.compile(r"\btry\?")
TEXT = re.compile(r'"(?:\\.|[^"\\])*"')
SAFE = re.compile(r"^\s*try\?: \S")
CLAIM = re.compile(r'"[^"]*\b(goes on answering|goes on running|still answers|keeps answering)\b')
WORDS = re.compile(r"\bCommandLine\.arguments\b")
REMOVAL = re.compile(r"\bFileSystem\.remove\w*\(|\b(unlinkat|unlink|rmdir)\(")


def code_of(line: str) -> str:
    """The line without texts and without a comment at its end."""
    return TEXT.sub('""', line).split("//", 1)[0]


def comment_of(line: str) -> str:
    """The comment at the end of the line; empty where there is none."""
    return TEXT.sub('""', line).partition("//")[2]


def has_reason(lines: list[str], number: int, pattern: re.Pattern[str]) -> bool:
    """Whether a comment that fits stands on the line, or on the comment lines directly above its statement."""
    if pattern.search(comment_of(lines[number])):
        return True
    above = number - 1
    while above >= 0 and lines[above].lstrip().startswith("//"):
        if not lines[above].lstrip().startswith("///") and pattern.search(lines[above]):
            return True
        above -= 1
    return False


def findings(path: Path, root: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    place = path.relative_to(root).as_posix()
    found: list[str] = []

    def report(number: int, rule: str, advice: str) -> None:
        found.append(f"{place}:{number + 1}: {rule}: {advice}\n    {lines[number].strip()}")

    for number, line in enumerate(lines):
        if line.lstrip().startswith("//"):
            continue
        code = code_of(line)
        if TRY.search(code) and not SAFE.search(comment_of(line)):
            advice = "tell absent from unknown, or say on this line why nil is safe: // try?: …"
            report(number, "unanswered", advice)
        if CLAIM.search(line) and not has_reason(lines, number, re.compile(r"Looked at: ")):
            report(number, "claim", "look after the event, and say where: // Looked at: …")
        if WORDS.search(code) and place != "Sources/pipeline/main.swift":
            report(number, "words", "take what Arguments has parsed")
        is_primitive = place.startswith("Sources/Base/Posix/")
        if (
            REMOVAL.search(code)
            and not is_primitive
            and not has_reason(lines, number, re.compile(r"\b[Oo]urs\b"))
        ):
            report(number, "ours", "say by what this place is known to be ours")
    return found


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    files = sorted((root / "Sources").rglob("*.swift"))
    if not files:
        print(f"no Swift sources below {root / 'Sources'}")
        return 1
    found = [finding for path in files for finding in findings(path, root)]
    print("\n".join(found) if found else f"{len(files)} files, no finding")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
