"""AWS Transfer Family: servers with users and keys, which really serve SFTP over the EFS folders.

Settings (POST /standin/world, service "transfer"), read when a server is created:
    online_after    seconds in STARTING, after creation and after StartServer (0)
    never_online    it stays in STARTING
    start_failed    it ends in START_FAILED
    stop_takes      seconds in STOPPING (0)
    address_after   seconds until the address is known, as with a DNS name that is new (0)
    end_after       seconds after creation at which somebody else deletes the server
    host_keys       kinds of host keys, the first is the one that DescribeServer tells (["rsa"])
    plain_fingerprint   the fingerprint comes without base64's padding
and read when a session begins:
    room, end_session_after, read_write, rename_replaces   see standin.sftp.session.Limits
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standin.service import AWSError, Call, Params, Service
from standin.services.paging import page
from standin.sftp import sshd
from standin.sftp.server import Server, invalid, make_host_keys, missing
from standin.sftp.users import User, session_record
from standin.tags import Tags

if TYPE_CHECKING:
    from standin.world import World

_USER_NAME = re.compile(r"[\w][\w@.-]{2,99}", re.ASCII)
_PAGE = 1000
_TELLS = (
    *("Certificate", "ProtocolDetails", "EndpointDetails", "IdentityProviderDetails"),
    *("LoggingRole", "PostAuthenticationLoginBanner", "PreAuthenticationLoginBanner"),
    *("WorkflowDetails", "StructuredLogDestinations"),
)


class Transfer(Tags, Service):
    """The control plane."""

    name = "transfer"

    def __init__(self, world: World):
        super().__init__(world)
        self._lock = threading.RLock()
        self._servers: dict[str, Server] = {}
        self._tags: dict[str, dict[str, str]] = {}

    # What the framework asks.

    def stop(self) -> None:
        for server_id in list(self._servers):
            self._delete(server_id)

    def changed(self, settings: dict[str, Any]) -> None:
        """Sessions that begin from now on have the new limits."""
        with self._lock:
            for server in self._servers.values():
                for user in server.users.values():
                    self._admit(server, user)

    def paid(self) -> list[dict[str, str]]:
        """Every server, whatever its state: stopping one does not stop its bill."""
        with self._lock:
            self._end_early()
            return [
                {"kind": "transfer-server", "id": each.id, "state": each.state}
                for each in self._servers.values()
            ]

    def look(self, server_id: str) -> dict[str, Any] | None:
        """Where a server's SFTP is (GET /standin/transfer/SERVERID); None while its name is new."""
        with self._lock:
            self._end_early()
            server = self._servers.get(server_id)
            if server is None or not server.has_address:
                return None
            return {"host": "127.0.0.1", "port": server.endpoint.port}

    # Servers.

    def CreateServer(self, call: Call, params: Params) -> Params:
        if params.get("EndpointType", "PUBLIC") == "PUBLIC" and "EndpointDetails" in params:
            raise invalid("Endpoint details cannot be specified for a PUBLIC endpoint type")
        server_id = f"s-{secrets.token_hex(9)[:17]}"
        settings = dict(self.settings)
        folder = self.world.folder("transfer", server_id)
        host_keys = make_host_keys(folder, params.get("HostKey"), settings)
        params = {name: value for name, value in params.items() if name != "HostKey"}
        endpoint = sshd.Endpoint(folder, self.world.children, lambda: self._is_online(server_id))
        with self._lock:
            self._servers[server_id] = Server(server_id, params, settings, endpoint, host_keys)
            self._tag(self._arn(server_id), params.get("Tags", []))
            endpoint.start([path for _, _, path in host_keys])
        return {"ServerId": server_id}

    def DescribeServer(self, call: Call, params: Params) -> Params:
        with self._lock:
            server = self._server(params["ServerId"])
            told = {name: server.params[name] for name in _TELLS if name in server.params}
            told |= self._listed(server)
            told["HostKeyFingerprint"] = server.fingerprint(server.host_keys[0][2])
            told["Protocols"] = server.params.get("Protocols", ["SFTP"])
            told["SecurityPolicyName"] = server.params.get(
                "SecurityPolicyName", "TransferSecurityPolicy-2024-01"
            )
            told["Tags"] = self._tags_of(told["Arn"])
            return {"Server": told}

    def ListServers(self, call: Call, params: Params) -> Params:
        with self._lock:
            self._end_early()
            listed = [self._listed(server) for server in self._servers.values()]
        return page(listed, params, "Servers", _PAGE)

    def StopServer(self, call: Call, params: Params) -> Params:
        return self._want(params["ServerId"], "OFFLINE")

    def StartServer(self, call: Call, params: Params) -> Params:
        return self._want(params["ServerId"], "ONLINE")

    def UpdateServer(self, call: Call, params: Params) -> Params:
        with self._lock:
            server = self._server(params["ServerId"])
            server.params |= {
                name: value for name, value in params.items() if name not in ("ServerId", "HostKey")
            }
        return {"ServerId": params["ServerId"]}

    def DeleteServer(self, call: Call, params: Params) -> Params:
        self._server(params["ServerId"])
        self._delete(params["ServerId"])
        return {}

    def ListHostKeys(self, call: Call, params: Params) -> Params:
        with self._lock:
            server = self._server(params["ServerId"])
            listed = [self._host_key(server, key, "Fingerprint") for key in server.host_keys]
        return page(listed, params, "HostKeys", _PAGE) | {"ServerId": server.id}

    def DescribeHostKey(self, call: Call, params: Params) -> Params:
        with self._lock:
            server = self._server(params["ServerId"])
            for key in server.host_keys:
                if key[0] == params["HostKeyId"]:
                    return {"HostKey": self._host_key(server, key, "HostKeyFingerprint")}
        raise missing("host key")

    # Users.

    def CreateUser(self, call: Call, params: Params) -> Params:
        name = params["UserName"]
        with self._lock:
            server = self._server(params["ServerId"])
            if not _USER_NAME.fullmatch(name):
                raise AWSError("InvalidRequestException", "Invalid user name")
            if name in server.users:
                raise AWSError("ResourceExistsException", "User already exists")
            if server.params.get("Domain") == "EFS" and "PosixProfile" not in params:
                raise invalid("POSIX profile is required for users of an EFS server")
            user = User(name, dict(params))
            if "SshPublicKeyBody" in params:
                user.add_key(params["SshPublicKeyBody"])
            server.users[name] = user
            self._tag(self._user_arn(server.id, name), params.get("Tags", []))
            self._admit(server, user)
        return {"ServerId": server.id, "UserName": name}

    def UpdateUser(self, call: Call, params: Params) -> Params:
        with self._lock:
            server, user = self._user(params)
            user.params |= params
            self._admit(server, user)
        return {"ServerId": server.id, "UserName": user.name}

    def DescribeUser(self, call: Call, params: Params) -> Params:
        with self._lock:
            server, user = self._user(params)
            told = user.described()
            told["Arn"] = self._user_arn(server.id, user.name)
            told["Tags"] = self._tags_of(told["Arn"])
            return {"ServerId": server.id, "User": told}

    def ListUsers(self, call: Call, params: Params) -> Params:
        with self._lock:
            server = self._server(params["ServerId"])
            listed = [
                user.listed() | {"Arn": self._user_arn(server.id, user.name)}
                for user in server.users.values()
            ]
        return page(listed, params, "Users", _PAGE) | {"ServerId": server.id}

    def DeleteUser(self, call: Call, params: Params) -> Params:
        with self._lock:
            server, user = self._user(params)
            del server.users[user.name]
            server.endpoint.remove_user(user.name)
            self._tags.pop(self._user_arn(server.id, user.name), None)
        return {}

    def ImportSshPublicKey(self, call: Call, params: Params) -> Params:
        with self._lock:
            server, user = self._user(params)
            key_id = user.add_key(params["SshPublicKeyBody"])
            self._admit(server, user)
        return {"ServerId": server.id, "UserName": user.name, "SshPublicKeyId": key_id}

    def DeleteSshPublicKey(self, call: Call, params: Params) -> Params:
        with self._lock:
            server, user = self._user(params)
            if user.keys.pop(params["SshPublicKeyId"], None) is None:
                raise missing("SSH public key")
            self._admit(server, user)
        return {}

    # Inside.

    def _server(self, server_id: str) -> Server:
        self._end_early()
        found = self._servers.get(server_id)
        if found is None:
            raise missing("server")
        return found

    def _user(self, params: Params) -> tuple[Server, User]:
        server = self._server(params["ServerId"])
        user = server.users.get(params["UserName"])
        if user is None:
            raise missing("user")
        return server, user

    def _is_online(self, server_id: str) -> bool:
        server = self._servers.get(server_id)
        return server is not None and server.state == "ONLINE" and not server.is_ended

    def _want(self, server_id: str, state: str) -> Params:
        with self._lock:
            server = self._server(server_id)
            if server.wanted != state:
                server.wanted, server.changed = state, time.monotonic()
        return {}

    def _end_early(self) -> None:
        for server in list(self._servers.values()):
            if server.is_ended:
                self._delete(server.id)

    def _delete(self, server_id: str) -> None:
        with self._lock:
            server = self._servers.pop(server_id, None)
            arns = [arn for arn in self._tags if server_id in arn]
            for arn in arns:
                del self._tags[arn]
        if server is not None:
            server.endpoint.close()
            shutil.rmtree(server.endpoint.folder, ignore_errors=True)

    def _admit(self, server: Server, user: User) -> None:
        record = session_record(user, server.params, self.world.folder("efs"), self.settings)
        server.endpoint.write_user(user.name, user.key_bodies(), record)

    def _listed(self, server: Server) -> Params:
        told = {
            "Arn": self._arn(server.id),
            "Domain": server.params.get("Domain", "S3"),
            "IdentityProviderType": server.params.get("IdentityProviderType", "SERVICE_MANAGED"),
            "EndpointType": server.params.get("EndpointType", "PUBLIC"),
            "ServerId": server.id,
            "State": server.state,
            "UserCount": len(server.users),
        }
        if "LoggingRole" in server.params:
            told["LoggingRole"] = server.params["LoggingRole"]
        return told

    def _host_key(self, server: Server, key: tuple[str, str, Path], as_name: str) -> Params:
        key_id, kind, path = key
        types = {"rsa": "ssh-rsa", "ed25519": "ssh-ed25519", "ecdsa": "ecdsa-sha2-nistp256"}
        return {
            "Arn": self._arn(server.id).replace(":server/", ":host-key/") + f"/{key_id}",
            "HostKeyId": key_id,
            as_name: server.fingerprint(path),
            "Type": types.get(kind, kind),
        }

    def _arn(self, server_id: str) -> str:
        return self.world.arn("transfer", f"server/{server_id}")

    def _user_arn(self, server_id: str, name: str) -> str:
        return self._arn(server_id).replace(":server/", ":user/") + f"/{name}"
