"""LinkedIn: users of DMP segments, 5,000 elements in a request, once the segment is ready.

learn.microsoft.com/linkedin/marketing matched audiences; Segment's linkedin-audiences connector. A
segment that is made here is not found for its first minute; one that is only named exists at once. A SHA-512
is taken and meets nobody here: the accounts are known by SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, several
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal, json_object
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "linkedin", "api.linkedin.com"
MOST_ELEMENTS, A_MINUTE, READY_AFTER = 5_000, 600, 60.0
KEYS = (
    Key("email", "SHA256_EMAIL"),
    Key("email", "SHA512_EMAIL", (128,)),
    Key("maid", "GOOGLE_AID", (), clear=True),
    Key("maid", "APPLE_IDFA", (), clear=True),
    Key("first_name", "firstName", (), clear=True),
    Key("last_name", "lastName", (), clear=True),
)


@dataclass(frozen=True, slots=True)
class LinkedIn:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        table = (
            ("POST", "/rest/dmpSegments", self.create),
            ("GET", "/rest/dmpSegments/{segment}", self.read),
            ("POST", "/rest/dmpSegments/{segment}/users", self.users),
        )
        return [Endpoint(VENDOR, HOST, (method,), path, handler) for method, path, handler in table]

    def create(self, exchange: Exchange) -> Answer:
        """Make a segment; its number comes in a header."""
        self._opened(exchange)
        body = json_object(exchange, _refused)
        name, account = body.get("name"), body.get("account")
        if not isinstance(name, str) or not name.strip() or not isinstance(account, str):
            raise _refused("name and account are required")
        if not self.hub.exists(account.rpartition(":")[2]):
            raise _refused("Not enough permissions to access this account", 403, "ACCESS_DENIED")
        made = self.hub.create(VENDOR, account, name, made=self.hub.clock())
        return Answer(None, 201, {"x-restli-id": made.id})

    def read(self, exchange: Exchange) -> Answer:
        """Return a segment with its size."""
        self._opened(exchange)
        audience = self._segment(exchange)
        size = self.hub.shown(audience)
        status = "READY" if size.enough else "AUDIENCE_TOO_SMALL" if audience.touched else "BUILDING"
        destination = {"destination": "LINKEDIN", "audienceSize": size.low, "status": status}
        return Answer({"id": audience.id, "name": audience.name, "destinations": [destination]})

    def users(self, exchange: Exchange) -> Answer:
        """Add users to a segment or remove them; each element has its own status."""
        self._opened(exchange)
        if exchange.headers.get("x-restli-method", "").upper() != "BATCH_CREATE":
            raise _refused("X-RestLi-Method must be BATCH_CREATE")
        audience = self._segment(exchange)
        elements = json_object(exchange, _refused).get("elements")
        if not isinstance(elements, list) or not elements:
            raise _refused("elements must be a list that is not empty")
        actions = [one.get("action") if isinstance(one, Mapping) else None for one in elements]
        values = [_values(one) for one in elements]
        keys = [key for key in KEYS if any(key.spelled in one for one in values)] or [KEYS[0]]
        if len({key.kind for key in keys}) < len(keys):
            raise _refused("userIds hold two forms of one kind of identifier: send them apart")
        rows = {
            action: several(
                keys,
                [
                    [one.get(key.spelled) for key in keys]
                    for one, of in zip(values, actions, strict=True)
                    if of == action
                ],
            )
            for action in ("ADD", "REMOVE")
            if action in actions
        }
        for action, found in rows.items():
            arrive(exchange, found, "add" if action == "ADD" else "remove", audience)
        if len(elements) > MOST_ELEMENTS:
            raise _refused(f"at most {MOST_ELEMENTS} elements in a request")
        valid = {action: iter(found.valid.tolist()) for action, found in rows.items()}
        for action, found in rows.items():
            audience.add(found) if action == "ADD" else audience.remove(found)
        told = [
            {"status": 201} if action in ("ADD", "REMOVE") and next(valid[action]) else _wrong()
            for action in actions
        ]
        return Answer({"elements": told})

    def _opened(self, exchange: Exchange) -> None:
        if not self.hub.authorised(exchange.bearer()):
            raise _refused("Invalid access token", 401, "INVALID_ACCESS_TOKEN")
        if not exchange.headers.get("linkedin-version"):
            raise _refused(
                "A version must be present. Please specify LinkedIn-Version", 400, "VERSION_MISSING"
            )
        if self.hub.too_many(VENDOR, A_MINUTE):
            raise _refused("Resource level throttle limit reached", 429, "TOO_MANY_REQUESTS")

    def _segment(self, exchange: Exchange) -> Audience:
        name = exchange.named["segment"]
        found = self.hub.find(VENDOR, name)
        if not name.isdigit():
            raise _refused("Could not find entity", 404, "NOT_FOUND")
        if found is None:
            return self.hub.first_use(VENDOR, "", name)
        if self.hub.clock() - found.described.get("made", 0.0) < READY_AFTER:
            raise _refused("Could not find entity: the segment is not ready yet", 404, "NOT_FOUND")
        return found


def _values(element: Any) -> dict[str, Any]:
    """Return the identifiers of an element by their type."""
    if not isinstance(element, Mapping):
        return {}
    given = element.get("userIds")
    found = {
        str(one["idType"]): one.get("idValue")
        for one in (given if isinstance(given, list) else [])
        if isinstance(one, Mapping) and isinstance(one.get("idType"), str)
    }
    return found | {name: element[name] for name in ("firstName", "lastName") if name in element}


def _wrong() -> dict[str, Any]:
    return {"status": 400, "error": {"status": 400, "message": "no valid identifier or action"}}


def _refused(message: str, status: int = 400, code: str = "ILLEGAL_ARGUMENT") -> Refusal:
    return Refusal(Answer({"message": message, "status": status, "code": code}, status))
