"""Google Ads: customer match lists and their upload jobs, over REST; `google_grpc` says the same in gRPC.

Limits and floors: developers.google.com/google-ads/api/docs/remarketing/audience-segments/customer-match;
shapes: google-ads v21 and RudderStack's googleAds connector. A job changes its list when it is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reidlab.platform.audiences import Audience
from reidlab.platform.entries import Key, Rows, several, single
from reidlab.platform.exchange import Answer, Endpoint, Exchange, Refusal
from reidlab.platform.hub import Hub, arrive

VENDOR, HOST = "google", "googleads.googleapis.com"
MOST_IDENTIFIERS, MOST_OF_ONE = 100_000, 20
"""Identifiers of one request, and of one operation."""

KEYS = (
    Key("email", "hashedEmail"),
    Key("phone", "hashedPhoneNumber"),
    Key("maid", "mobileId", (), clear=True),
    Key("external_id", "thirdPartyUserId", (), clear=True),
    Key("first_name", "addressInfo.hashedFirstName"),
    Key("last_name", "addressInfo.hashedLastName"),
    Key("country", "addressInfo.countryCode", (), clear=True),
    Key("zip", "addressInfo.postalCode", (), clear=True),
)
_FIELDS = {
    "user_list.id", "user_list.name", "user_list.resource_name", "user_list.size_for_display",
    "user_list.size_for_search", "user_list.match_rate_percentage", "user_list.membership_status",
    "user_list.eligible_for_search", "user_list.eligible_for_display", "offline_user_data_job.status",
    "offline_user_data_job.resource_name", "offline_user_data_job.id",
}  # fmt: skip

CODES = {"INVALID_ARGUMENT": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404,
         "RESOURCE_EXHAUSTED": 429}  # fmt: skip
"""HTTP status of each of Google's names for an error."""


@dataclass(slots=True)
class Job:
    """An upload job.

    Parameters
    ----------
    name : str
        Its resource name.
    audience : Audience
        The list it changes.
    steps : list
        What it does once it is run: rows to add, rows to remove, or None for all of them.
    status : str
        ``PENDING`` until it is run, then ``SUCCESS``.
    """

    name: str
    audience: Audience
    steps: list[tuple[str, Rows | None]] = field(default_factory=list)
    status: str = "PENDING"


