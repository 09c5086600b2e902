"""Does one job in the data folder, on the machine that has it mounted.

A job is a list of operations on folders below one root, in a JSON document; its result is another. Both, and
the bytes that are to be written, lie in a bucket or, for tests, in a folder. The job says what is where;
nothing of it ever reaches a shell. Every path is reached from the mount point, folder by folder, and no link is
followed. Bytes go from the bucket straight to a temporary name beside their target: nothing is laid down in /tmp,
which may be small memory. Done once: a job whose result is there is not done again. Two jobs never go on at once.

A job that changes something carries the fence of the operators' lock that it was made under. The highest fence is kept
in the bucket and beside the slots, and a job of a lower one is refused: it was sent by an operator who is not the
holder any more. What belongs to a filling carries the token of that filling, and is refused where the slot has another.

usage: agent.py s3 BUCKET PREFIX JOB SHA256 | agent.py folder FOLDER JOB
"""
import fcntl
import hashlib
import json
import os
import subprocess
import sys

from operations import Operations
from slot_names import Refused
from stores import Bucket, Folder

CHANGES = {
    "put", "link", "delete", "makeFolders", "removeFolders", "begin", "removeMarker", "writeMarker", "move", "removeRoot",
}


class Job(Operations):
    def run(self):
        results = []
        try:
            for operation in self.job["operations"]:
                slot = self.slot(operation["slot"])
                if operation["do"] in CHANGES:
                    self.guard(operation)
                    self.guard_slot(slot, operation)
                results.append(getattr(self, "do_" + operation["do"])(slot, operation))
        except Refused as refused:
            return {"results": results, "error": refused.facts}
        except UnicodeEncodeError:
            return {"results": results, "error": {"kind": "badName", "name": "?"}}
        except OSError as error:
            facts = {"kind": "system", "code": error.errno or 5, "path": str(error.filename)}
            return {"results": results, "error": facts}
        finally:
            for pack in self.packs.values():
                pack.close()
        return {"results": results}


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
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
    lock = os.open("/var/lock/pipeline-data.lock", flags, 0o644)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if store.has(name + ".result"):
        return
    text = store.read(name)
    if wanted and hashlib.sha256(text).hexdigest() != wanted:
        sys.exit("the job is not the one that was sent")
    job = json.loads(text)
    if job.get("mount"):
        mount(job["mount"])
    store.write(json.dumps(Job(job, store).run()).encode(), name + ".result")


main(sys.argv[1:])
