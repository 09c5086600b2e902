"""What is checked before each change: the fence of the lock, and whose filling it is."""
import hashlib
import json
import time

from root import Root
from slot_names import FENCE, FILLING, MARKER, Refused

# What a mistake would cost most is checked each time; the rest when the last look is so many seconds old.
DECISIVE = {"begin", "removeMarker", "writeMarker", "move", "removeRoot"}
PATIENCE = 2


class Guards(Root):
    def guard(self, operation):
        """Refuses what an operator who is not the holder any more still has in flight."""
        now = time.monotonic()
        if operation["do"] not in DECISIVE and self.looked is not None and now - self.looked < PATIENCE:
            return
        facts = self.job.get("fence") or {}
        mine = facts.get("number")
        if facts.get("key"):
            highest = json.loads(self.store.read_key(facts["key"]))["fence"]
            if highest > mine:
                raise Refused("fenced", found=str(highest))
        self.guard_root(facts.get("site", ""), mine)
        self.looked = now

    def guard_root(self, site, mine):
        """The highest fence of each site is kept beside its slots, with the file system that they are on."""
        system = (self.job.get("mount") or {}).get("fileSystem")
        top = self.slot("")
        text = top.content(FENCE)
        kept = json.loads(text) if text is not None else {"fences": {}, "fileSystem": system}
        if system and kept.get("fileSystem") not in (None, system):
            raise Refused("otherFileSystem", found=kept["fileSystem"])
        if mine is None:
            if kept["fences"]:
                raise Refused("fenced", found=str(max(kept["fences"].values())))
            return
        highest = kept["fences"].get(site, 0)
        if highest > mine:
            raise Refused("fenced", found=str(highest))
        if mine > highest:
            kept["fences"][site] = mine
            kept["fileSystem"] = system
            self.replace(top.base(True), FENCE, json.dumps(kept).encode())

    def guard_slot(self, slot, operation):
        """Refuses to touch a slot that another filling has begun to fill since."""
        before = operation.get("over")
        if before is not None:
            marker, token = slot.content(MARKER), slot.content(FILLING)
            digest = hashlib.sha256(marker).hexdigest() if marker is not None else ""
            if "marker" in before and before["marker"] != digest:
                raise Refused("taken", by=slot.name)
            if "token" in before and before["token"].encode() != (token or b""):
                raise Refused("taken", by=slot.name)
        token = operation.get("expect")
        if token is None:
            return
        now = time.monotonic()
        if operation["do"] not in DECISIVE and slot.looked is not None and now - slot.looked < PATIENCE:
            return
        if slot.content(FILLING) != token.encode():
            raise Refused("taken", by=slot.name)
        slot.looked = now