@dataclass(frozen=True, slots=True)
class GoogleAds:
    """The endpoints, over the state that all vendors share."""

    hub: Hub

    def endpoints(self) -> list[Endpoint]:
        """Return what is answered."""
        base = "/{version}/customers/{customer}"
        table = (
            (f"{base}/userLists:mutate", self.mutate),
            (f"{base}/offlineUserDataJobs:create", self.create),
            (f"{base}/offlineUserDataJobs/{{job}}:addOperations", self.add),
            (f"{base}/offlineUserDataJobs/{{job}}:run", self.run),
            (f"{base}/googleAds:searchStream", self.stream),
            (f"{base}/googleAds:search", self.search),
        )
        return [Endpoint(VENDOR, HOST, ("POST",), path, handler) for path, handler in table]

    def mutate(self, exchange: Exchange) -> Answer:
        """Make, rename or remove lists."""
        body, customer = self._opened(exchange)
        operations = _listed(body.get("operations"), "operations")
        results = [{"resourceName": self._mutated(customer, operation)} for operation in operations]
        return Answer({"results": results})

    def _mutated(self, customer: str, operation: Mapping[str, Any]) -> str:
        if isinstance(operation.get("create"), Mapping):
            name = operation["create"].get("name")
            if not isinstance(name, str) or not name.strip():
                raise refused("INVALID_ARGUMENT", "The required field was not present: name")
            made = self.hub.create(VENDOR, customer, name)
            return f"customers/{customer}/userLists/{made.id}"
        if isinstance(operation.get("update"), Mapping):
            audience = self.audience(customer, operation["update"].get("resourceName"))
            if isinstance(name := operation["update"].get("name"), str) and name.strip():
                audience.name = name
            return str(operation["update"]["resourceName"])
        audience = self.audience(customer, operation.get("remove"))
        del self.hub.audiences[audience.id]
        return str(operation["remove"])

    def create(self, exchange: Exchange) -> Answer:
        """Make a job for a list."""
        body, customer = self._opened(exchange)
        job = body.get("job")
        if not isinstance(job, Mapping) or job.get("type") not in ("CUSTOMER_MATCH_USER_LIST", 4):
            raise refused("INVALID_ARGUMENT", "job.type must be CUSTOMER_MATCH_USER_LIST")
        told = job.get("customerMatchUserListMetadata")
        audience = self.audience(customer, told.get("userList") if isinstance(told, Mapping) else None)
        name = f"customers/{customer}/offlineUserDataJobs/{self.hub.number('job')}"
        self.hub.jobs[name] = Job(name, audience)
        return Answer({"resourceName": name})

    def add(self, exchange: Exchange) -> Answer:
        """Add operations to a job; with partial failure the wrong ones are named and left out."""
        body, customer = self._opened(exchange)
        job = self._job(customer, exchange.named["job"])
        operations = _listed(body.get("operations"), "operations")
        identifiers = [_identifiers(operation) for operation in operations]
        steps = _steps(operations, identifiers)
        for kind, rows in steps:
            if rows is not None:
                arrive(exchange, rows, kind, job.audience)
        if sum(map(len, identifiers)) > MOST_IDENTIFIERS:
            raise refused(
                "INVALID_ARGUMENT", f"Too many user identifiers: at most {MOST_IDENTIFIERS} in a request"
            )
        if job.status != "PENDING":
            raise refused("INVALID_ARGUMENT", "The job is running or done: make another")
        told = map(_wrong, operations, identifiers)
        wrong = {place: what for place, what in enumerate(told) if what}
        if wrong and not body.get("enablePartialFailure", body.get("enable_partial_failure")):
            place, what = next(iter(wrong.items()))
            raise refused("INVALID_ARGUMENT", f"{what} (operations[{place}])")
        right = [place for place in range(len(operations)) if place not in wrong]
        if wrong:
            steps = _steps([operations[place] for place in right], [identifiers[place] for place in right])
        job.steps += steps
        return Answer(_partial(wrong) if wrong else {})

    def run(self, exchange: Exchange) -> Answer:
        """Carry out a job."""
        _, customer = self._opened(exchange)
        job = self._job(customer, exchange.named["job"])
        if job.status != "PENDING":
            raise refused("INVALID_ARGUMENT", "The job is running or done: make another")
        job.status = "SUCCESS"
        for operation, rows in job.steps:
            if rows is None:
                job.audience.clear()
            elif operation == "add":
                job.audience.add(rows)
            else:
                job.audience.remove(rows)
        job.steps.clear()
        return Answer({"name": f"customers/{customer}/operations/{exchange.named['job']}"})

    def stream(self, exchange: Exchange) -> Answer:
        """Answer a query as one chunk of a stream."""
        return Answer([{"results": self._found(exchange), "requestId": "lab"}])

    def search(self, exchange: Exchange) -> Answer:
        """Answer a query as one page."""
        return Answer({"results": self._found(exchange)})

    def _found(self, exchange: Exchange) -> list[dict[str, Any]]:
        body, customer = self._opened(exchange)
        query = body.get("query")
        match = re.fullmatch(
            r"\s*select\s+(?P<fields>[\w.,\s]+?)\s+from\s+(?P<of>user_list|offline_user_data_job)"
            r"(?:\s+where\s+(?P<where>.+?))?\s*(?:limit\s+\d+)?\s*",
            query if isinstance(query, str) else "",
            re.IGNORECASE | re.DOTALL,
        )
        if match is None:
            raise refused("INVALID_ARGUMENT", "The query must select from user_list or offline_user_data_job")
        fields = [name.strip() for name in match["fields"].split(",")]
        if unknown := [name for name in fields if name not in _FIELDS]:
            raise refused("INVALID_ARGUMENT", f"Unrecognized field in the query: {unknown[0][:60]!r}")
        found = self._lists(customer) if match["of"].lower() == "user_list" else self._jobs(customer)
        wanted = re.findall(r"([\w.]+)\s*=\s*'?([^'\s]+)'?", match["where"] or "")
        return [
            _nested(
                {name: row[name] for name in (*fields, f"{match['of'].lower()}.resource_name") if name in row}
            )
            for row in found
            if all(str(row.get(name, "")).lower() == value.lower() for name, value in wanted)
        ]

    def _lists(self, customer: str) -> list[dict[str, Any]]:
        return [
            self._told(audience)
            for audience in self.hub.audiences.values()
            if (audience.vendor, audience.account) == (VENDOR, customer)
        ]

    def _told(self, audience: Audience) -> dict[str, Any]:
        size = self.hub.shown(audience)
        sent = audience.entries()
        rate = round(100 * self.hub.matched(audience) / sent) if sent and size.enough else None
        told = {
            "resource_name": f"customers/{audience.account}/userLists/{audience.id}",
            "id": audience.id,
            "name": audience.name,
            "size_for_display": str(size.low),
            "size_for_search": str(size.low),
            "eligible_for_search": size.enough,
            "eligible_for_display": size.enough,
            "membership_status": "OPEN",
        } | ({} if rate is None else {"match_rate_percentage": rate})
        return {f"user_list.{name}": value for name, value in told.items()}

    def _jobs(self, customer: str) -> list[dict[str, Any]]:
        return [
            {
                "offline_user_data_job.resource_name": job.name,
                "offline_user_data_job.id": job.name.rpartition("/")[2],
                "offline_user_data_job.status": job.status,
            }
            for job in self.hub.jobs.values()
            if job.name.startswith(f"customers/{customer}/")
        ]

    def _opened(self, exchange: Exchange) -> tuple[dict[str, Any], str]:
        """Return body and customer of a request whose token and account are in order."""
        body = opened(self.hub, exchange, VENDOR, 15_000)
        if "developer-token" not in exchange.headers:
            raise refused("UNAUTHENTICATED", "The developer token is missing")
        customer = exchange.named["customer"]
        if not customer.isdigit() or not self.hub.exists(customer):
            raise refused("PERMISSION_DENIED", "The caller does not have permission: USER_PERMISSION_DENIED")
        return body, customer

    def audience(self, customer: str, name: Any) -> Audience:
        """Return a list by its resource name."""
        match = re.fullmatch(r"customers/(\d+)/userLists/(\d+)", name if isinstance(name, str) else "")
        found = self.hub.find(VENDOR, match[2]) if match else None
        if found is None or match is None or match[1] != customer or found.account != customer:
            raise refused("INVALID_ARGUMENT", "Resource was not found: userList")
        return found

    def _job(self, customer: str, number: str) -> Job:
        found = self.hub.jobs.get(f"customers/{customer}/offlineUserDataJobs/{number}")
        if not isinstance(found, Job):
            raise refused("NOT_FOUND", "Resource was not found: offlineUserDataJob")
        return found


