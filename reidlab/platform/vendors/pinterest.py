"""Pinterest: customer lists, whose records come as one comma-joined text, and conversions.

developers.pinterest.com v5; docstrings of pinterest-generated-client 0.1.12; RudderStack's connector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.identifiers.kinds import canonical
from reidlab.platform.audiences import Audience
from reidlab.platform.entries import MANY, Key, Rows, several, single
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "pinterest", "api.pinterest.com"
MOST_EVENTS, A_MINUTE = 1_000, 1_000
KEYS = {
    "EMAIL": Key("email", "EMAIL", MANY, profile="pinterest"),
    "MAID": Key("maid", "MAID", MANY, clear=True),
    "IDFA": Key("maid", "IDFA", MANY, clear=True),
}
_USER_DATA = ("em", "ph", "fn", "ln", "ct", "st", "zp", "country", "db", "ge", "hashed_maids", "external_id")


@dataclass(frozen=True, slots=True)
class Pinterest:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/v5/ad_accounts/{account}"
        table = (
            ("POST", f"{base}/customer_lists", self.create),
            ("GET", f"{base}/customer_lists", self.listed),
            ("PATCH", f"{base}/customer_lists/{{list}}", self.update),
            ("GET", f"{base}/customer_lists/{{list}}", self.read),
            ("POST", f"{base}/events", self.events),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def create(self, exchange: Exchange) -> Answer:
        """Make a list with its first records."""
        self._opened(exchange)
        body = json_object(exchange, _refused)
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            raise _refused("'name' is a required property")
        rows = _rows(body.get("list_type", "EMAIL"), body.get("records"))
        made = self.hub.create(
            VENDOR, exchange.named["account"], name, type=body.get("list_type", "EMAIL"), batches=0, removed=0
        )
        arrive(exchange, rows, "add", made)
        self._take(made, rows, "ADD")
        return Answer(self._described(made))

    def update(self, exchange: Exchange) -> Answer:
        """Add records to a list or remove them."""
        self._opened(exchange)
        audience = self._list(exchange)
        body = json_object(exchange, _refused)
        operation = body.get("operation_type")
        rows = _rows(audience.described["type"], body.get("records"))
        arrive(exchange, rows, "remove" if operation == "REMOVE" else "add", audience)
        if operation not in ("ADD", "REMOVE"):
            raise _refused("'operation_type' must be ADD or REMOVE")
        self._take(audience, rows, operation)
        return Answer(self._described(audience))

    def read(self, exchange: Exchange) -> Answer:
        """Return a list."""
        self._opened(exchange)
        return Answer(self._described(self._list(exchange)))

    def listed(self, exchange: Exchange) -> Answer:
        """Return the lists of an account."""
        self._opened(exchange)
        owner = (VENDOR, exchange.named["account"])
        mine = [self._described(a) for a in self.hub.audiences.values() if (a.vendor, a.account) == owner]
        return Answer({"items": mine, "bookmark": None})

    def events(self, exchange: Exchange) -> Answer:
        """Take conversions; the answer tells of each whether it was processed."""
        self._opened(exchange)
        data = json_object(exchange, _refused).get("data")
        if not isinstance(data, list) or not data:
            raise _refused("'data' must be a list that is not empty")
        audience = self.hub.first_use(VENDOR, exchange.named["account"], "events")
        arrive(exchange, _people(data), "event", audience)
        if len(data) > MOST_EVENTS:
            raise _refused(f"at most {MOST_EVENTS} events in a request")
        audience.rows += len(data)
        told = [{"status": "processed" if _is_event(one) else "failed"} for one in data]
        done = sum(one["status"] == "processed" for one in told)
        counts = {"num_events_received": len(data), "num_events_processed": done, "events": told}
        return Answer(counts, 200 if done else 422)

    def _take(self, audience: Audience, rows: Rows, operation: str) -> None:
        audience.described["batches"] += 1
        if operation == "ADD":
            audience.add(rows)
        else:
            audience.described["removed"] += len(rows)
            audience.remove(rows)

    def _opened(self, exchange: Exchange) -> None:
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("Authentication failed.", 401, 2)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("This request exceeded a rate limit.", 429, 8)
        account = exchange.named["account"]
        if not account.isdigit() or not self.hub.exists(account):
            raise _refused("Sorry! The advertiser does not exist.", 404, 4046)

    def _list(self, exchange: Exchange) -> Audience:
        found = self.hub.find(VENDOR, exchange.named["list"])
        if found is None or found.account != exchange.named["account"]:
            raise _refused("Sorry! The customer list does not exist.", 404, 4050)
        return found

    def _described(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        return {
            "ad_account_id": audience.account,
            "created_time": 1_767_225_600.0,
            "updated_time": 1_767_225_600.0,
            "id": audience.id,
            "name": audience.name,
            "num_batches": float(audience.described["batches"]),
            "num_removed_user_records": float(audience.described["removed"]),
            "num_uploaded_user_records": float(audience.rows - audience.described["removed"]),
            "status": "READY" if size.enough else "TOO_SMALL",
            "type": "customerlist",
            "exceptions": {},
        }


def _rows(list_type: Any, records: Any) -> Rows:
    if list_type not in KEYS:
        raise _refused(f"'list_type' must be one of {', '.join(KEYS)}")
    if not isinstance(records, str) or not records.strip(", \n"):
        raise _refused("'records' is a required property")
    values = [record.strip() for record in records.replace("\n", ",").split(",")]
    return single(KEYS[list_type], [value for value in values if value])


def _people(data: list[Any]) -> Rows:
    users = [event.get("user_data") if isinstance(event, Mapping) else None for event in data]
    known: list[Mapping[str, Any]] = [user if isinstance(user, Mapping) else {} for user in users]
    names = [name for name in _USER_DATA if any(name in user for user in known)] or ["em"]
    keys = [Key(canonical(name), name, MANY) for name in names]
    return several(keys, [[_first(user.get(name)) for name in names] for user in known])


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if value else None
    return value


def _is_event(one: Any) -> bool:
    needed = ("event_name", "event_time", "event_id", "action_source")
    return (
        isinstance(one, Mapping)
        and all(one.get(name) for name in needed)
        and isinstance(one.get("user_data"), Mapping)
    )


def _refused(message: str, status: int = 400, code: int = 1) -> Refusal:
    return Refusal(Answer({"code": code, "message": message}, status))
