"""Does one job in the data folder, on the machine that has it mounted.

A job is a list of operations on folders below one root, in a JSON file; its result is another. Both, and
the bytes that are to be written, lie in a bucket or, for tests, in a folder. The job says what is where;
nothing of it ever reaches a shell. Every path is reached from the root, folder by folder, and no link is
followed. Done once: a job whose result is there is not done again. Two jobs never go on at once.

usage: agent.py s3 BUCKET PREFIX JOB SHA256 | agent.py folder FOLDER JOB
"""
import base64
import errno
import fcntl
import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile

ASIDE = ".pipeline-aside-"
MARKER = ".pipeline-release.json"
FILLING = ".pipeline-filling"
OWN = (MARKER, FILLING, ASIDE + "marker")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
CHUNK = 1 << 20


class Refused(Exception):
    """Why an operation could not be done, for the other side to understand."""

    def __init__(self, kind, **facts):
        super().__init__(kind)
        self.facts = {"kind": kind, **facts}


class Bucket:
    def __init__(self, bucket, prefix):
        self.place = "s3://%s/%s" % (bucket, prefix)

    def _run(self, *words):
        subprocess.run(("aws", "s3", "cp", "--only-show-errors") + words, check=True)

    def fetch(self, name, target):
        self._run(self.place + name, target)

    def put(self, source, name):
        self._run(source, self.place + name)

    def has(self, name):
        words = ("aws", "s3", "ls", self.place + name)
        return subprocess.run(words, stdout=subprocess.DEVNULL).returncode == 0


class Folder:
    def __init__(self, folder):
        self.folder = folder

    def fetch(self, name, target):
        with open(os.path.join(self.folder, name), "rb") as source, open(target, "wb") as out:
            out.write(source.read())

    def put(self, source, name):
        self.fetch_from(source, os.path.join(self.folder, name))

    def fetch_from(self, source, target):
        with open(source, "rb") as data, open(target, "wb") as out:
            out.write(data.read())

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))


class Slot:
    """A data folder. Paths are below it, with slashes, and cannot leave it."""

    def __init__(self, root, owner):
        self.root = root
        self.owner = owner
        self.open_folders = {}

    def _own(self, descriptor):
        if self.owner and os.geteuid() == 0:
            os.fchown(descriptor, self.owner[0], self.owner[1])

    def base(self, make=False):
        """The slot's own folder; None where there is none."""
        if "" in self.open_folders:
            return self.open_folders[""]
        try:
            found = os.open(self.root, FOLDER)
        except FileNotFoundError:
            if not make:
                return None
            os.mkdir(self.root, 0o755)
            found = os.open(self.root, FOLDER)
            self._own(found)
        self.open_folders[""] = found
        return found

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
        try:
            found = os.open(name, FOLDER, dir_fd=parent)
        except FileNotFoundError:
            if not make:
                return None
            os.mkdir(name, 0o755, dir_fd=parent)
            found = os.open(name, FOLDER, dir_fd=parent)
            self._own(found)
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise Refused("blocked", by=path)
            raise
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

    def write(self, path, chunks, name=None):
        """Writes aside, synchronises, and gives the name; the digest of what was written."""
        above, last = self.split(path)
        parent = self.folder(above)
        if parent is None:
            raise Refused("missing", path=path)
        aside = name or ASIDE + hashlib.sha256(path.encode()).hexdigest()[:12]
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

    def replace(self, path, data):
        parent, aside, last, _ = self.write(path, [data])
        os.rename(aside, last, src_dir_fd=parent, dst_dir_fd=parent)
        os.fsync(parent)


def kind(status):
    if stat.S_ISREG(status.st_mode):
        return {"kind": "file", "size": status.st_size}
    return {"kind": "folder" if stat.S_ISDIR(status.st_mode) else "other"}


