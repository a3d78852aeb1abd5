"""Google Ads over gRPC, by generic handlers: its messages become the JSON that `google_ads` answers.

Only the fields that customer match uses are described here, by the numbers that google-ads v21 gives
them; what else a client sends stays unread, as protobuf does with fields it does not know. On an
insecure channel Google's library sends no credentials: a missing token is taken, a wrong one is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from reidlab.platform.exchange import LARGEST, Answer, Endpoint, Exchange
from reidlab.platform.hub import Hub
from reidlab.platform.recorder import Keeper, answered
from reidlab.platform.vendors.google_ads import GoogleAds

_PACKAGE = "reidlab.google"
_SCALARS = {"text": 9, "whole": 3, "small": 5, "flag": 8, "bytes": 12}
_MESSAGES: dict[str, dict[int, tuple[str, str]]] = {
    "Consent": {1: ("ad_user_data", "whole"), 2: ("ad_personalization", "whole")},
    "ListOfJob": {2: ("user_list", "text"), 3: ("consent", "Consent")},
    "Job": {
        1: ("resource_name", "text"), 9: ("id", "whole"), 4: ("type", "small"), 5: ("status", "small"),
        7: ("customer_match_user_list_metadata", "ListOfJob"),
    },
    "CreateJob": {1: ("customer_id", "text"), 2: ("job", "Job")},
    "Address": {
        7: ("hashed_first_name", "text"), 8: ("hashed_last_name", "text"), 9: ("city", "text"),
        10: ("state", "text"), 11: ("country_code", "text"), 12: ("postal_code", "text"),
        13: ("hashed_street_address", "text"),
    },
    "Identifier": {
        7: ("hashed_email", "text"), 8: ("hashed_phone_number", "text"), 9: ("mobile_id", "text"),
        10: ("third_party_user_id", "text"), 5: ("address_info", "Address"),
    },
    "UserData": {1: ("user_identifiers", "Identifier*"), 4: ("consent", "Consent")},
    "Operation": {1: ("create", "UserData"), 2: ("remove", "UserData"), 3: ("remove_all", "flag")},
    "AddOperations": {
        1: ("resource_name", "text"), 4: ("enable_partial_failure", "flag"), 3: ("operations", "Operation*"),
    },
    "RunJob": {1: ("resource_name", "text")},
    "Crm": {2: ("upload_key_type", "whole")},
    "UserList": {
        1: ("resource_name", "text"), 25: ("id", "whole"), 27: ("name", "text"), 28: ("description", "text"),
        30: ("membership_life_span", "whole"), 31: ("size_for_display", "whole"),
        32: ("size_for_search", "whole"), 33: ("eligible_for_search", "flag"),
        34: ("eligible_for_display", "flag"), 24: ("match_rate_percentage", "small"),
        19: ("crm_based_user_list", "Crm"),
    },
    "ListOperation": {1: ("create", "UserList"), 2: ("update", "UserList"), 3: ("remove", "text")},
    "MutateLists": {1: ("customer_id", "text"), 2: ("operations", "ListOperation*")},
    "Query": {1: ("customer_id", "text"), 2: ("query", "text")},
    "Named": {1: ("resource_name", "text")},
    "Mutated": {2: ("results", "Named*")},
    "Failure": {1: ("code", "whole"), 2: ("message", "text")},
    "Added": {1: ("partial_failure_error", "Failure")},
    "Running": {1: ("name", "text"), 3: ("done", "flag")},
    "Row": {38: ("user_list", "UserList"), 137: ("offline_user_data_job", "Job")},
    "Rows": {1: ("results", "Row*")},
}  # fmt: skip
_STATUS = {"PENDING": 2, "RUNNING": 3, "SUCCESS": 4, "FAILED": 5}

_METHODS = {
    "UserListService/MutateUserLists": ("MutateLists", "Mutated", "userLists:mutate"),
    "OfflineUserDataJobService/CreateOfflineUserDataJob": (
        "CreateJob", "Named", "offlineUserDataJobs:create",
    ),
    "OfflineUserDataJobService/AddOfflineUserDataJobOperations": (
        "AddOperations", "Added", "offlineUserDataJobs/{job}:addOperations",
    ),
    "OfflineUserDataJobService/RunOfflineUserDataJob": (
        "RunJob", "Running", "offlineUserDataJobs/{job}:run",
    ),
    "GoogleAdsService/SearchStream": ("Query", "Rows", "googleAds:searchStream"),
    "GoogleAdsService/Search": ("Query", "Rows", "googleAds:search"),
}  # fmt: skip
_PATH = re.compile(r"/google\.ads\.googleads\.(v\d+)\.services\.(\w+/\w+)")


@cache
def _types() -> dict[str, Any]:
    """Return the class of each message."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="reidlab_google.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, (field, kind) in fields.items():
            made = message.field.add(name=field, number=number, label=3 if kind.endswith("*") else 1)
            plain = kind.rstrip("*")
            made.type = _SCALARS.get(plain, 11)
            if made.type == 11:
                made.type_name = f".{_PACKAGE}.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    }


