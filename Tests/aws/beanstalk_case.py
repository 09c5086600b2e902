"""What tests of deployments share: one environment, and versions of it."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from sites import Site
from support import StandInCase


class BeanstalkCase(StandInCase):
    """One environment for all tests of a class, each with versions of its own."""

    site: Site

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.site = Site(cls.standin)
        cls.site.prepare()
        cls.site.slot("a", "aaaa")
        cls.site.slot("b", "bbbb")

    def release(self, label: str, number: int = 1, manifest: str = "aaaa", slot: str = "a") -> str:
        """A good version; its label."""
        self.site.version(label, self.site.bundle(number, manifest, slot))
        return label

    def refused(self, act: Callable[..., object], **parameters: object) -> str:
        with self.assertRaises(ClientError) as caught:
            act(**parameters)
        return caught.exception.response["Error"]["Code"]
