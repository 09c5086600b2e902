"""Phrases that a reader stumbles over, and what to write instead.

    python3 Tests/rules/check_prose.py [--counts] [FOLDER]

Looks through the pages, the texts and comments of the sources and the tests. Prints each place with its phrase and the
replacement, and exits with 1 if there is any; with `--counts` only how often each phrase stands there.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

# What is looked for (any white space between words), and what to write.
PHRASES: dict[str, str] = {
    r"(has|have) shown that it is (well|healthy)|until it is well|does not get well": "passes its health checks",
    r"cut files?\b|files? (that is|that are) cut\b|cut short": "truncated",
    r"the way to the data|way to the slots?": "the transport, the connection",
    r"hangs? on(?! to)\b": "depends on",
    r"no run goes on|a run goes on|the run goes on|run that goes on|goes on for": "idle; is running",
    r"beside what (runs|ran)|alongside what runs": "alongside release N",
    r"as the project is now": "up to date",
    r"holds? no (more|longer)(?! files)": "is stale, is no longer valid",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(is|are|was|were|be) told\b|\btells? the person": "is reported, prints",
    r"one too many": "unexpected argument",
    r"the slot's word|takes? (the|its) word away|word away": "the slot's marker file",
    r"is left and costs": "a leftover server is still billed",
    r"(?<![\"{(])\bspared\b(?![\")}])|the store spares": "cache hits, saved",
    r"leaves the house": "before you share it",
    r"(?<![\"\'])\baside\b(?![\"\':])": "temporary path, staging",
    r"is the matter of|are the matter of": "otherwise … applies",
    r"at the pace of|as it took before": "last measured throughput; from earlier runs",
    r"that is there already|what is there already": "existing",
    r"what travels|which files travel|\btravels?\b": "is uploaded, is sent",
    r"nobody (is |was )?asked\b|neither \w+ nor \w+ (is|are|was|were) asked": "makes no calls to",
    r"back to the version before": "rolls back",
    r"in good order": "stopped gracefully",
    r"give (the same command|the command|it) again": "run the same command again",
    r"shared with another slot": "hard-linked",
    r"attempted nothing": "nothing to do",
    r"something outside differs": "drift",
    r"in all about": "estimated",
    r"takes? (it|them|the update|that) up\b|\btaken up\b": "resumes",
    r"\bsays so\b|\bsaying so\b": "prints it, reports it",
    r"\bwho(m)?ever\b": "anyone who, the user who",
    r"\bthereof\b|\bhither\b|\blest\b|\bbeforehand\b|\banew\b": "plain words: again, before",
    r"\bgoes? on where\b|\bgoes? on from there\b|went on where|same command (goes|went) on": "resumes",
    r"what it is to do|\bis to be done|nothing else is to be": "what it has to do",
    r"\b(the|by|own) books\b": "records",
    r"does not fit(?= ?\\?\")": "invalid value",
    r"\b(is|are|be|gets?|not) well\b(?! (known|formed|below|above))": "is healthy, passes its checks, responds",
    r"\b(make|makes|made|take|takes|taken) (the|a) way\b|the way down\b|was a way to": "opens, closes the connection",
    r"\bsays? itself\b": "decides, lists, records",
    r"famil(y|ies) of units|stages? (and|or) (a )?famil(y|ies)": "rule",
}

_SEARCHED = ("*.md", "*.swift", "*.py", "*.sh", "*.yaml", "*.txt", "*.js", "*.html", "*.c", "*.h", "*.css")
_FOLDERS = ("docs", "Sources", "Tests", "scripts", "benchmarks", "site", "pipeline")
# This list itself, its tests, other people's code, and recorded answers of other programs.
_EXEMPT = ("Tests/rules/check_prose.py", "Tests/scripts/test_prose.py", "/vendor/", "requirements", "/node_modules/")


def compiled() -> list[tuple[re.Pattern[str], str, str]]:
    return [
        (re.compile(pattern.replace(" ", r"[\s/*#\">]+"), re.IGNORECASE), pattern, advice)
        for pattern, advice in PHRASES.items()
    ]


def files(root: Path) -> list[Path]:
    found = [path for pattern in _SEARCHED for path in root.glob(pattern)]
    for folder in _FOLDERS:
        found += [path for pattern in _SEARCHED for path in (root / folder).rglob(pattern)]
    found += [path for path in (root / "scripts").glob("*") if path.is_file() and not path.suffix]
    names = {path: path.relative_to(root).as_posix() for path in found if path.is_file() and not path.is_symlink()}
    return sorted(path for path, name in names.items() if not any(part in name for part in _EXEMPT))


# Comments and texts of a program; everything else is code. Longest forms first.
_STRING = r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"'
_C_LIKE = re.compile(rf"//[^\n]*|/\*(?:.|\n)*?\*/|{_STRING}|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`")
_SHELL_LIKE = re.compile(rf"(?m)(?:^|(?<=\s))#[^\n]*|{_STRING}|'(?:\\.|[^'\\\n])*'")
_FORMS = {".swift": _C_LIKE, ".js": _C_LIKE, ".c": _C_LIKE, ".h": _C_LIKE, ".css": _C_LIKE, ".py": _SHELL_LIKE}


def prose_of(text: str, suffix: str) -> str:
    """The text with everything blanked that is no prose: code, names of files, what stands between backticks."""
    if form := _FORMS.get(suffix):
        parts, end = [], 0
        for match in form.finditer(text):
            parts += [_blank(text[end : match.start()]), match[0]]
            end = match.end()
        text = "".join([*parts, _blank(text[end:])])
    if suffix == ".swift":
        text = re.sub(r"\\\((?:[^()\n]|\([^()\n]*\))*\)", lambda match: _blank(match[0]), text)
    if suffix != ".js":
        text = re.sub(r"`[^`\n]*`", lambda match: _blank(match[0]), text)
    return re.sub(r"\w*(?:[/_]|\.\w|-\w)[\w./-]*", lambda match: _blank(match[0]), text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def findings(root: Path) -> list[tuple[str, int, str, str, str]]:
    """Place, line, phrase as it stands there, pattern, advice."""
    found = []
    phrases = compiled()
    for path in files(root):
        text = prose_of(path.read_text(encoding="utf-8", errors="replace"), path.suffix)
        for pattern, name, advice in phrases:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append((path.relative_to(root).as_posix(), line, " ".join(match[0].split()), name, advice))
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--counts", action="store_true")
    options = parser.parse_args()
    found = findings(options.folder)
    if options.counts:
        counts = Counter(name for _, _, _, name, _ in found)
        for name, advice in PHRASES.items():
            print(f"{counts[name]:>5}  {name}  ->  {advice}")
        print(f"{len(found):>5}  in all")
    else:
        for place, line, phrase, _, advice in found:
            print(f'{place}:{line}: "{phrase}": {advice}')
        print(f"{len(found)} phrases to replace" if found else "no phrase to replace")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
