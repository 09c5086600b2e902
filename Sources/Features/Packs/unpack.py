"""Unpacks a tar or zip archive into an empty folder: python3 - ARCHIVE FOLDER

All members are looked at before anything is written. Then folders are made, files are written, and links
come last, so that nothing is ever written through a link. Hard links become files of their own.

Exit 3 with `REASON NUL MEMBER` on standard output for an archive that is refused.
"""

import os
import posixpath
import shutil
import stat
import sys
import tarfile
import zipfile
import zlib
from lzma import LZMAError


class Refused(Exception):
    def __init__(self, reason, member):
        super().__init__(reason, member)
        self.reason, self.member = reason, member


class Member:
    def __init__(self, name, kind, mode, target=None, info=None):
        self.name, self.kind, self.mode = name, kind, mode
        self.target, self.info = target, info


def safe_name(written):
    """The path without `.` and doubled slashes; empty for the top."""
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("name", written) from None
    if written.startswith("/"):
        raise Refused("absolute", written)
    parts = [part for part in written.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refused("dots", written)
    return "/".join(parts)


class Tar:
    def __init__(self, path):
        self.archive = tarfile.open(path, "r:*", encoding="utf-8", errors="surrogateescape")

    def members(self):
        for info in self.archive:
            if info.isdir():
                kind = "folder"
            elif info.issym():
                kind = "link"
            elif info.isreg() or info.islnk():
                kind = "file"
                if info.islnk():
                    try:
                        safe_name(info.linkname)
                    except Refused:
                        raise Refused("outside", info.name) from None
            else:
                raise Refused("kind", info.name)
            yield Member(info.name, kind, info.mode, info.linkname, info)

    def open(self, member):
        try:
            return self.archive.extractfile(member.info)
        except KeyError:
            raise Refused("outside", member.name) from None

    def finish(self):
        # The checksum of a compressed stream is behind the end of the archive.
        while self.archive.fileobj.read(1 << 20):
            pass


class Zip:
    UTF8, ENCRYPTED = 0x800, 0x1

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)

    def members(self):
        for info in self.archive.infolist():
            if info.flag_bits & self.ENCRYPTED:
                raise Refused("encrypted", info.filename)
            if not info.filename.isascii() and not info.flag_bits & self.UTF8:
                raise Refused("name", info.filename)
            # Archives made on other systems leave the mode out.
            mode = info.external_attr >> 16
            kind = stat.S_IFMT(mode)
            if info.is_dir():
                yield Member(info.filename, "folder", mode or 0o755)
            elif kind == stat.S_IFLNK:
                target = os.fsdecode(self.archive.read(info))
                yield Member(info.filename, "link", mode, target)
            elif kind in (0, stat.S_IFREG):
                yield Member(info.filename, "file", mode or 0o644, None, info)
            else:
                raise Refused("kind", info.filename)

    def open(self, member):
        return self.archive.open(member.info)

    def finish(self):
        pass


def checked(archive):
    """The members by their paths; of two with one path the last one counts, as for tar(1)."""
    members = {}
    for member in archive.members():
        path = safe_name(member.name)
        if path:
            members[path] = member
    for path, member in members.items():
        parts = path.split("/")
        for count in range(1, len(parts)):
            above = members.get("/".join(parts[:count]))
            if above and above.kind != "folder":
                raise Refused("parent", member.name)
        if member.kind == "link":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), member.target))
            if member.target.startswith("/") or target.split("/")[0] == "..":
                raise Refused("outside", member.name)
    return members


def unpack(archive, root):
    members = checked(archive)
    folders = [path for path, member in members.items() if member.kind == "folder"]
    for path in sorted(folders):
        os.makedirs(os.path.join(root, path), exist_ok=True)
    for path, member in members.items():
        place = os.path.join(root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if member.kind == "file":
            with archive.open(member) as source, open(place, "xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            # Readable for the one who packs it, and inside a pack for root in any case.
            os.chmod(place, member.mode & 0o777 | 0o400)
    archive.finish()
    links = [(path, member) for path, member in members.items() if member.kind == "link"]
    for path, member in links:
        os.symlink(member.target, os.path.join(root, path))
    # A chain of links, each of which stays inside by its name, may still lead out.
    top = os.path.realpath(root)
    for path, member in links:
        real = os.path.realpath(os.path.join(root, path))
        if real != top and not real.startswith(top + os.sep):
            raise Refused("outside", member.name)
    for path in folders:
        os.chmod(os.path.join(root, path), members[path].mode & 0o777 | 0o700)


def main(path, root):
    os.umask(0o022)
    try:
        unpack(Zip(path) if path.lower().endswith(".zip") else Tar(path), root)
    except Refused as refused:
        answer = (refused.reason, refused.member)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, LZMAError) as error:
        answer = ("damaged", str(error) or type(error).__name__)
    except OSError as error:
        # gzip.BadGzipFile has no number; a full disk has one, and is no fault of the archive.
        if error.errno is not None:
            sys.exit(str(error))
        answer = ("damaged", str(error))
    else:
        return
    sys.stdout.buffer.write("\0".join(answer).encode("utf-8", "surrogateescape"))
    sys.exit(3)


main(*sys.argv[1:])
