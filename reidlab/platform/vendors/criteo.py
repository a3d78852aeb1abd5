"""Criteo: contact lists of audience segments, up to 50,000 identifiers in a request.

developers.criteo.com, audience segments; Segment's criteo-audiences connector. A segment exists from
its first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import MANY, Key, single
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "criteo", "api.criteo.com"
MOST_ROWS, A_MINUTE = 50_000, 250
KEYS = {
    "email": Key("email", "email", MANY, profile="criteo"),
    "madid": Key("maid", "madid", (), clear=True),
    "identityLink": Key("external_id", "identityLink", (), clear=True),
    "gum": Key("external_id", "gum", (), clear=True),
    "customerId": Key("external_id", "customerId", (), clear=True),
}


@dataclass(frozen=True, slots=True)
class Criteo:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        path = "/{version}/audience-segments/{segment}/contact-list"
        table = (
            ("PATCH", path, self.amend),
            ("DELETE", path, self.clear),
            ("GET", f"{path}/statistics", self.read),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def amend(self, exchange: Exchange) -> Answer:
        """Add identifiers or remove them."""
        audience = self._segment(exchange)
        data = json_object(exchange, _refused).get("data")
        given = data.get("attributes") if isinstance(data, dict) else None
        if (
            not isinstance(given, dict)
            or not isinstance(data, dict)
            or data.get("type") != "ContactlistAmendment"
        ):
            raise _refused("data must be a ContactlistAmendment with attributes")
        kind, operation = given.get("identifierType"), given.get("operation")
        identifiers = given.get("identifiers")
        if not isinstance(kind, str) or kind not in KEYS:
            raise _refused(f"identifierType must be one of {', '.join(KEYS)}")
        if not isinstance(identifiers, list) or not identifiers:
            raise _refused("identifiers must be a list that is not empty")
        rows = single(KEYS[kind], identifiers)
        arrive(exchange, rows, "remove" if operation == "remove" else "add", audience)
        if operation not in ("add", "remove"):
            raise _refused("operation must be add or remove")
        if len(rows) > MOST_ROWS:
            raise _refused(f"at most {MOST_ROWS} identifiers in a request")
        audience.add(rows) if operation == "add" else audience.remove(rows)
        attributes = {
            "contactListId": audience.id,
            "operation": operation,
            "requestDate": "2026-01-01T00:00:00Z",
            "identifierType": kind,
            "nbValidIdentifiers": len(rows) - rows.invalid,
            "nbInvalidIdentifiers": rows.invalid,
            "sampleInvalidIdentifiers": [str(identifiers[place])[:200] for place in rows.samples()],
        }
        return _told("ContactlistAmendment", attributes)

    def clear(self, exchange: Exchange) -> Answer:
        """Take everything off a segment."""
        self._segment(exchange).clear()
        return _told("ContactlistAmendment", {"operation": "clear"})

    def read(self, exchange: Exchange) -> Answer:
        """Return how many identifiers a segment was sent and how many were matched."""
        audience = self._segment(exchange)
        size = self.hub.shown(audience)
        counts = {"numberOfIdentifiers": audience.rows, "numberOfMatches": size.low}
        return _told("ContactListStatistics", counts)

    def _segment(self, exchange: Exchange) -> Audience:
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("the access token is not valid", 401, "authorization-token-invalid")
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("too many requests", 429, "too-many-requests")
        name = exchange.named["segment"]
        if not name.isdigit():
            raise _refused("no such audience segment", 404, "segment-not-found")
        return self.hub.first_use(VENDOR, "", name)


def _told(kind: str, attributes: dict[str, Any]) -> Answer:
    return Answer({"data": {"type": kind, "attributes": attributes}, "warnings": [], "errors": []})


def _refused(message: str, status: int = 400, code: str = "invalid-request") -> Refusal:
    error = {"traceId": "lab", "type": "validation" if status == 400 else "access-control", "code": code}
    return Refusal(Answer({"warnings": [], "errors": [error | {"title": message}]}, status))
