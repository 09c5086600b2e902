"""SNS: MiniStack's, but a person who is subscribed by e-mail has to confirm it first.

Settings: `confirmed`, a list of the addresses that have confirmed.
"""

from __future__ import annotations

from standin.service import Call, Params, Service
from standin.services.forwarding import forward


class Notifications(Service):
    """What tells whether a subscription is confirmed."""

    name = "sns"

    def Subscribe(self, call: Call, params: Params) -> Params:
        answer = forward(self.world, "sns", "Subscribe", params)
        if self._is_pending(params) and not params.get("ReturnSubscriptionArn"):
            answer["SubscriptionArn"] = "pending confirmation"
        return answer

    def ListSubscriptions(self, call: Call, params: Params) -> Params:
        return self._told(forward(self.world, "sns", "ListSubscriptions", params))

    def ListSubscriptionsByTopic(self, call: Call, params: Params) -> Params:
        return self._told(forward(self.world, "sns", "ListSubscriptionsByTopic", params))

    def _told(self, answer: Params) -> Params:
        for each in answer["Subscriptions"]:
            if self._is_pending(each):
                each["SubscriptionArn"] = "PendingConfirmation"
        return answer

    def _is_pending(self, subscription: Params) -> bool:
        by_mail = subscription["Protocol"] in ("email", "email-json")
        return by_mail and subscription["Endpoint"] not in self.settings.get("confirmed", [])
