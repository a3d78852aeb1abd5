"""Google's Data Manager: members of the lists that `google_ads` makes, and events.

Limits: developers.google.com/data-manager/api (10,000 members, 10 identifiers of one, 10 destinations,
2,000 events; 300 requests a minute, 100,000 a day). The bands of the match rate are believed.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, Rows, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange
from reidlab.platform.hub import Hub, arrive
from reidlab.platform.vendors.google_ads import VENDOR, opened, refused

HOST = "datamanager.googleapis.com"
MOST_MEMBERS, MOST_OF_ONE, MOST_DESTINATIONS, MOST_EVENTS = 10_000, 10, 10, 2_000
A_MINUTE, A_DAY = 300, 100_000

KEYS = (
    Key("email", "emailAddress"),
    Key("phone", "phoneNumber"),
    Key("first_name", "address.givenName"),
    Key("last_name", "address.familyName"),
    Key("country", "address.regionCode", (), clear=True),
    Key("zip", "address.postalCode", (), clear=True),
)
_HASHED = ("emailAddress", "phoneNumber", "address.givenName", "address.familyName")


@dataclass(frozen=True, slots=True)
class DataManager:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        table = (
            ("POST", "/v1/audienceMembers:ingest", self.members),
            ("POST", "/v1/audienceMembers:remove", self.members),
            ("POST", "/v1/events:ingest", self.events),
            ("GET", "/v1/requestStatus:retrieve", self.status),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def members(self, exchange: Exchange) -> Answer:
        """Add members to lists, or remove them."""
        body = self._opened(exchange)
        operation = "remove" if exchange.path.endswith(":remove") else "add"
        members = _listed(body.get("audienceMembers"), "audience_members")
        rows = _rows([member.get("userData") for member in members], body.get("encoding"))
        audiences = self._destinations(body)
        arrivals = [arrive(exchange, rows, operation, audience) for audience in audiences]
        if len(members) > MOST_MEMBERS:
            raise refused("INVALID_ARGUMENT", f"at most {MOST_MEMBERS} audience_members")
        _require_encoding(body, members)
        if operation == "add" and not body.get("termsOfService"):
            raise refused("INVALID_ARGUMENT", "terms_of_service is required")
        if not body.get("validateOnly"):
            for audience in audiences:
                audience.add(rows) if operation == "add" else audience.remove(rows)
        else:
            for arrival in arrivals:
                arrival.operation = "validate"
        return self._accepted(audiences, rows, operation)

    def events(self, exchange: Exchange) -> Answer:
        """Take events; they are recorded and matched to no list."""
        body = self._opened(exchange)
        events = _listed(body.get("events"), "events")
        rows = _rows([event.get("userData") for event in events], body.get("encoding"))
        audience = self.hub.first_use(VENDOR, "", "events")
        arrive(exchange, rows, "event", audience)
        if len(events) > MOST_EVENTS:
            raise refused("INVALID_ARGUMENT", f"at most {MOST_EVENTS} events")
        _require_encoding(body, events)
        if not all(isinstance(event.get("eventTimestamp"), str) for event in events):
            raise refused("INVALID_ARGUMENT", "event_timestamp is required")
        audience.rows += len(events)
        return self._accepted([], rows, "event")

    def status(self, exchange: Exchange) -> Answer:
        """Tell what became of a request."""
        self._opened(exchange)
        found = self.hub.jobs.get(f"request {exchange.query.get('requestId', '')}")
        if found is None:
            raise refused("NOT_FOUND", "no such request")
        return Answer({"requestStatusPerDestination": [self._told(*one) for one in found]})

    def _told(self, audience: Audience, rows: Rows, operation: str) -> dict[str, Any]:
        counts: dict[str, Any] = {
            "recordCount": str(len(rows)),
            "userIdentifierCount": str(sum(len(column) - column.null_count for column in rows.columns)),
        }
        name = "audienceMembersRemovalStatus"
        if operation == "add":
            name, matched = "audienceMembersIngestionStatus", self.hub.matched(audience)
            counts["uploadMatchRateRange"] = _band(matched, len(rows))
        return {
            "destination": {"productDestinationId": audience.id},
            "requestStatus": "SUCCESS",
            name: {"userDataIngestionStatus" if operation == "add" else "userDataRemovalStatus": counts},
        }

    def _accepted(self, audiences: list[Audience], rows: Rows, operation: str) -> Answer:
        name = uuid.uuid4().hex
        self.hub.jobs[f"request {name}"] = [(audience, rows, operation) for audience in audiences]
        return Answer({"requestId": name})

    def _opened(self, exchange: Exchange) -> dict[str, Any]:
        body = opened(self.hub, exchange, "data manager", A_MINUTE)
        if self.hub.requests_allowed is None and self.hub.too_many("data manager, day", A_DAY, 86_400.0):
            raise refused("RESOURCE_EXHAUSTED", "Quota exceeded: requests per day", quota="requests per day")
        return body

    def _destinations(self, body: Mapping[str, Any]) -> list[Audience]:
        given = _listed(body.get("destinations"), "destinations")
        if len(given) > MOST_DESTINATIONS:
            raise refused("INVALID_ARGUMENT", f"at most {MOST_DESTINATIONS} destinations")
        found = []
        for one in given:
            account = one.get("operatingAccount")
            owner = account.get("accountId") if isinstance(account, Mapping) else None
            audience = self.hub.find(VENDOR, str(one.get("productDestinationId")))
            if audience is None or audience.account != owner:
                raise refused("INVALID_ARGUMENT", "destinations: no such list in this account")
            found.append(audience)
        return found


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise refused("INVALID_ARGUMENT", f"{name} must be a list of objects that is not empty")
    return value


def _require_encoding(body: Mapping[str, Any], members: list[dict[str, Any]]) -> None:
    if body.get("encoding") not in ("HEX", "BASE64") and any(member.get("userData") for member in members):
        raise refused("INVALID_ARGUMENT", "encoding is required")
    for member in members:
        data = member.get("userData")
        given = data.get("userIdentifiers") if isinstance(data, Mapping) else None
        if not isinstance(given, list) or not 0 < len(given) <= MOST_OF_ONE:
            raise refused("INVALID_ARGUMENT", f"user_identifiers: from 1 to {MOST_OF_ONE}")


def _rows(people: list[Any], encoding: Any) -> Rows:
    """Return one row per person and further value of a key."""
    rows = []
    for person in people:
        given = person.get("userIdentifiers") if isinstance(person, Mapping) else None
        values: dict[str, list[Any]] = {}
        for one in given if isinstance(given, list) else []:
            for name, value in _flat(one).items():
                values.setdefault(name, []).append(
                    _hex(value) if encoding == "BASE64" and name in _HASHED else value
                )
        for place in range(max(map(len, values.values()), default=1)):
            rows.append([(values.get(key.spelled, [])[place : place + 1] or [None])[0] for key in KEYS])
    used = [place for place in range(len(KEYS)) if any(row[place] is not None for row in rows)] or [0]
    return several([KEYS[place] for place in used], [[row[place] for place in used] for row in rows])


def _flat(one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        return {}
    address = one.get("address")
    parts = address.items() if isinstance(address, Mapping) else ()
    known = {key.spelled for key in KEYS}
    return {n: v for n, v in (*one.items(), *((f"address.{n}", v) for n, v in parts)) if n in known}


def _hex(value: Any) -> Any:
    try:
        return base64.b64decode(value, validate=True).hex()
    except (binascii.Error, TypeError, ValueError):
        return value


def _band(matched: int, of: int) -> str:
    """Return the name of the band of a match rate."""
    if matched < 100 or not of:
        return "MATCH_RATE_RANGE_NOT_ELIGIBLE"
    rate = min(100 * matched / of, 100)
    if rate < 20:
        return "MATCH_RATE_RANGE_LESS_THAN_20"
    low = 20 if rate <= 30 else int((rate - 1e-9) // 10) * 10 + 1
    return f"MATCH_RATE_RANGE_{low}_TO_{30 if low == 20 else low + 9}"
