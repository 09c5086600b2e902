"""Objects that are there for a while only; MiniStack serves S3 itself."""

from __future__ import annotations

from standin.service import Service


class Storage(Service):
    """S3. Setting: `temporary`, a list of {"bucket", "prefix"} whose objects are to go again."""

    name = "s3"

    def paid(self) -> list[dict[str, str]]:
        s3 = self.world.upstream("s3")
        found = []
        buckets = {each["Name"] for each in s3.list_buckets()["Buckets"]}
        for place in self.settings.get("temporary", []):
            if place["bucket"] not in buckets:
                continue
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=place["bucket"], Prefix=place.get("prefix", "")
            )
            for page in pages:
                for each in page.get("Contents", []):
                    identity = f"s3://{place['bucket']}/{each['Key']}"
                    found.append({"kind": "s3:object", "id": identity})
        return found
