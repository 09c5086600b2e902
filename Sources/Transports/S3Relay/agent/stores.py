"""Where jobs, their results and the bytes lie: a bucket, or a folder."""
import errno
import os
import subprocess
import sys

from slot_names import CHUNK


class Bucket:
    def __init__(self, bucket, prefix):
        self.bucket, self.prefix = bucket, prefix

    def _place(self, name):
        return "s3://%s/%s%s" % (self.bucket, self.prefix, name)

    def _copy(self, *words, **settings):
        return subprocess.run(("aws", "s3", "cp", "--only-show-errors") + words, check=True, **settings)

    def read(self, name):
        return self._copy(self._place(name), "-", stdout=subprocess.PIPE).stdout

    def read_key(self, key):
        return self._copy("s3://%s/%s" % (self.bucket, key), "-", stdout=subprocess.PIPE).stdout

    def stream(self, name):
        words = ("aws", "s3", "cp", "--only-show-errors", self._place(name), "-")
        child = subprocess.Popen(words, stdout=subprocess.PIPE)
        return child.stdout, child

    def write(self, data, name):
        self._copy("-", self._place(name), input=data)

    def send(self, source, size, name):
        self._copy("-", self._place(name), "--expected-size", str(size), stdin=source)

    def has(self, name):
        words = ("aws", "s3api", "head-object", "--bucket", self.bucket, "--key", self.prefix + name)
        found = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if found.returncode == 0:
            return True
        if b"404" in found.stderr or b"Not Found" in found.stderr:
            return False
        sys.stderr.buffer.write(found.stderr)
        raise SystemExit("whether the job was done before could not be asked")


class Folder:
    def __init__(self, folder):
        self.folder = folder

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as source:
            return source.read()

    def read_key(self, key):
        return self.read(key)

    def stream(self, name):
        return open(os.path.join(self.folder, name), "rb"), None

    def write(self, data, name):
        with open(os.path.join(self.folder, name), "wb") as out:
            out.write(data)

    def send(self, source, size, name):
        self.write(source.read(), name)

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))


class Pack:
    """An object of the bucket, read from its beginning; nothing of it is laid down."""

    def __init__(self, store, name):
        self.store, self.name = store, name
        self.source, self.child, self.at = None, None, 0

    def _begin(self):
        self.close()
        self.source, self.child = self.store.stream(self.name)
        self.at = 0

    def chunks(self, offset, size):
        if self.source is None or self.at > offset:
            self._begin()
        end = offset + size
        while self.at < end:
            wanted = offset - self.at if self.at < offset else end - self.at
            chunk = self.source.read(min(wanted, CHUNK))
            if not chunk:
                raise OSError(errno.EIO, "the object ends early", self.name)
            begins = self.at
            self.at += len(chunk)
            if begins >= offset:
                yield chunk

    def close(self):
        if self.source is not None:
            self.source.close()
            self.source = None
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None
