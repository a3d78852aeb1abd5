"""Microsoft Advertising: customer lists, whose answer names the rows that it did not take.

learn.microsoft.com/advertising, ApplyCustomerListUserData (REST); Segment's ms-bing-ads-audiences
connector for codes 105 (credentials) and 109 (token expired). A list exists from its first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reidlab.platform.entries import Key, single
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "microsoft", "campaign.api.bingads.microsoft.com"
A_MINUTE = 600
KEYS = {"Email": Key("email", "Email"), "CRM": Key("external_id", "CRM", (), clear=True)}


@dataclass(frozen=True, slots=True)
class Microsoft:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/CampaignManagement/v13"
        table = (
            (f"{base}/CustomerListUserData/Apply", self.apply),
            (f"{base}/Audiences/QueryByIds", self.read),
        )
        return [Endpoint(VENDOR, HOST, ("POST",), path, handler) for path, handler in table]

    def apply(self, exchange: Exchange) -> Answer:
        """Add items to a list, remove them, or put them in the place of all others."""
        self._opened(exchange)
        data = json_object(exchange, _refused).get("CustomerListUserData")
        if not isinstance(data, dict):
            raise _refused("CustomerListUserData is required")
        name, action = str(data.get("AudienceId") or ""), data.get("ActionType")
        kind, items = data.get("CustomerListItemSubType"), data.get("CustomerListItems")
        if not name.isdigit():
            raise _refused("AudienceId is not valid", 4_114, "AudienceIdInvalid")
        if not isinstance(kind, str) or kind not in KEYS:
            raise _refused("CustomerListItemSubType must be Email or CRM")
        if not isinstance(items, list) or not items:
            raise _refused("CustomerListItems must be a list that is not empty")
        audience, rows = self.hub.first_use(VENDOR, "", name), single(KEYS[kind], items)
        operations = {"Add": "add", "Remove": "remove", "Replace": "replace"}
        operation = operations.get(action) if isinstance(action, str) else None
        arrive(exchange, rows, operation or "unknown", audience)
        if operation is None:
            raise _refused("ActionType must be Add, Remove or Replace")
        if operation == "replace":
            audience.replace([rows])
        else:
            audience.add(rows) if operation == "add" else audience.remove(rows)
        wrong = [
            {
                "Index": place,
                "Code": 4_120,
                "ErrorCode": "CustomerListItemInvalid",
                "Message": "no SHA-256 digest",
            }
            for place in rows.samples(len(rows))
        ]
        return Answer({"PartialErrors": wrong})

    def read(self, exchange: Exchange) -> Answer:
        """Return lists with their sizes."""
        self._opened(exchange)
        ids = json_object(exchange, _refused).get("AudienceIds")
        if not isinstance(ids, list):
            raise _refused("AudienceIds is required")
        found = [self.hub.audiences.get(f"{VENDOR}/{one}") for one in ids]
        told = [
            None if one is None else {"Id": one.id, "Name": one.name, "SearchSize": self.hub.shown(one).low}
            for one in found
        ]
        return Answer({"Audiences": told, "PartialErrors": []})

    def _opened(self, exchange: Exchange) -> None:
        if not self.hub.authorised(exchange.bearer() or exchange.headers.get("authenticationtoken")):
            raise _refused("Authentication failed.", 105, "InvalidCredentials", 401)
        account = exchange.headers.get("customeraccountid", "")
        if self.hub.only and not self.hub.exists(account):
            raise _refused("The account is not accessible.", 1_001, "UserIsNotAuthorized", 403)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("The call rate is exceeded.", 117, "CallRateExceeded", 429)


def _refused(message: str, code: int = 100, name: str = "InvalidRequest", status: int = 400) -> Refusal:
    error: dict[str, Any] = {"Code": code, "ErrorCode": name, "Message": message}
    return Refusal(Answer({"TrackingId": "lab", "Errors": [error]}, status))