def opened(hub: Hub, exchange: Exchange, what: str, allowed: int, seconds: float = 60.0) -> dict[str, Any]:
    """Return the JSON body of a request to Google, once its token and its frequency are in order."""
    if not hub.authorised(exchange.bearer()):
        raise refused("UNAUTHENTICATED", "Request had invalid authentication credentials.")
    if hub.too_many(what, allowed, seconds):
        raise refused(
            "RESOURCE_EXHAUSTED", "Quota exceeded: requests per minute", quota="requests per minute"
        )
    if exchange.method == "GET":
        return dict(exchange.query)
    if exchange.content_type not in ("application/json", ""):
        raise refused("INVALID_ARGUMENT", "The content type must be application/json")
    try:
        body = exchange.json() if exchange.body else {}
    except ValueError:
        raise refused("INVALID_ARGUMENT", "Invalid JSON payload received.") from None
    if not isinstance(body, dict):
        raise refused("INVALID_ARGUMENT", "Invalid JSON payload received: no object.")
    return body


def refused(status: str, message: str, quota: str | None = None) -> Refusal:
    """Return one of Google's errors."""
    error: dict[str, Any] = {"code": CODES[status], "message": message, "status": status}
    if quota is not None:
        detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "metadata": {"quota_limit": quota}}
        error["details"] = [detail]
    return Refusal(Answer({"error": error}, CODES[status]))


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise refused("INVALID_ARGUMENT", f"{name} must be a list that is not empty")
    return value


