"""Writes the part of this machine's pip settings that a container can use.

usage: pip_settings.py OUTPUT < `pip config list`

What names a local path stays behind (the certificate bundle is copied apart, see base_image.sh),
and so does an address that holds a password: the file becomes part of an image.
"""

import ast
import configparser
import sys
from urllib.parse import urlsplit

ADDRESSES = {"index-url", "extra-index-url", "find-links", "proxy"}
PLAIN = {"trusted-host", "timeout", "default-timeout", "retries"}
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def usable(address: str) -> bool:
    """Whether an address means the same in a container and gives no secret away."""
    parts = urlsplit(address)
    if parts.username or parts.password:
        print(f'pip address of "{parts.hostname}" left out: it holds a login', file=sys.stderr)
        return False
    return parts.scheme in ("http", "https") and parts.hostname not in ("localhost", "127.0.0.1")


def settings(lines: list[str]) -> dict[str, str]:
    """Reads `pip config list`: `SECTION.KEY='VALUE'`; an environment variable wins over a file."""
    result: dict[str, str] = {}
    # A stable sort: global first, then install, then the environment.
    order = {"global": 0, "install": 1, ":env:": 2}
    parsed = []
    for line in lines:
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        if section in order:
            parsed.append((order[section], key, str(ast.literal_eval(value))))
    for _, key, value in sorted(parsed, key=lambda entry: entry[0]):
        if key in ADDRESSES:
            kept = [address for address in value.split() if usable(address)]
            if kept:
                result[key] = " ".join(kept)
        elif key in PLAIN:
            result[key] = value
    return result


def main() -> None:
    """Reads standard input, writes the file named by the argument."""
    config = configparser.RawConfigParser()
    config["global"] = {
        **settings(sys.stdin.read().splitlines()),
        "cert": BUNDLE,
        "disable-pip-version-check": "true",
        "root-user-action": "ignore",
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        config.write(file)


if __name__ == "__main__":
    main()
