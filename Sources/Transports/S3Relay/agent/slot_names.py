"""Names of the tool's own files, and what is refused."""
import os

ASIDE = ".pipeline-aside-"
MARKER = ".pipeline-release.json"
FILLING = ".pipeline-filling"
FENCE = ".pipeline-fence"
OWN = (MARKER, FILLING, FENCE, ASIDE + "marker", ASIDE + "fence")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
CHUNK = 1 << 20


class Refused(Exception):
    """Why an operation could not be done, for the other side to understand."""

    def __init__(self, kind, **facts):
        super().__init__(kind)
        self.facts = {"kind": kind, **facts}


def plain(path):
    """The names of a path, none of which leads elsewhere."""
    names = [name for name in path.split("/") if name]
    if any(name in (".", "..") or "\0" in name for name in names):
        raise Refused("badName", name=path)
    return names
