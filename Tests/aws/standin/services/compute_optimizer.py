"""Whether an account gets recommendations; MiniStack does not know the service.

Settings: `status`, the account's enrollment ("Inactive").
"""

from __future__ import annotations

from standin.service import Answer, Call, Params, Service


class ComputeOptimizer(Service):
    """The enrollment alone."""

    name = "compute-optimizer"

    def GetEnrollmentStatus(self, call: Call, params: Params) -> Answer:
        return {
            "status": self.settings.get("status", "Inactive"),
            "memberAccountsEnrolled": False,
            "numberOfMemberAccountsOptedIn": 0,
        }
