"""What a statement of SQL does to its database, and to files that DuckDB names."""

from __future__ import annotations

import re

_CHANGES = re.compile(r"(?i)\b(insert|update|delete|create|drop|alter|replace\s+into|attach|vacuum)\b")
_COPY_TO = re.compile(r"(?is)\bcopy\b.*?\bto\s+'([^']+)'")
_FROM = re.compile(
    r"(?i)(?:\bfrom\s+|\bjoin\s+|read_(?:csv|parquet|json)(?:_auto)?\s*\(\s*)'([^']+\.(?:csv|tsv|parquet|json|feather|gz|arrow)[^']*)'"
)


def changes(statement: str) -> bool:
    return bool(_CHANGES.search(statement))


def written_files(statement: str) -> list[str]:
    return _COPY_TO.findall(statement)


def read_files(statement: str) -> list[str]:
    return _FROM.findall(statement)
