"""Laws of all vendors: the count is that of the tokens however they came, and no request breaks it."""

import hashlib
import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vendors import VENDORS, ask

from exports.errors import LabError
from reidlab.platform.observed import platform as running_platform
from reidlab.platform.observed import seeded

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = pytest.mark.extra("platform")
KNOWN = [f"person{n}@mail.example" for n in range(60)]
TOKENS = [hashlib.sha256(f"person{n}@mail.example".encode()).hexdigest() for n in range(120)]


@pytest.fixture(scope="module")
def platform():
    with seeded(accounts={"email": KNOWN}) as accounts, running_platform(accounts) as running:
        yield running


def matched(platform, name):
    """Count the entries of an audience that meet an account; 0 where it was not named before."""
    try:
        return platform.audience(name).matched
    except LabError:
        return 0


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_list_matches_the_same_in_any_batches_and_order_and_a_removal_takes_what_it_names(platform, vendor):
    name, send = vendor(platform)
    for batch in (TOKENS[50:], TOKENS[:20], TOKENS[10:50], TOKENS[100:], TOKENS[55:58]):
        assert send(batch).ok
    assert platform.audience(name).matched == 60
    assert send(TOKENS[:10], add=False).ok
    assert platform.audience(name).matched == 50
    assert send(TOKENS[5:10]).ok
    assert platform.audience(name).matched == 55


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_row_that_is_no_digest_is_never_matched_and_takes_no_other_with_it(platform, vendor):
    name, send = vendor(platform)
    before = matched(platform, name)
    answer = send([TOKENS[59], "no digest", TOKENS[58]])
    whole = vendor.__name__ == "x"
    assert answer.ok is not whole
    assert platform.audience(name).matched == (before if whole else max(before, 2))


PATHS = [
    ("POST", "/v26.0/act_1/customaudiences"), ("POST", "/v26.0/{meta}/users"),
    ("DELETE", "/v26.0/{meta}/users"),
    ("POST", "/v26.0/{meta}/usersreplace"), ("POST", "/v26.0/77/events"), ("GET", "/v26.0/{meta}/sessions"),
    ("POST", "/v21/customers/1/userLists:mutate"), ("POST", "/v21/customers/1/offlineUserDataJobs:create"),
    ("POST", "/v21/customers/1/googleAds:searchStream"), ("POST", "/v1/audienceMembers:ingest"),
    ("POST", "/v1/events:ingest"), ("POST", "/v1/adaccounts/a/segments"),
    ("POST", "/v1/segments/{snapchat}/users"),
    ("POST", "/open_api/v1.3/segment/mapping/"), ("POST", "/open_api/v1.3/segment/audience/"),
    ("POST", "/v5/ad_accounts/1/customer_lists"), ("POST", "/v5/ad_accounts/1/events"),
    ("POST", "/12/accounts/a1/custom_audiences/{x}/users"),
    ("PATCH", "/2026-01/audience-segments/8/contact-list"),
    ("POST", "/rest/dmpSegments/9/users"), ("POST", "/rest/dmpSegments"),
    ("POST", "/CampaignManagement/v13/CustomerListUserData/Apply"),
    ("POST", "/CampaignManagement/v13/Audiences/QueryByIds"),
    ("PATCH", "/api/v3/custom_audiences/{reddit}/users"),
    ("POST", "/v3/identity/map"),
]  # fmt: skip
WORDS = [
    "payload", "session", "schema", "data", "is_raw", "name", "users", "EMAIL_SHA256", "EMAIL",
    "session_id", "batch_seq", "last_batch_flag", "operations", "create", "remove", "removeAll",
    "userIdentifiers", "hashedEmail", "addressInfo", "job", "type", "query", "destinations",
    "audienceMembers", "userData", "encoding", "HEX", "BASE64", "emailAddress", "termsOfService",
    "operatingAccount", "segments", "advertiser_ids", "action", "add", "delete", "id_schema", "batch_data",
    "id", "audience_ids", "records", "list_type", "operation_type", "ADD", "REMOVE", "Update", "Delete",
    "params", "email", "attributes", "ContactlistAmendment", "identifierType", "identifiers", "operation",
    "elements", "userIds", "idType", "idValue", "SHA256_EMAIL", "CustomerListUserData", "ActionType", "Add",
    "Replace", "AudienceId", "CustomerListItemSubType", "Email", "CustomerListItems", "AudienceIds",
    "column_order", "user_data", "action_type", "event_name", "event_time", "em", "events",
    "eventTimestamp", "account", "update", "resourceName",
]  # fmt: skip
HEADERS = {
    "Authorization": "Bearer TOKEN", "Access-Token": "TOKEN", "developer-token": "D",
    "x-restli-method": "BATCH_CREATE", "linkedin-version": "202505",
}  # fmt: skip
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from([*WORDS, "1", "\ud800", "ab" * 32, "customers/1/userLists/1"])
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def made(platform):
    names = {}
    for vendor in VENDORS:
        names[vendor.__name__], send = vendor(platform)
        send(TOKENS[:7])
    return names


