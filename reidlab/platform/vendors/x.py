"""X: custom audiences of users; a request is taken as a whole or not at all.

developer.x.com ads-api, audiences and custom-audiences users (2,500 operations, 5 MB, 1,500 requests a
minute, of an older version); shapes of twitter-ads 11, which signs with OAuth 1: its ``oauth_token``
is the access token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, Rows, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_value
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "x", "ads-api.x.com"
MOST_OPERATIONS, MOST_BYTES, A_MINUTE = 2_500, 5_000_000, 1_500
KEYS = (
    Key("email", "email"),
    Key("phone", "phone_number"),
    Key("maid", "device_id"),
    Key("handle", "handle"),
    Key("account_id", "twitter_id"),
    Key("external_id", "partner_user_id", (), clear=True),
)
_SPELLED = frozenset(key.spelled for key in KEYS)
_TIMES = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class X:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/{version}/accounts/{account}"
        table = (
            (("GET",), base, self.account),
            (("POST",), f"{base}/custom_audiences", self.create),
            (("GET",), f"{base}/custom_audiences", self.listed),
            (("GET", "DELETE"), f"{base}/custom_audiences/{{audience}}", self.one),
            (("POST",), f"{base}/custom_audiences/{{audience}}/users", self.users),
        )
        return [Endpoint(VENDOR, HOST, methods, path, handler) for methods, path, handler in table]

    def account(self, exchange: Exchange) -> Answer:
        """Return an account."""
        account = self._opened(exchange)
        told = {"id": account, "name": account, "deleted": False, "approval_status": "ACCEPTED"}
        return _told(told | {"created_at": _TIMES, "updated_at": _TIMES, "timezone": "UTC"})

    def create(self, exchange: Exchange) -> Answer:
        """Make an audience; its name comes in the query."""
        account = self._opened(exchange)
        name = exchange.query.get("name", "")
        if not name.strip():
            raise _refused("MISSING_PARAMETER", "name is required", parameter="name")
        return _told(self._described(self.hub.create(VENDOR, account, name)))

    def listed(self, exchange: Exchange) -> Answer:
        """Return the audiences of an account."""
        owner = (VENDOR, self._opened(exchange))
        mine = [self._described(a) for a in self.hub.audiences.values() if (a.vendor, a.account) == owner]
        return _told(mine, next_cursor=None)

    def one(self, exchange: Exchange) -> Answer:
        """Read or delete an audience."""
        self._opened(exchange)
        audience = self._audience(exchange)
        if exchange.method == "DELETE":
            del self.hub.audiences[audience.id]
            return _told(self._described(audience) | {"deleted": True})
        return _told(self._described(audience))

    def users(self, exchange: Exchange) -> Answer:
        """Add users (Update) or take them off (Delete): all operations, or none."""
        self._opened(exchange)
        audience = self._audience(exchange)
        if len(exchange.body) > MOST_BYTES:
            raise _refused("PAYLOAD_TOO_LARGE", f"at most {MOST_BYTES} bytes", 413)
        operations = json_value(exchange, lambda message: _refused("INVALID_JSON", message))
        if not isinstance(operations, list) or not operations:
            raise _refused("INVALID_PARAMETER", "the body must be a list of operations")
        steps = [(_kind(one), _rows(one)) for one in operations]
        for kind, rows in steps:
            if rows is not None:
                arrive(exchange, rows, kind or "unknown", audience)
        if len(operations) > MOST_OPERATIONS:
            raise _refused("TOO_MANY_OPERATIONS", f"at most {MOST_OPERATIONS} operations")
        wrong = [
            {"code": "INVALID_PARAMETER", "index": place, "message": "operation_type or users are not valid"}
            for place, (kind, rows) in enumerate(steps)
            if kind is None or rows is None or rows.invalid
        ]
        if wrong:
            raise Refusal(Answer({"errors": [], "operation_errors": wrong, "request": {"params": {}}}, 400))
        for kind, rows in steps:
            if rows is not None:
                audience.add(rows) if kind == "add" else audience.remove(rows)
        return _told({"success_count": len(operations), "total_count": len(operations)})

    def _opened(self, exchange: Exchange) -> str:
        """Return the account of a request whose token and frequency are in order."""
        match = re.search(r'oauth_token="([^"]*)"', exchange.headers.get("authorization", ""))
        token = unquote(match[1]) if match else exchange.bearer()
        if not self.hub.authorised(token):
            raise _refused("UNAUTHORIZED_ACCESS", "This request is not properly authenticated", 401)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("TOO_MANY_REQUESTS", "Rate limit exceeded", 429)
        account = exchange.named["account"]
        if not self.hub.exists(account):
            raise _refused("NOT_FOUND", "User does not have access to this account", 404, "account_id")
        return account

    def _audience(self, exchange: Exchange) -> Audience:
        found = self.hub.find(VENDOR, exchange.named["audience"])
        if found is None or found.account != exchange.named["account"]:
            raise _refused("NOT_FOUND", "no such audience", 404, "custom_audience_id")
        return found

    def _described(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        return {
            "id": audience.id,
            "name": audience.name,
            "targetable": size.enough,
            "audience_size": size.low if size.enough else None,
            "audience_type": "CRM",
            "reasons_not_targetable": []
            if size.enough
            else ["TOO_SMALL"]
            if audience.touched
            else ["PROCESSING"],
            "targetable_types": ["CRM"] if size.enough else [],
            "partner_source": "OTHER",
            "deleted": False,
            "created_at": _TIMES,
            "updated_at": _TIMES,
            "permission_level": "READ_WRITE",
            "owner_account_id": audience.account,
        }


def _kind(operation: Any) -> str | None:
    """Return what an operation does; None when it says nothing that is known."""
    name = operation.get("operation_type") if isinstance(operation, Mapping) else None
    return {"Update": "add", "Delete": "remove"}.get(name) if isinstance(name, str) else None


def _rows(operation: Any) -> Rows | None:
    """Return one row per user and further value of a key; None when there are no users."""
    params = operation.get("params") if isinstance(operation, Mapping) else None
    users = params.get("users") if isinstance(params, Mapping) else None
    if not isinstance(users, list) or not users:
        return None
    rows = []
    for user in users:
        values = {
            name: value if isinstance(value, list) else [value]
            for name, value in (user.items() if isinstance(user, Mapping) else ())
            if name in _SPELLED
        }
        for place in range(max(map(len, values.values()), default=1)):
            rows.append([(values.get(key.spelled, [])[place : place + 1] or [None])[0] for key in KEYS])
    used = [place for place in range(len(KEYS)) if any(row[place] is not None for row in rows)] or [0]
    return several([KEYS[place] for place in used], [[row[place] for place in used] for row in rows])


def _told(data: Any, **more: Any) -> Answer:
    return Answer({"data": data, "request": {"params": {}}, **more})


def _refused(code: str, message: str, status: int = 400, parameter: str | None = None) -> Refusal:
    error = {"code": code, "message": message} | ({} if parameter is None else {"parameter": parameter})
    return Refusal(Answer({"errors": [error], "request": {"params": {}}}, status))
