"""The folder that holds the slots: how it is reached, and how a file in it is written."""
import errno
import hashlib
import os

from slot import Slot
from slot_names import ASIDE, FOLDER, MARKER, Refused, plain
from stores import Pack


class Root:
    def __init__(self, job, store):
        self.job = job
        self.store = store
        self.slots = {}
        self.packs = {}
        self.root_folder = None
        self.looked = None

    def _own(self, descriptor):
        owner = self.job.get("owner")
        if owner and os.geteuid() == 0:
            os.fchown(descriptor, owner[0], owner[1])

    def enter(self, folder, names, make, shown=None):
        """The folder below one, which is closed; None where there is none. No link is followed."""
        for name in names:
            try:
                inner = os.open(name, FOLDER, dir_fd=folder)
            except FileNotFoundError:
                if not make:
                    os.close(folder)
                    return None
                os.mkdir(name, 0o755, dir_fd=folder)
                inner = os.open(name, FOLDER, dir_fd=folder)
                self._own(inner)
            except OSError as error:
                os.close(folder)
                if error.errno in (errno.ENOTDIR, errno.ELOOP):
                    raise Refused("blocked", by=shown or name)
                raise
            os.close(folder)
            folder = inner
        return folder

    def root(self, make=False):
        """The folder that holds the slots, reached from the mount point; None where there is none."""
        if self.root_folder is None:
            root = self.job["root"]
            mounted = self.job.get("mount")
            point = mounted["point"] if mounted else os.path.dirname(root.rstrip("/"))
            if not (root + "/").startswith(point.rstrip("/") + "/"):
                raise Refused("badName", name=root)
            names = plain(root[len(point.rstrip("/")):])
            start = os.open(point, os.O_RDONLY | os.O_DIRECTORY)
            self.root_folder = self.enter(start, names, make)
        return self.root_folder

    def write(self, parent, aside, last, chunks):
        try:
            os.unlink(aside, dir_fd=parent)
        except FileNotFoundError:
            pass
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(aside, flags, 0o644, dir_fd=parent)
        digest = hashlib.sha256()
        try:
            for chunk in chunks:
                digest.update(chunk)
                view = memoryview(chunk)
                while view:
                    view = view[os.write(descriptor, view) :]
            os.fchmod(descriptor, 0o644)
            self._own(descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return parent, aside, last, digest.hexdigest()

    def replace(self, parent, last, data):
        aside = ASIDE + ("marker" if last == MARKER else last.rpartition("-")[2])
        self.write(parent, aside, last, [data])
        os.rename(aside, last, src_dir_fd=parent, dst_dir_fd=parent)
        os.fsync(parent)

    def slot(self, name):
        if name not in self.slots:
            self.slots[name] = Slot(self, name)
        return self.slots[name]

    def pack(self, name):
        if name not in self.packs:
            self.packs[name] = Pack(self.store, name)
        return self.packs[name]
