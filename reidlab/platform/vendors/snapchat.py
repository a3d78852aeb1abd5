"""Snap: segments of users. One kind of key in a list, 100,000 rows in a request.

developers.snap.com/api/marketing-api/Ads-API/audiences; Segment's snap-audiences connector.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.identifiers.kinds import canonical
from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, single
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "snapchat", "adsapi.snapchat.com"
MOST_ROWS, A_MINUTE = 100_000, 1_200
SCHEMAS = ("EMAIL_SHA256", "PHONE_SHA256", "MOBILE_AD_ID_SHA256")


@dataclass(frozen=True, slots=True)
class Snapchat:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        table = (
            (("POST",), "/v1/adaccounts/{account}/segments", self.create),
            (("GET",), "/v1/adaccounts/{account}/segments", self.listed),
            (("POST", "DELETE"), "/v1/segments/{segment}/users", self.users),
            (("DELETE",), "/v1/segments/{segment}/all_users", self.clear),
            (("GET", "DELETE"), "/v1/segments/{segment}", self.one),
        )
        return [Endpoint(VENDOR, HOST, methods, path, handler) for methods, path, handler in table]

    def create(self, exchange: Exchange) -> Answer:
        """Make segments."""
        self._opened(exchange)
        account = exchange.named["account"]
        if not self.hub.exists(account):
            raise _refused("the ad account does not exist", 404, "E2003")
        given = json_object(exchange, _refused).get("segments")
        if not isinstance(given, list) or not given or not all(isinstance(one, Mapping) for one in given):
            raise _refused("segments must be a list of objects that is not empty")
        if not all(isinstance(one.get("name"), str) and one["name"].strip() for one in given):
            raise _refused("name is required")
        kept = ("description", "source_type", "retention_in_days")
        made = [
            self.hub.create(VENDOR, account, one["name"], **{name: one[name] for name in kept if name in one})
            for one in given
        ]
        return self._segments(made)

    def listed(self, exchange: Exchange) -> Answer:
        """Return the segments of an account."""
        self._opened(exchange)
        owner = (VENDOR, exchange.named["account"])
        return self._segments([a for a in self.hub.audiences.values() if (a.vendor, a.account) == owner])

    def one(self, exchange: Exchange) -> Answer:
        """Read or delete a segment."""
        self._opened(exchange)
        audience = self._segment(exchange)
        if exchange.method == "DELETE":
            del self.hub.audiences[audience.id]
            return Answer(_succeeded())
        return self._segments([audience])

    def clear(self, exchange: Exchange) -> Answer:
        """Take all users off a segment."""
        self._opened(exchange)
        self._segment(exchange).clear()
        return Answer(_succeeded())

    def users(self, exchange: Exchange) -> Answer:
        """Add users or remove them."""
        self._opened(exchange)
        audience = self._segment(exchange)
        given = json_object(exchange, _refused).get("users")
        if not isinstance(given, list) or not given or not all(isinstance(one, Mapping) for one in given):
            raise _refused("users must be a list of objects that is not empty")
        operation = "remove" if exchange.method == "DELETE" else "add"
        read = [_rows(one) for one in given]
        kinds = {rows.keys[0].spelled for rows in read} | set(audience.described.get("schema", ()))
        for rows in read:
            arrive(exchange, rows, operation, audience)
        if sum(map(len, read)) > MOST_ROWS:
            raise _refused(f"at most {MOST_ROWS} users in a request")
        if len(kinds) > 1:
            raise _refused("a segment takes one kind of identifier")
        audience.described["schema"] = tuple(kinds)
        for rows in read:
            audience.add(rows) if operation == "add" else audience.remove(rows)
        uploaded = [
            {"sub_request_status": "SUCCESS", "user": {"number_uploaded_users": len(r)}} for r in read
        ]
        return Answer(_succeeded() | {"users": uploaded})

    def _opened(self, exchange: Exchange) -> None:
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("Unauthorized: the access token is not valid", 401, "E3002")
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("too many requests", 429, "E1429")

    def _segment(self, exchange: Exchange) -> Audience:
        found = self.hub.find(VENDOR, exchange.named["segment"])
        if found is None:
            raise _refused("the segment does not exist", 404, "E2002")
        return found

    def _segments(self, audiences: list[Audience]) -> Answer:
        told = [{"sub_request_status": "SUCCESS", "segment": self._described(one)} for one in audiences]
        return Answer(_succeeded() | {"request_status": "success", "segments": told})

    def _described(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        ready = "NOT_READY" if not audience.touched else "READY" if size.enough else "TOO_FEW_USERS"
        described = {key: value for key, value in audience.described.items() if key != "schema"}
        return {
            "id": audience.id,
            "name": audience.name,
            **described,
            "ad_account_id": audience.account,
            "status": "ACTIVE",
            "approximate_number_users": size.low,
            "upload_status": "COMPLETE" if audience.touched else "NO_UPLOAD",
            "targetable_status": ready,
        }


def _rows(users: Mapping[str, Any]) -> Any:
    schema, data = users.get("schema"), users.get("data")
    if not isinstance(schema, list) or len(schema) != 1 or schema[0] not in SCHEMAS:
        raise _refused(f"schema must hold one of {', '.join(SCHEMAS)}")
    if not isinstance(data, list) or not data:
        raise _refused("data must be a list that is not empty")
    values = [one[0] if isinstance(one, list) and len(one) == 1 else None for one in data]
    return single(Key(canonical(schema[0]), schema[0]), values)


def _succeeded() -> dict[str, Any]:
    return {"request_status": "SUCCESS", "request_id": uuid.uuid4().hex}


def _refused(message: str, status: int = 400, code: str = "E1001") -> Refusal:
    error = {"request_status": "ERROR", "request_id": uuid.uuid4().hex, "error_code": code}
    return Refusal(Answer(error | {"debug_message": message, "display_message": message}, status))