@dataclass(frozen=True, slots=True)
class Handlers:
    """Answers every method of any version of Google's services that customer match needs.

    Parameters
    ----------
    hub : Hub
        The state.
    recorder : Keeper or None
        Keeps what arrives.
    """

    hub: Hub
    recorder: Keeper | None

    def service(self, details: Any) -> Any:
        """Return the handler of one call; None for a method that is not known."""
        import grpc

        match = _PATH.fullmatch(details.method)
        if match is None or match[2] not in _METHODS:
            return None
        takes, gives, ends = _METHODS[match[2]]
        path = "/{version}/customers/{customer}/" + ends
        [endpoint] = [one for one in GoogleAds(self.hub).endpoints() if one.path == path]
        headers = {str(name).lower(): str(value) for name, value in details.invocation_metadata or ()}
        streams = match[2].endswith("SearchStream")

        def unary(request: bytes, context: Any) -> bytes:
            answer = self._answer(endpoint, match[1], takes, request, headers)
            if answer.status >= 400:
                error = answer.body["error"]
                context.abort(getattr(grpc.StatusCode, error["status"]), error["message"])
            body = answer.body[0] if streams else answer.body
            return bytes(_message(gives, body).SerializeToString())

        def stream(request: bytes, context: Any) -> Iterator[bytes]:
            yield unary(request, context)

        if streams:
            return grpc.unary_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(unary)

    def _answer(
        self, endpoint: Endpoint, version: str, takes: str, request: bytes, headers: dict[str, str]
    ) -> Answer:
        from google.protobuf.message import DecodeError

        try:
            body = _plain(_types()[takes].FromString(request))
        except (DecodeError, UnicodeDecodeError):
            return Answer({"error": {"status": "INVALID_ARGUMENT", "message": "no such message"}}, 400)
        named = re.match(r"customers/([^/]*)(?:/offlineUserDataJobs/([^/]*))?", body.get("resourceName", ""))
        customer = named[1] if named else body.get("customerId", "")
        job = (named[2] if named else None) or ""
        exchange = Exchange(
            "POST",
            endpoint.path.format(version=version, customer=customer, job=job),
            {"version": version, "customer": customer, "job": job},
            {},
            {
                "authorization": f"Bearer {self.hub.token}",
                "developer-token": "",
                **headers,
                "content-type": "application/json",
            },
            json.dumps(body).encode(),
        )
        return answered(endpoint, exchange, self.recorder, self.hub.lock)


def _plain(message: Any) -> dict[str, Any]:
    """Return a message as the JSON that Google's REST takes for it."""
    found: dict[str, Any] = {}
    for field, value in message.ListFields():
        if field.message_type is None:
            found[field.json_name] = value
        elif hasattr(value, "ListFields"):
            found[field.json_name] = _plain(value)
        else:
            found[field.json_name] = [_plain(one) for one in value]
    return found


def _message(name: str, body: dict[str, Any]) -> Any:
    from google.protobuf import json_format

    for row in body.get("results", ()):
        job = row.get("offlineUserDataJob", {})
        if "status" in job:
            job["status"] = _STATUS[job["status"]]
    return json_format.ParseDict(body, _types()[name](), ignore_unknown_fields=True)


@contextmanager
def listening_on(hub: Hub, recorder: Keeper | None) -> Iterator[int]:
    """Serve on a free port of 127.0.0.1 until the block ends; gives the port."""
    import grpc

    server = grpc.server(
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="google"),
        handlers=(Handlers(hub, recorder),),
        options=[("grpc.max_receive_message_length", LARGEST), ("grpc.so_reuseport", 0)],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=5).wait()
