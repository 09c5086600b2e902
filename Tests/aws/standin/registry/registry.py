"""The whole registry: the child that stores, the port in front of it, tokens and catalogue."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from standin.registry.daemon import Daemon
from standin.registry.images import Catalogue
from standin.registry.proxy import Proxy
from standin.registry.tokens import Tokens

if TYPE_CHECKING:
    from standin.world import World


class Registry:
    """Serves both ECRs: repositories below `alias` are public, all others private."""

    alias = "d1e2f3g4"

    def __init__(self, world: World):
        self.world = world
        self.tokens = Tokens()
        self.catalogue = Catalogue()
        self.daemon = Daemon(world.children, world.folder("registry"))
        self._proxy = Proxy(self)
        self.address = f"127.0.0.1:{self._proxy.server_port}"

    def start(self) -> None:
        """Returns when the registry answers."""
        self.daemon.start()
        threading.Thread(target=self._proxy.serve_forever, daemon=True, name="registry").start()
