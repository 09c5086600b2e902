"""A data folder, reached folder by folder."""
import errno
import hashlib
import os
import stat

from slot_names import ASIDE, Refused, plain


class Slot:
    """A data folder below the root. Paths are below it, with slashes, and cannot leave it."""

    def __init__(self, job, name):
        self.job = job
        self.name = name
        self.names = plain(name)
        self.open_folders = {}
        self.looked = None

    def base(self, make=False):
        """The slot's own folder; None where there is none."""
        if "" not in self.open_folders:
            found = self.job.root(make)
            if found is None:
                return None
            found = self.job.enter(os.dup(found), self.names, make)
            if found is None:
                return None
            self.open_folders[""] = found
        return self.open_folders[""]

    def above(self):
        """The folder that holds the slot's own, and its name there."""
        if not self.names:
            raise Refused("blocked", by=self.job.job["root"])
        return self.job.enter(os.dup(self.job.root(True)), self.names[:-1], False), self.names[-1]

    def folder(self, path, make=False):
        """A folder in the slot; None where there is none."""
        if path == "":
            return self.base(make)
        if path in self.open_folders:
            return self.open_folders[path]
        above, _, name = path.rpartition("/")
        parent = self.folder(above, make)
        if parent is None:
            return None
        if name in ("", ".", "..") or "\0" in name:
            raise Refused("badName", name=path)
        found = self.job.enter(os.dup(parent), [name], make, path)
        if found is None:
            return None
        self.open_folders[path] = found
        return found

    def close(self):
        for descriptor in self.open_folders.values():
            os.close(descriptor)
        self.open_folders = {}

    def forget(self, path):
        for known in [k for k in self.open_folders if k == path or k.startswith(path + "/")]:
            os.close(self.open_folders.pop(known))

    def split(self, path):
        above, _, name = path.rpartition("/")
        if name in ("", ".", "..") or "\0" in name:
            raise Refused("badName", name=path)
        return above, name

    def status(self, path):
        above, name = self.split(path)
        parent = self.folder(above)
        if parent is None:
            return None
        try:
            return os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self, path):
        above, name = self.split(path)
        parent = self.folder(above)
        if parent is None:
            return None
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        except (FileNotFoundError, IsADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return None
        return os.fdopen(descriptor, "rb")

    def content(self, path):
        """A small file of the tool's own; None where there is none."""
        source = self.open(path)
        if source is None:
            return None
        with source:
            return source.read(1 << 16)

    def write(self, path, chunks, name=None):
        """Writes to a temporary path, synchronises, and gives the name; the digest of what was written."""
        above, last = self.split(path)
        parent = self.folder(above)
        if parent is None:
            raise Refused("missing", path=path)
        aside = name or ASIDE + hashlib.sha256(path.encode()).hexdigest()[:12]
        return self.job.write(parent, aside, last, chunks)

    def replace(self, path, data):
        above, last = self.split(path)
        self.job.replace(self.folder(above), last, data)
