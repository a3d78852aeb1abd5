"""TikTok: segments, whose answer is HTTP 200 whatever happens; the ``code`` inside says what did.

business-api.tiktok.com v1.3 (segment/audience, segment/mapping); Segment's tiktok-audiences connector.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.identifiers.kinds import canonical
from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, Rows, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object, read_json
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "tiktok", "business-api.tiktok.com"
MOST_ROWS, A_MINUTE = 10_000, 600
SCHEMAS = (
    "EMAIL_SHA256", "PHONE_SHA256", "IDFA_SHA256", "AAID_SHA256", "GAID_SHA256", "IDFA_MD5", "AAID_MD5",
    "GAID_MD5",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TikTok:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/open_api/{version}"
        table = (
            ("POST", f"{base}/segment/audience/", self.audience),
            ("POST", f"{base}/segment/mapping/", self.mapping),
            ("GET", f"{base}/dmp/custom_audience/get/", self.read),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def audience(self, exchange: Exchange) -> Answer:
        """Make or delete a segment."""
        self._opened(exchange)
        body = json_object(exchange, _refused)
        account, action = str(_needed(body, "advertiser_id")), _needed(body, "action")
        if not self.hub.exists(account):
            raise _refused("No permission to operate this advertiser", 40001)
        if action == "create":
            name = _needed(body, "custom_audience_name")
            if not isinstance(name, str) or not name.strip():
                raise _refused("custom_audience_name: must be a string")
            made = self.hub.create(VENDOR, account, name)
            return _told({"audience_id": made.id})
        if action != "delete":
            raise _refused("action: must be create or delete")
        found = self.hub.find(VENDOR, str(_needed(body, "audience_id")))
        if found is None:
            raise _refused("audience_id: no such audience")
        del self.hub.audiences[found.id]
        return _told({"audience_id": found.id})

    def mapping(self, exchange: Exchange) -> Answer:
        """Add users to segments or delete them; segments exist from their first use."""
        self._opened(exchange)
        body = json_object(exchange, _refused)
        accounts, action = _needed(body, "advertiser_ids"), _needed(body, "action")
        schema, data = _needed(body, "id_schema"), _needed(body, "batch_data")
        if action not in ("add", "delete"):
            raise _refused("action: must be add or delete")
        if (
            not isinstance(accounts, list)
            or not accounts
            or not all(self.hub.exists(str(one)) for one in accounts)
        ):
            raise _refused("No permission to operate this advertiser", 40001)
        if not isinstance(schema, list) or not schema or any(name not in SCHEMAS for name in schema):
            raise _refused(f"id_schema: must hold some of {', '.join(SCHEMAS)}")
        if len({canonical(name) for name in schema}) < len(schema):
            raise _refused("id_schema: a kind of identifier stands twice")
        if not isinstance(data, list) or not data:
            raise _refused("batch_data: must be a list that is not empty")
        operation, invalid = "add" if action == "add" else "remove", 0
        lists = _by_list(schema, data)
        for name, rows in lists.items():
            audience = self._list(str(accounts[0]), name)
            arrive(exchange, rows, operation, audience)
            invalid += rows.invalid
        if len(data) > MOST_ROWS:
            raise _refused(f"batch_data: at most {MOST_ROWS} rows")
        unnamed = _unnamed(data, len(schema))
        for name, rows in lists.items():
            audience = self._list(str(accounts[0]), name)
            audience.add(rows) if operation == "add" else audience.remove(rows)
        if invalid or unnamed:
            return _told({"invalid_rows": invalid + unnamed}, 20001, "Partial success")
        return _told({})

    def read(self, exchange: Exchange) -> Answer:
        """Return segments with their sizes."""
        self._opened(exchange)
        try:
            wanted = read_json(exchange.query.get("custom_audience_ids", "[]"))
        except ValueError:
            raise _refused("custom_audience_ids: must be a JSON list") from None
        ids = {str(one) for one in wanted} if isinstance(wanted, list) else set()
        found = [a for a in self.hub.audiences.values() if a.vendor == VENDOR and (not ids or a.id in ids)]
        return _told({"list": [self._described(audience) for audience in found]})

    def _described(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        details = {
            "audience_id": audience.id,
            "name": audience.name,
            "cover_num": size.low,
            "is_valid": size.enough,
        }
        return {"audience_details": details}

    def _list(self, account: str, name: str) -> Audience:
        return self.hub.find(VENDOR, name) or self.hub.first_use(VENDOR, account, name)

    def _opened(self, exchange: Exchange) -> None:
        token = exchange.headers.get("access-token")
        if token is None:
            raise _refused("Access token is missing", 40104)
        if not self.hub.authorised(token):
            raise _refused("Access token is incorrect or has been revoked", 40105)
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("Too many requests. Please retry in some time.", 40100)


def _needed(body: Mapping[str, Any], name: str) -> Any:
    if body.get(name) in (None, ""):
        raise _refused(f"{name}: Missing data for required field.")
    return body[name]


def _by_list(schema: list[str], data: list[Any]) -> dict[str, Rows]:
    """Return the rows of each segment that the cells name; a row of another length is nobody's."""
    keys = [Key(canonical(name), name, (32,) if name.endswith("MD5") else (64,)) for name in schema]
    rows: dict[str, list[list[Any]]] = {}
    for row in data:
        cells = row if isinstance(row, list) and len(row) == len(schema) else []
        values = [cell.get("id") if isinstance(cell, Mapping) else None for cell in cells]
        named = [_named(cell) for cell in cells]
        for audience in dict.fromkeys(name for names in named for name in names):
            mine = [v if audience in names else None for v, names in zip(values, named, strict=True)]
            rows.setdefault(audience, []).append(mine)
    return {audience: several(keys, found) for audience, found in rows.items()}


def _named(cell: Any) -> list[str]:
    names = cell.get("audience_ids") if isinstance(cell, Mapping) else None
    if not isinstance(names, list):
        return []
    return [str(name) for name in names if isinstance(name, str | int) and str(name)]


def _unnamed(data: list[Any], width: int) -> int:
    """Return the rows that name no segment, which go nowhere."""
    return sum(not (isinstance(row, list) and len(row) == width and any(map(_named, row))) for row in data)


def _told(data: Mapping[str, Any], code: int = 0, message: str = "OK") -> Answer:
    return Answer({"code": code, "message": message, "request_id": uuid.uuid4().hex, "data": dict(data)})


def _refused(message: str, code: int = 40002) -> Refusal:
    return Refusal(_told({}, code, message))
