"""Reddit: custom audiences, whose rows come in the order of named columns.

ads-api.reddit.com v3; Segment's reddit-audiences connector (column_order, user_data). The number of
rows in a request is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "reddit", "ads-api.reddit.com"
MOST_ROWS, A_MINUTE = 2_500, 300
KEYS = {"EMAIL_SHA256": Key("email", "EMAIL_SHA256"), "MAID_SHA256": Key("maid", "MAID_SHA256")}


@dataclass(frozen=True, slots=True)
class Reddit:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/api/v3/custom_audiences/{audience}"
        table = (
            ("POST", "/api/v3/ad_accounts/{account}/custom_audiences", self.create),
            ("GET", base, self.read),
            ("PATCH", f"{base}/users", self.users),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def create(self, exchange: Exchange) -> Answer:
        """Make an audience."""
        self._opened(exchange)
        account = exchange.named["account"]
        if not self.hub.exists(account):
            raise _refused("ad account not found", 404)
        data = json_object(exchange, _refused).get("data")
        name = data.get("name") if isinstance(data, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise _refused("name is required")
        return Answer({"data": self._described(self.hub.create(VENDOR, account, name))}, 201)

    def read(self, exchange: Exchange) -> Answer:
        """Return an audience."""
        self._opened(exchange)
        return Answer({"data": self._described(self._audience(exchange))})

    def users(self, exchange: Exchange) -> Answer:
        """Add users or remove them."""
        self._opened(exchange)
        audience = self._audience(exchange)
        data = json_object(exchange, _refused).get("data")
        given: dict[str, Any] = data if isinstance(data, dict) else {}
        names, rows, action = given.get("column_order"), given.get("user_data"), given.get("action_type")
        if not isinstance(names, list) or not names or any(name not in KEYS for name in names):
            raise _refused(f"column_order must hold some of {', '.join(KEYS)}")
        if len(set(names)) < len(names):
            raise _refused("column_order holds a column twice")
        if not isinstance(rows, list) or not rows:
            raise _refused("user_data must be a list that is not empty")
        read = several([KEYS[name] for name in names], rows)
        arrive(exchange, read, "remove" if action == "REMOVE" else "add", audience)
        if action not in ("ADD", "REMOVE"):
            raise _refused("action_type must be ADD or REMOVE")
        if len(rows) > MOST_ROWS:
            raise _refused(f"at most {MOST_ROWS} users in a request")
        audience.add(read) if action == "ADD" else audience.remove(read)
        return Answer({"data": {"invalid_user_count": read.invalid}})

    def _opened(self, exchange: Exchange) -> None:
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("unauthorized", 401)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("too many requests", 429)

    def _audience(self, exchange: Exchange) -> Audience:
        found = self.hub.find(VENDOR, exchange.named["audience"])
        if found is None:
            raise _refused("custom audience not found", 404)
        return found

    def _described(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        status = "VALID" if size.enough else "TOO_SMALL" if audience.touched else "NOT_POPULATED"
        return {
            "id": audience.id,
            "name": audience.name,
            "type": "CUSTOMER_LIST",
            "status": status,
            "size_range_lower": size.low if size.enough else None,
        }


def _refused(message: str, status: int = 400) -> Refusal:
    return Refusal(Answer({"error": {"code": status, "message": message}}, status))
