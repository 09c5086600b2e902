"""Who calls, and temporary credentials."""

from __future__ import annotations

import datetime
from typing import Any

from standin.operators import Credentials
from standin.service import Answer, AWSError, Call, Params, Service

_DEFAULT_LIFE = 3600


class SecurityTokens(Service):
    """STS.

    Settings: `session_seconds`, the life of what is issued; `end_sessions`: true ends all.
    """

    name = "sts"
    actions = frozenset({"end_sessions"})

    def changed(self, settings: dict[str, Any]) -> None:
        if settings.get("end_sessions"):
            self.world.operators.end_sessions()

    def GetCallerIdentity(self, call: Call, params: Params) -> Answer:
        credentials = self.world.operators.find(call.access_key)
        return {
            "Account": self.world.account,
            "Arn": self._arn(call.operator, credentials.role if credentials else None),
            "UserId": f"AIDA{call.operator.upper()}",
        }

    def GetSessionToken(self, call: Call, params: Params) -> Answer:
        self._require_permanent(call)
        life = params.get("DurationSeconds") or 12 * _DEFAULT_LIFE
        return {"Credentials": _shape(self._issue(call.operator, life))}

    def AssumeRole(self, call: Call, params: Params) -> Answer:
        role = params["RoleArn"].rpartition("/")[2]
        session = params["RoleSessionName"]
        life = params.get("DurationSeconds") or _DEFAULT_LIFE
        credentials = self._issue(call.operator, life, f"{role}/{session}")
        user = {"AssumedRoleId": f"AROA{role.upper()}:{session}"}
        user["Arn"] = self._arn(call.operator, credentials.role)
        return {"Credentials": _shape(credentials), "AssumedRoleUser": user}

    def _issue(self, operator: str, life: float, role: str | None = None) -> Credentials:
        return self.world.operators.issue(
            operator, float(self.settings.get("session_seconds", life)), role
        )

    def _require_permanent(self, call: Call) -> None:
        credentials = self.world.operators.find(call.access_key)
        if credentials is None or credentials.token:
            raise AWSError(
                "AccessDenied", "Cannot call GetSessionToken with session credentials", 403
            )

    def _arn(self, operator: str, role: str | None) -> str:
        if role:
            return f"arn:aws:sts::{self.world.account}:assumed-role/{role}"
        return f"arn:aws:iam::{self.world.account}:user/{operator}"


def _shape(credentials: Credentials) -> dict[str, Any]:
    return {
        "AccessKeyId": credentials.access_key,
        "SecretAccessKey": credentials.secret_key,
        "SessionToken": credentials.token,
        "Expiration": datetime.datetime.fromtimestamp(credentials.expires or 0, datetime.UTC),
    }
