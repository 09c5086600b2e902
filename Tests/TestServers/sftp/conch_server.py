"""An SFTP server by Twisted Conch: conch_server.py PORT FOLDER."""

from __future__ import annotations

import os
import sys

from twisted.conch import avatar, unix
from twisted.conch.checkers import InMemorySSHKeyDB, SSHPublicKeyChecker
from twisted.conch.interfaces import ISFTPServer
from twisted.conch.ssh import connection, factory, filetransfer, keys, session, userauth
from twisted.cred import portal
from twisted.internet import reactor
from twisted.python import components
from twisted.python.filepath import FilePath
from zope.interface import implementer

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]


class User(avatar.ConchUser):
    """The one who logs in acts as the user who runs this."""

    def __init__(self) -> None:
        super().__init__()
        self.channelLookup[b"session"] = session.SSHSession
        self.subsystemLookup[b"sftp"] = filetransfer.FileTransferServer

    def getUserGroupId(self):
        return os.getuid(), os.getgid()

    def getHomeDir(self):
        return FilePath(f"{FOLDER}/root")

    def _runAsUser(self, function, *arguments, **keywords):
        calls = function if hasattr(function, "__iter__") else [(function, arguments, keywords)]
        result = None
        for call in calls:
            result = call[0](*(call[1] if len(call) > 1 else ()), **(call[2] if len(call) > 2 else {}))
        return result


@implementer(portal.IRealm)
class Realm:
    """The same user for every login."""

    def requestAvatar(self, _identifier, _mind, *interfaces):
        return interfaces[0], User(), lambda: None


class Factory(factory.SSHFactory):
    """Keys and services."""

    publicKeys = {b"ssh-ed25519": keys.Key.fromFile(f"{FOLDER}/host.pub")}
    privateKeys = {b"ssh-ed25519": keys.Key.fromFile(f"{FOLDER}/host")}
    services = {b"ssh-userauth": userauth.SSHUserAuthServer, b"ssh-connection": connection.SSHConnection}

    def getPrimes(self):
        return None


class AnyUser(dict):
    """The key of the one who asks."""

    def __missing__(self, _name):
        return [keys.Key.fromFile(f"{FOLDER}/id.pub")]

    def get(self, name, default=None):
        return self[name]


components.registerAdapter(unix.SFTPServerForUnixConchUser, User, ISFTPServer)
Factory.portal = portal.Portal(Realm())
Factory.portal.registerChecker(SSHPublicKeyChecker(InMemorySSHKeyDB(AnyUser())))
reactor.listenTCP(PORT, Factory(), interface="127.0.0.1")
reactor.run()
