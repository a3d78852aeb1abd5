"""Meta: custom audiences with their sessions, and the Conversions API.

Forms as its SDK sends them, JSON as connectors do, a payload in the query or the body of DELETE.
Limits and errors: developers.facebook.com, marketing-api/audiences and graph-api/error-handling;
shapes: facebook/facebook-python-business-sdk@94914f9. ``num_matched`` of a session, and of the
audience where it is asked for, counts the audience as it stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.identifiers.kinds import canonical
from reidlab.platform.audiences import Audience, BatchConflict
from reidlab.platform.entries import Key, Rows, several, single
from reidlab.platform.exchange import FORM, Answer, Endpoint, Exchange, Refusal, read_json
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "meta", "graph.facebook.com"
MOST_ROWS, MOST_EVENTS = 10_000, 1_000
CALLS_AN_HOUR = 190_000
"""Calls for custom audiences an hour, above which code 80003 is answered (business use case limits)."""

_CLEAR = ("maid", "external_id", "account_id")
_SCHEMA = frozenset(
    (
        "EMAIL_SHA256", "PHONE_SHA256", "EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "DOB", "LN", "FN",
        "FI", "CT", "ST", "ZIP", "COUNTRY", "MADID", "EXTERN_ID", "MOBILE_ADVERTISER_ID", "UID", "APPUID",
        "PAGEUID", "LOOKALIKE_VALUE", "F5FIRST", "F5LAST", "PAGE_SCOPED_USER_ID",
    )
)  # fmt: skip
_FIELDS = frozenset(
    (
        "id", "account_id", "name", "description", "subtype", "customer_file_source", "retention_days",
        "approximate_count_lower_bound", "approximate_count_upper_bound", "delivery_status",
        "operation_status", "num_matched",
    )
)  # fmt: skip
_USER_DATA = frozenset(
    ("em", "ph", "fn", "ln", "ct", "st", "zp", "country", "db", "ge", "external_id", "madid")
)


@dataclass(frozen=True, slots=True)
class Meta:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        table = (
            (("POST",), "/{version}/act_{account}/customaudiences", self.create),
            (("GET",), "/{version}/act_{account}/customaudiences", self.listed),
            (("POST", "DELETE"), "/{version}/{audience}/users", self.users),
            (("POST",), "/{version}/{audience}/usersreplace", self.users),
            (("GET",), "/{version}/{audience}/sessions", self.sessions),
            (("POST",), "/{version}/{pixel}/events", self.events),
            (("GET", "DELETE", "POST"), "/{version}/{audience}", self.one),
            (("GET", "DELETE", "POST"), "/{version}/{audience}/", self.one),
        )
        return [Endpoint(VENDOR, HOST, methods, path, handler) for methods, path, handler in table]

    def create(self, exchange: Exchange) -> Answer:
        """Make an audience."""
        given = self._opened(exchange)
        account = exchange.named["account"]
        if not re.fullmatch(r"[0-9]{1,20}", account) or not self.hub.exists(account):
            raise _unknown("post", f"act_{account}")
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            raise _refused(100, "(#100) The parameter name is required")
        kept = {key: given[key] for key in ("description", "subtype", "customer_file_source") if key in given}
        made = self.hub.create(VENDOR, account, name, **kept)
        return Answer({"id": made.id})

    def listed(self, exchange: Exchange) -> Answer:
        """Return the audiences of an account."""
        self._opened(exchange)
        account = exchange.named["account"]
        if not self.hub.exists(account):
            raise _unknown("get", f"act_{account}")
        fields = _fields(exchange)
        mine = [a for a in self.hub.audiences.values() if (a.vendor, a.account) == (VENDOR, account)]
        return Answer({"data": [self._described(audience, fields) for audience in mine]})

    def one(self, exchange: Exchange) -> Answer:
        """Read, rename or delete an audience."""
        given = self._opened(exchange)
        audience = self._audience(exchange)
        if exchange.method == "DELETE":
            del self.hub.audiences[audience.id]
            return Answer({"success": True})
        if exchange.method == "POST":
            if isinstance(name := given.get("name"), str) and name.strip():
                audience.name = name
            return Answer({"success": True})
        return Answer(self._described(audience, _fields(exchange)))

    def users(self, exchange: Exchange) -> Answer:
        """Add, remove or replace the rows of an audience."""
        given = self._opened(exchange)
        audience = self._audience(exchange)
        replaces = exchange.path.endswith("usersreplace")
        operation = "replace" if replaces else "remove" if exchange.method == "DELETE" else "add"
        payload = _object(given.get("payload"), "payload")
        rows = _rows(payload)
        arrival = arrive(exchange, rows, operation, audience)
        if len(rows) > MOST_ROWS:
            raise _refused(100, f"Maximum number of users {MOST_ROWS}")
        if operation != "remove" and self.hub.blocked(audience):
            raise _refused(100, "Invalid parameter", 1713230, title="Audience Upload Blocked")
        session, number, last = _session(given.get("session"), replaces)
        if session is None:
            session = str(self.hub.number("session"))
        content = hashlib.sha256(repr((operation, last, payload)).encode(errors="replace")).hexdigest()
        try:
            _, new = audience.take(session, number, last, content, rows, operation)
        except BatchConflict as conflict:
            raise _refused(100, f"(#100) Invalid session: {conflict}") from None
        if not new:
            arrival.operation = "repeat"
        samples = {str(place): "not a SHA-256 of the key's form" for place in rows.samples()}
        return Answer(
            {
                "audience_id": audience.id,
                "session_id": session,
                "num_received": len(rows),
                "num_invalid_entries": rows.invalid,
                "invalid_entry_samples": samples,
            },
            headers=self._usage(audience.account),
        )

    def sessions(self, exchange: Exchange) -> Answer:
        """Return the sessions of an audience."""
        self._opened(exchange)
        audience = self._audience(exchange)
        matched = str(self.hub.matched(audience))
        wanted = exchange.query.get("session_id")
        return Answer(
            {
                "data": [
                    {
                        "session_id": session.id,
                        "num_received": str(session.received),
                        "num_invalid_entries": str(session.invalid),
                        "stage": "done" if session.whole else "uploading",
                        "progress": "100" if session.whole else "0",
                        "num_matched": matched,
                    }
                    for session in audience.sessions.values()
                    if wanted in (None, session.id)
                ]
            }
        )

    def events(self, exchange: Exchange) -> Answer:
        """Take conversions: a JSON list of events, each an object or JSON text."""
        given = self._opened(exchange)
        pixel = exchange.named["pixel"]
        if not pixel.isdigit():
            raise _unknown("post", pixel)
        data = _decoded(given.get("data"), "data")
        if not isinstance(data, list) or not data:
            raise _refused(100, "(#100) param data must be a non-empty array.")
        events = [_decoded(event, "data") for event in data]
        rows = _people([event.get("user_data") if isinstance(event, Mapping) else None for event in events])
        audience = self.hub.first_use(VENDOR, "", f"pixel {pixel}")
        arrive(exchange, rows, "event", audience)
        if len(events) > MOST_EVENTS:
            raise _refused(100, f"(#100) Too many events: at most {MOST_EVENTS} in one request.")
        for event in events:
            if not isinstance(event, Mapping) or not event.get("event_name") or not event.get("event_time"):
                raise _refused(100, "Invalid parameter", 2804003, title="Event without name or time")
            if not isinstance(event.get("user_data"), Mapping):
                raise _refused(100, "Invalid parameter", 2804050, title="Event without customer information")
        audience.rows += len(events)
        return Answer({"events_received": len(events), "messages": [], "fbtrace_id": "Alab"})

    def _opened(self, exchange: Exchange) -> dict[str, Any]:
        """Return the parameters of a request once its token and its frequency are in order."""
        given = _parameters(exchange)
        token = given.pop("access_token", None) or exchange.bearer()
        if not isinstance(token, str) or not self.hub.authorised(token):
            raise _refused(190, "Invalid OAuth access token - Cannot parse access token")
        if self.hub.too_many(VENDOR, CALLS_AN_HOUR, 60.0 if self.hub.requests_allowed else 3_600.0):
            raise _refused(80003, "(#80003) There have been too many calls to this ad-account.", 2446079)
        return given

    def _audience(self, exchange: Exchange) -> Audience:
        name = exchange.named["audience"]
        found = self.hub.find(VENDOR, name)
        if found is None:
            raise _unknown(exchange.method.lower(), name)
        return found

    def _described(self, audience: Audience, fields: list[str]) -> dict[str, Any]:
        told: dict[str, Any] = {"id": audience.id, "account_id": audience.account, "name": audience.name}
        told |= {"retention_days": 0, **audience.described}
        if "num_matched" in fields:
            told["num_matched"] = self.hub.matched(audience)
        if any(field.startswith("approximate_count") for field in fields):
            size = self.hub.shown(audience)
            told["approximate_count_lower_bound"] = size.low
            told["approximate_count_upper_bound"] = size.high
        blocked = self.hub.blocked(audience)
        told["delivery_status"] = {"code": 200, "description": "This audience is ready for use."}
        told["operation_status"] = (
            {"code": 471, "description": "Flagged: it may suggest a health condition."}
            if blocked
            else {"code": 200, "description": "Normal"}
        )
        return {field: told[field] for field in dict.fromkeys(["id", *fields]) if field in told}

    def _usage(self, account: str) -> dict[str, str]:
        usage = (
            f'{{"{account}": [{{"type": "custom_audience", "call_count": 1, "total_cputime": 1, '
            '"total_time": 1, "estimated_time_to_regain_access": 0}]}'
        )
        return {"x-business-use-case-usage": usage}


def _refused(code: int, message: str, subcode: int | None = None, title: str | None = None) -> Refusal:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Alab"}
    if subcode is not None:
        error["error_subcode"] = subcode
    if title is not None:
        error |= {"error_user_title": title, "is_transient": False}
    return Refusal(Answer({"error": error}, 400))


def _unknown(method: str, name: str) -> Refusal:
    return _refused(
        100,
        f"Unsupported {method} request. Object with ID '{name[:60]}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation",
        33,
    )


def _parameters(exchange: Exchange) -> dict[str, Any]:
    given: dict[str, Any] = dict(exchange.query)
    if not exchange.body:
        return given
    try:
        if exchange.content_type == "application/json":
            body = exchange.json()
        elif exchange.content_type in ("", FORM):
            body = exchange.form()
        else:
            raise _refused(100, f"(#100) Content type {exchange.content_type[:60]!r} is not supported")
    except ValueError:
        raise _refused(100, "(#100) The body is not what its content type says") from None
    if not isinstance(body, dict):
        raise _refused(100, "(#100) The body must hold parameters by name")
    return given | body


def _decoded(value: Any, name: str) -> Any:
    """Return a parameter that may come as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError:
        raise _refused(100, f"(#100) param {name} must be valid JSON.") from None