REQUESTS = given(
    st.sampled_from(PATHS),
    values,
    st.sampled_from(["json", "text", "form", "cut", "as parameters", "latin-1", "csv"]),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@REQUESTS
def test_a_malformed_request_never_fails_inside_and_never_changes_a_count(platform, made, place, value, way):
    check_malformed(platform, made, place, value, way)


@pytest.mark.slow
@settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
@REQUESTS
def test_a_thousand_malformed_requests_never_fail_inside(platform, made, place, value, way):
    check_malformed(platform, made, place, value, way)


def check_malformed(platform, made, place, value, way):
    method, path = place
    before = {name: platform.audience(number).matched for name, number in made.items()}
    body = json.dumps(value).encode()
    headers, query, content_type = HEADERS, "", "application/json"
    if way == "text":
        body = repr(value).encode(errors="replace")
    elif way in ("form", "as parameters"):
        fields = value if isinstance(value, dict) else {"payload": value}
        body = requests.models.RequestEncodingMixin._encode_params(
            {str(name): json.dumps(inner) for name, inner in fields.items()}
        )
        query, content_type = ("?" + body, "application/json") if way == "as parameters" else ("", FORM)
    elif way == "cut":
        body = body[: len(body) // 2]
    elif way == "latin-1":
        body = b"\xe9\xff" + body
    elif way == "csv":
        content_type = "text/csv"
    answer = requests.request(
        method,
        platform.url + path.format(**made) + query,
        data=body,
        headers=headers | {"content-type": content_type},
        timeout=60,
    )
    assert answer.status_code < 500
    assert {name: platform.audience(number).matched for name, number in made.items()} == before


FORM = "application/x-www-form-urlencoded"


def test_a_body_that_is_cut_off_by_the_client_changes_nothing(platform):
    name, send = VENDORS[0](platform)
    send(TOKENS[:3])
    host, port = platform.url.removeprefix("http://").split(":")
    body = json.dumps({"payload": {"schema": "EMAIL_SHA256", "data": TOKENS}}).encode()
    head = (
        f"POST /v26.0/{name}/users HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer TOKEN\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
    assert ask(platform, "GET", f"/v26.0/{name}?fields=num_matched").json()["num_matched"] == 3


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_wrong_token_changes_nothing_at_any_vendor(platform, vendor):
    name, send = vendor(platform)
    before = matched(platform, name)
    right, platform._hub.token = platform._hub.token, "another"
    try:
        answer = send(TOKENS)
    except KeyError:
        answer = None  # A job that could not be made has no name to go on with.
    finally:
        platform._hub.token = right
    if answer is not None and vendor.__name__ == "tiktok":
        assert (answer.status_code, answer.json()["code"]) == (200, 40105)
    elif answer is not None:
        assert answer.status_code in (400, 401)
    assert matched(platform, name) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v26.0/act_9/customaudiences", {"name": "a"}),
        ("POST", "/v21/customers/9/userLists:mutate", {"operations": [{"create": {"name": "a"}}]}),
        ("POST", "/v1/adaccounts/9/segments", {"segments": [{"name": "a"}]}),
        ("POST", "/v5/ad_accounts/9/customer_lists", {"name": "a", "records": "ab" * 32}),
        ("POST", "/12/accounts/9/custom_audiences?name=a", None),
        ("POST", "/api/v3/ad_accounts/9/custom_audiences", {"data": {"name": "a"}}),
        ("POST", "/rest/dmpSegments", {"name": "a", "account": "urn:li:sponsoredAccount:9"}),
    ],
)
def test_an_account_that_does_not_exist_makes_no_list(platform, method, path, body):
    before, platform._hub.only = len(platform._hub.audiences), frozenset({"1"})
    try:
        answer = ask(platform, method, path, body, headers=HEADERS)
    finally:
        platform._hub.only = frozenset()
    assert answer.status_code in (400, 403, 404)
    assert len(platform._hub.audiences) == before


@pytest.mark.parametrize("vendor", VENDORS)
def test_more_requests_than_are_allowed_are_refused_and_change_nothing(platform, vendor):
    name, send = vendor(platform)
    before, hub = matched(platform, name), platform._hub
    hub._asked.clear()
    hub.requests_allowed = 1
    try:
        answers = [answer for answer in (tried(send), tried(send), tried(send)) if answer is not None]
    finally:
        hub.requests_allowed = None
        hub._asked.clear()
    if vendor.__name__ == "tiktok":
        assert answers[-1].json()["code"] == 40100
    elif answers:
        assert answers[-1].status_code in (400, 429)
    assert matched(platform, name) in (before, 60)


def tried(send):
    """Send a list; None where not even the job for it could be made."""
    try:
        return send(TOKENS)
    except KeyError:
        return None
