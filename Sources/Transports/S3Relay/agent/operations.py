"""The operations, each a method of its name. It has the slot and the facts, and gives what the answer holds."""
import base64
import errno
import hashlib
import os
import stat

from guards import Guards
from slot_names import ASIDE, CHUNK, FENCE, FILLING, MARKER, OWN, Refused


def kind(status):
    if stat.S_ISREG(status.st_mode):
        return {"kind": "file", "size": status.st_size}
    return {"kind": "folder" if stat.S_ISDIR(status.st_mode) else "other"}


class Operations(Guards):
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
            if not folder and not slot.names and name == FENCE:
                continue
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
        with source:
            self.store.send(source, os.fstat(source.fileno()).st_size, operation["name"])
        return True

    def do_put(self, slot, operation):
        path = operation["path"]
        slot.base(make=True)
        chunks = self.pack(operation["pack"]).chunks(operation["offset"], operation["size"])
        parent, aside, last, digest = slot.write(path, chunks, operation["aside"])
        if digest != operation["digest"]:
            os.unlink(aside, dir_fd=parent)
            raise Refused("differs", path=path, found=digest)
        os.rename(aside, last, src_dir_fd=parent, dst_dir_fd=parent)
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
        root = self.root()
        found = os.fstatvfs(root) if root is not None else os.statvfs(os.path.dirname(self.job["root"]))
        return found.f_bavail * found.f_frsize

    def do_move(self, slot, operation):
        target = self.slot(operation["to"])
        if target.base() is not None:
            raise Refused("blocked", by=operation["to"])
        slot.close()
        (source, name), (folder, last) = slot.above(), target.above()
        os.rename(name, last, src_dir_fd=source, dst_dir_fd=folder)
        os.fsync(folder)
        os.close(source)
        os.close(folder)
        return True

    def do_removeRoot(self, slot, operation):
        base = slot.base()
        if base is None:
            return True
        parent, last = slot.above()
        for name in OWN:
            try:
                os.unlink(name, dir_fd=base)
            except FileNotFoundError:
                pass
        slot.close()
        os.rmdir(last, dir_fd=parent)
        os.close(parent)
        return True

    def do_sync(self, slot, operation):
        os.sync()
        return True