class Job:
    def __init__(self, job, store, scratch):
        self.job = job
        self.store = store
        self.scratch = scratch
        self.slots = {}
        self.packs = {}

    def slot(self, name):
        if name not in self.slots:
            parts = [part for part in name.split("/") if part]
            if any(part in (".", "..") or "\0" in part for part in parts):
                raise Refused("badName", name=name)
            root = "/".join([self.job["root"].rstrip("/")] + parts)
            self.slots[name] = Slot(root, self.job.get("owner"))
        return self.slots[name]

    def pack(self, name):
        if name not in self.packs:
            target = os.path.join(self.scratch, "pack-%d" % len(self.packs))
            self.store.fetch(name, target)
            self.packs[name] = target
        return self.packs[name]

    def run(self):
        os.makedirs(self.job["root"], exist_ok=True)
        results = []
        for operation in self.job["operations"]:
            try:
                slot = self.slot(operation["slot"])
                results.append(getattr(self, "do_" + operation["do"])(slot, operation))
            except Refused as refused:
                return {"results": results, "error": refused.facts}
            except UnicodeEncodeError:
                return {"results": results, "error": {"kind": "badName", "name": "?"}}
            except OSError as error:
                facts = {"kind": "system", "code": error.errno or 5, "path": str(error.filename)}
                return {"results": results, "error": facts}
        return {"results": results}

    def do_list(self, slot, operation):
        entries, leftovers = [], []
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            descriptor = slot.folder(folder)
            if descriptor is None:
                continue
            for name in os.listdir(descriptor):
                path = folder + "/" + name if folder else name
                if path in OWN:
                    continue
                try:
                    name.encode()
                except UnicodeEncodeError:
                    shown = os.fsencode(path).decode(errors="replace")
                    raise Refused("badName", name=shown) from None
                if name.startswith(ASIDE):
                    leftovers.append(path)
                    continue
                found = kind(os.stat(name, dir_fd=descriptor, follow_symlinks=False))
                entries.append({"path": path, **found})
                if found["kind"] == "folder":
                    waiting.append(path)
        return {"entries": entries, "leftovers": leftovers}

    def do_entries(self, slot, operation):
        folder = operation.get("path") or ""
        descriptor = slot.folder(folder)
        if descriptor is None:
            return None
        found = []
        for name in os.listdir(descriptor):
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            shown = os.fsencode(name).decode(errors="replace")
            found.append({"path": shown, "modified": int(status.st_mtime), **kind(status)})
        return {"entries": found, "leftovers": []}

    def do_status(self, slot, operation):
        status = slot.status(operation["path"])
        return None if status is None else {"path": operation["path"], **kind(status)}

    def do_read(self, slot, operation):
        source = slot.open(operation["path"])
        if source is None:
            return None
        with source:
            return base64.b64encode(source.read(operation["limit"])).decode()

    def do_digests(self, slot, operation):
        found = []
        for entry in operation["files"]:
            source = slot.open(entry["path"])
            if source is None:
                found.append(None)
                continue
            digest, size = hashlib.sha256(), 0
            with source:
                for chunk in iter(lambda: source.read(CHUNK), b""):
                    digest.update(chunk)
                    size += len(chunk)
            found.append(digest.hexdigest() if size == entry["size"] else None)
        return found

    def do_export(self, slot, operation):
        source = slot.open(operation["path"])
        if source is None:
            return False
        target = os.path.join(self.scratch, "export")
        with source, open(target, "wb") as out:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                out.write(chunk)
        self.store.put(target, operation["name"])
        return True

    def do_put(self, slot, operation):
        def chunks():
            with open(self.pack(operation["pack"]), "rb") as pack:
                pack.seek(operation["offset"])
                left = operation["size"]
                while left:
                    chunk = pack.read(min(left, CHUNK))
                    if not chunk:
                        return
                    left -= len(chunk)
                    yield chunk

        path = operation["path"]
        slot.base(make=True)
        parent, aside, last, digest = slot.write(path, chunks(), operation["aside"])
        if digest != operation["digest"]:
            os.unlink(aside, dir_fd=parent)
            raise Refused("differs", path=path, found=digest)
        os.rename(aside, last, src_dir_fd=parent, dst_dir_fd=parent)
        return True

    def do_drop(self, slot, operation):
        """What was fetched for files that are written now."""
        for name in operation["names"]:
            if name in self.packs:
                os.unlink(self.packs.pop(name))
        return True

    def do_link(self, slot, operation):
        other = self.slot(operation["from"])
        linked = []
        for number, entry in enumerate(operation["files"]):
            status = other.status(entry["path"])
            if status is None or not stat.S_ISREG(status.st_mode) or status.st_size != entry["size"]:
                continue
            above, name = slot.split(entry["path"])
            target, source = slot.folder(above), other.folder(above)
            if target is None or source is None:
                continue
            aside = ASIDE + hashlib.sha256(entry["path"].encode()).hexdigest()[:12]
            try:
                os.unlink(aside, dir_fd=target)
            except FileNotFoundError:
                pass
            try:
                os.link(name, aside, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
            except OSError as error:
                if error.errno in (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP):
                    continue
                raise
            os.rename(aside, name, src_dir_fd=target, dst_dir_fd=target)
            try:
                os.unlink(aside, dir_fd=target)
            except FileNotFoundError:
                pass
            linked.append(number)
        return linked

    def do_delete(self, slot, operation):
        for path in operation["paths"]:
            above, name = slot.split(path)
            parent = slot.folder(above)
            if parent is None:
                continue
            try:
                os.unlink(name, dir_fd=parent)
            except FileNotFoundError:
                pass
        return True

    def do_makeFolders(self, slot, operation):
        slot.base(make=True)
        for path in operation["paths"]:
            slot.folder(path, make=True)
        return True

    def do_removeFolders(self, slot, operation):
        for path in operation["paths"]:
            above, name = slot.split(path)
            parent = slot.folder(above)
            if parent is None:
                continue
            slot.forget(path)
            try:
                os.rmdir(name, dir_fd=parent)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
        return True

    def do_begin(self, slot, operation):
        slot.base(make=True)
        slot.replace(FILLING, operation["token"].encode())
        return self.do_removeMarker(slot, operation)

    def do_removeMarker(self, slot, operation):
        base = slot.base()
        if base is not None:
            try:
                os.unlink(MARKER, dir_fd=base)
                os.fsync(base)
            except FileNotFoundError:
                pass
        return True

    def do_writeMarker(self, slot, operation):
        base = slot.base(make=True)
        # The renames before it come first, also after a power cut.
        for descriptor in slot.open_folders.values():
            os.fsync(descriptor)
        slot.replace(MARKER, base64.b64decode(operation["bytes"]))
        try:
            os.unlink(FILLING, dir_fd=base)
        except FileNotFoundError:
            pass
        return True

    def do_free(self, slot, operation):
        found = os.statvfs(self.job["root"])
        return found.f_bavail * found.f_frsize

    def do_move(self, slot, operation):
        slot.close()
        target = self.slot(operation["to"])
        if target.base() is not None:
            raise Refused("blocked", by=operation["to"])
        os.rename(slot.root, target.root)
        return True

    def do_removeRoot(self, slot, operation):
        base = slot.base()
        if base is None:
            return True
        for name in OWN:
            try:
                os.unlink(name, dir_fd=base)
            except FileNotFoundError:
                pass
        slot.close()
        os.rmdir(slot.root)
        return True

    def do_sync(self, slot, operation):
        os.sync()
        return True


def mount(facts):
    """Mounts the file system if it is not there; encrypted by amazon-efs-utils, else by plain NFS."""
    point = facts["point"]
    os.makedirs(point, exist_ok=True)
    if os.path.ismount(point):
        return
    system = facts["fileSystem"]
    try:
        subprocess.run(["mount", "-t", "efs", "-o", "tls", system + ":/", point], check=True)
    except subprocess.CalledProcessError:
        host = "%s.efs.%s.amazonaws.com:/" % (system, facts["region"])
        subprocess.run(["mount", "-t", "nfs4", "-o", "nfsvers=4.1,hard", host, point], check=True)


def main(words):
    if words[0] == "s3":
        store, name, wanted = Bucket(words[1], words[2]), words[3], words[4]
    else:
        store, name, wanted = Folder(words[1]), words[2], None
    with open("/var/lock/pipeline-data.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if store.has(name + ".result"):
            return
        with tempfile.TemporaryDirectory(prefix="pipeline-") as scratch:
            file = os.path.join(scratch, "job")
            store.fetch(name, file)
            with open(file, "rb") as source:
                text = source.read()
            if wanted and hashlib.sha256(text).hexdigest() != wanted:
                sys.exit("the job is not the one that was sent")
            job = json.loads(text)
            if job.get("mount"):
                mount(job["mount"])
            result = Job(job, store, scratch).run()
            out = os.path.join(scratch, "result")
            with open(out, "w") as target:
                json.dump(result, target)
            store.put(out, name + ".result")


main(sys.argv[1:])
