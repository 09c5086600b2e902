"""Programs that stand in documents: notebooks, Quarto and R Markdown."""

from __future__ import annotations

import json
import re

_CHUNK = re.compile(r"^(`{3,})\s*\{\s*(\w+)([^}]*)\}\s*$")


def notebook(text: str) -> tuple[str, str]:
    """Language ("python", "r" or another) and the code of all cells."""
    try:
        document = json.loads(text)
    except ValueError:
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    info = document.get("metadata", {})
    kernel = info.get("kernelspec", {}) if isinstance(info, dict) else {}
    language = str(kernel.get("language", "python") or "python").lower() if isinstance(kernel, dict) else "python"
    lines: list[str] = []
    for cell in document.get("cells", []):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        code = "".join(source) if isinstance(source, list) else str(source)
        if code.lstrip().startswith("%%") and not code.lstrip().startswith(("%%time", "%%capture")):
            continue
        for line in code.split("\n"):
            lines.append(re.sub(r"^(\s*)[%!?].*$", r"\1pass", line))
    return language, "\n".join(lines)


def chunks(text: str) -> dict[str, str]:
    """The code of each language, joined; lines keep their numbers."""
    found: dict[str, list[str]] = {}
    fence, language = "", ""
    for number, line in enumerate(text.split("\n")):
        opened = _CHUNK.match(line)
        if not fence and opened:
            fence, language = opened.group(1), opened.group(2).lower()
            for other in found.values():
                other.append("")
            found.setdefault(language, [""] * (number + 1))
            if re.search(r"eval\s*=\s*F", opened.group(3)):
                language = "_"
            continue
        if fence and line.strip() == fence:
            fence = ""
        for name, lines in found.items():
            lines.append(line if fence and name == language and not line.startswith("#|") else "")
    return {name: "\n".join(lines) for name, lines in found.items()}