def _object(value: Any, name: str) -> dict[str, Any]:
    found = _decoded(value, name)
    if not isinstance(found, dict):
        raise _refused(100, f"(#100) The parameter {name} is required")
    return found


def _rows(payload: Mapping[str, Any]) -> Rows:
    schema, data = payload.get("schema"), payload.get("data")
    names = [schema] if isinstance(schema, str) else schema
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise _refused(100, "(#100) The parameter payload[schema] is required")
    if unknown := [name for name in names if name.upper() not in _SCHEMA]:
        raise _refused(100, f"(#100) Invalid schema {unknown[0][:60]!r}")
    if len({canonical(name) for name in names}) < len(names):
        raise _refused(100, "(#100) A key stands twice in the schema")
    if not isinstance(data, list) or not data:
        raise _refused(100, "(#100) The parameter payload[data] must be a non-empty array.")
    keys = [_key(name.upper()) for name in names]
    if len(keys) == 1:
        return single(keys[0], [_only(value) for value in data])
    return several(keys, data)


def _only(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if len(value) == 1 else None
    return value


def _key(name: str) -> Key:
    kind = canonical(name)
    return Key(kind, name, () if kind == "external_id" else (64,), clear=kind in _CLEAR)


def _session(value: Any, required: bool) -> tuple[str | None, int, bool]:
    """Return name of the session, number of the batch and whether it is the last."""
    if value in (None, "") and not required:
        return None, 1, True
    session = _object(value, "session")
    name, number, last = (session.get(key) for key in ("session_id", "batch_seq", "last_batch_flag"))
    known = _whole(name), _whole(number)
    if known[0] is None or known[1] is None or known[1] < 1:
        raise _refused(100, "(#100) session needs a numeric session_id and a batch_seq from 1 on")
    if not isinstance(last, bool | None) and str(last).lower() not in ("true", "false", "0", "1"):
        raise _refused(100, "(#100) session[last_batch_flag] must be a boolean")
    return str(known[0]), known[1], str(last).lower() in ("true", "1")


def _whole(value: Any) -> int | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | str)
        or not re.fullmatch("[0-9]{1,19}", str(value))
    ):
        return None
    return int(value)


def _fields(exchange: Exchange) -> list[str]:
    fields = [field.strip() for field in exchange.query.get("fields", "").split(",") if field.strip()]
    if unknown := [field for field in fields if field not in _FIELDS]:
        raise _refused(
            100,
            f"(#100) Tried accessing nonexisting field ({unknown[0][:60]}) on node type (CustomAudience)",
        )
    return fields


def _people(users: list[Any]) -> Rows:
    """Return the identifiers of events as rows; of several values of a key the first."""
    known = [user if isinstance(user, Mapping) else {} for user in users]
    names = sorted({name for user in known for name in user if name in _USER_DATA})
    keys = [Key(canonical(name), name, clear=canonical(name) in _CLEAR) for name in names]
    if len({key.kind for key in keys}) < len(keys) or not keys:
        keys = [Key("email", "em")]
    return several(keys, [[_first(user.get(key.spelled)) for key in keys] for user in known])


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if value else None
    return value
