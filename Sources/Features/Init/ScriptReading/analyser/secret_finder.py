"""Credentials in texts: where they are, never what they are."""

from __future__ import annotations

import re

_FORMS = [
    ("AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("AWS secret key", re.compile(r"(?i)aws_?secret_?(?:access_?)?key\W{1,6}[A-Za-z0-9/+=]{40}\b")),
    ("private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("Google key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("Stripe key", re.compile(r"\b[sr]k_live_[0-9A-Za-z]{16,}")),
    (
        "token of a service",
        re.compile(r"\b(?:hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{32,}|glpat-[A-Za-z0-9_-]{20,}|pypi-[A-Za-z0-9_-]{40,})"),
    ),
    ("password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"<>$]{1,64}:([^\s/@'\"<>$]{3,64})@(?!\W)")),
    (
        "token",
        re.compile(r"(?i)(?:\b|_)(?:token|api_?key|secret)\b[\"']?\s*[:=]\s*[\"']?((?=[^\s\"']*\d)[A-Za-z0-9_./+=-]{20,})"),
    ),
    (
        "password",
        re.compile(
            r"(?i)(?:\b|_)(?:password|passwd|pwd|secret|secret_key|api_?key|access_?token|auth_?token|passphrase|access_?code)\b[\"']?\s*(?:[:=]|<-|=>)\s*[\"']?([^\s\"'#,;)}]{4,})"
        ),
    ),
]
_NO_SECRET = re.compile(
    r"(?i)^(?:\$|<|\{|%|\*+$|x{3,}|\.\.\.|your|my|change[-_]?me|example|placeholder|none|null|true|false|os\.|env|getenv|sys\.|process\.|var\.|input|"
    r"self\.|config|settings|str|string|required|optional|todo|fill|secret|password|postgres|test|dummy|args|st\.|aws_|arn:|data\.|local\.|module\.|"
    r"!|&|\(|\[|parser|request|getpass|secrets\.|keyring|default|prompt|token|key|user|username|root|admin$|http|/)"
)


def credentials(path: str, text: str) -> list[dict]:
    """`{"file", "line", "kind"}` for each line that holds one."""
    found: list[dict] = []
    if path.endswith((".ipynb", ".lock", ".svg", ".min.js", ".css")):
        text = "\n".join(line for line in text.split("\n") if len(line) < 2000)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 4000:
            continue
        for kind, form in _FORMS:
            match = form.search(line)
            if not match:
                continue
            value = match.group(1) if form.groups else ""
            if form.groups and (
                _NO_SECRET.match(value) or "(" in value or value.endswith(("example", "EXAMPLE")) or "${" in value
            ):
                continue
            if kind == "password" and (
                path.endswith((".md", ".txt", ".rst", ".html", ".js", ".ts")) and not re.search(r"\d", value)
            ):
                continue
            if "EXAMPLE" in match.group(0):
                continue
            found.append({"file": path, "line": number, "kind": kind})
            break
    return found