def _identifiers(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the identifiers of an operation, flat, as far as they have the right form."""
    data = operation.get("create", operation.get("remove"))
    given = data.get("userIdentifiers") if isinstance(data, Mapping) else None
    found: list[dict[str, Any]] = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict):
            address = one.get("addressInfo")
            parts = address.items() if isinstance(address, Mapping) else ()
            found.append(one | {f"addressInfo.{name}": value for name, value in parts} if parts else one)
    return found


def _wrong(operation: Mapping[str, Any], identifiers: Sequence[Mapping[str, Any]]) -> str | None:
    """Return what is wrong with an operation."""
    if "removeAll" in operation:
        return None if operation["removeAll"] is True else "removeAll must be true"
    if ("create" in operation) == ("remove" in operation):
        return "An operation must have one of create, remove, removeAll"
    if not identifiers:
        return "user_identifiers must not be empty"
    if len(identifiers) > MOST_OF_ONE:
        return f"at most {MOST_OF_ONE} user identifiers in an operation"
    return next(filter(None, map(_wrong_identifier, identifiers)), None)


def _wrong_identifier(one: Mapping[str, Any]) -> str | None:
    for name in ("hashedEmail", "hashedPhoneNumber"):
        value = one.get(name)
        if value is not None and not (isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)):
            return f"{name}: the SHA-256 encoded value is malformed"
    if not any(key.spelled in one for key in KEYS):
        return "a user identifier must have one of its fields"
    return None


def _rows(operations: Sequence[Sequence[Mapping[str, Any]]]) -> Rows:
    """Return one row per operation and further value of a key; fields of one person stand in one row."""
    if all(len(identifiers) == 1 for identifiers in operations):
        names = {key.spelled for key in KEYS} & {name for [one] in operations for name in one}
        if len(names) == 1:
            [key] = [key for key in KEYS if key.spelled in names]
            return single(key, [one.get(key.spelled) for [one] in operations])
    rows = []
    for identifiers in operations:
        values: dict[str, list[Any]] = {}
        for one in identifiers:
            for key in KEYS:
                if key.spelled in one:
                    values.setdefault(key.spelled, []).append(one[key.spelled])
        depth = max(map(len, values.values()), default=1)
        rows += [
            [values.get(key.spelled, [])[place : place + 1] or [None] for key in KEYS]
            for place in range(depth)
        ]
    used = [place for place in range(len(KEYS)) if any(row[place] != [None] for row in rows)] or [0]
    return several([KEYS[place] for place in used], [[row[place][0] for place in used] for row in rows])


def _steps(
    operations: Sequence[Mapping[str, Any]], identifiers: Sequence[Sequence[Mapping[str, Any]]]
) -> list[tuple[str, Rows | None]]:
    """Return runs of operations of one kind, in order."""
    steps: list[tuple[str, Rows | None]] = []
    run: list[Sequence[Mapping[str, Any]]] = []
    kind = ""
    for operation, given in zip(operations, identifiers, strict=True):
        one = "all" if "removeAll" in operation else "remove" if "remove" in operation else "add"
        if one != kind and run:
            steps.append((kind, _rows(run)))
            run = []
        kind = one
        if one == "all":
            steps.append((one, None))
        else:
            run.append(given)
    return [*steps, (kind, _rows(run))] if run else steps


def _partial(wrong: Mapping[int, str]) -> dict[str, Any]:
    errors = [
        {
            "errorCode": {"offlineUserDataJobError": "INVALID_SHA256_FORMAT"},
            "message": told,
            "location": {"fieldPathElements": [{"fieldName": "operations", "index": place}]},
        }
        for place, told in wrong.items()
    ]
    failure = {
        "@type": "type.googleapis.com/google.ads.googleads.v21.errors.GoogleAdsFailure",
        "errors": errors,
    }
    return {"partialFailureError": {"code": 3, "message": next(iter(wrong.values())), "details": [failure]}}


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in flat.items():
        of, _, part = name.partition(".")
        words = part.split("_")
        camel = words[0] + "".join(word.capitalize() for word in words[1:])
        head = of.split("_")
        outer = head[0] + "".join(word.capitalize() for word in head[1:])
        found.setdefault(outer, {})[camel] = value
    return found
