"""Uploads are people: made up with reserved hosts and addresses."""

import base64
import hashlib
import json
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.beacons import audit_beacons
from exports.beacons.consent import purposes_granted

GRAPH = "https://graph.facebook.com/v26.0"


def digest(number):
    return hashlib.sha256(f"u{number}@mail.example".encode()).hexdigest()


def meta(people, audience="2384", method="POST"):
    payload = {"schema": ["EMAIL"], "data": [[digest(one)] for one in people]}
    return {"url": f"{GRAPH}/{audience}/users", "method": method, "body": json.dumps({"payload": payload})}


def meta_form(people, audience="2384"):
    payload = json.dumps({"schema": "EMAIL_SHA256", "data": [digest(one) for one in people]})
    return {"url": f"{GRAPH}/{audience}/users", "method": "POST", "body": urlencode({"payload": payload})}


def google(people):
    rows = [{"create": {"userIdentifiers": [{"hashedEmail": digest(one)}]}} for one in people]
    return {
        "url": "https://googleads.googleapis.com/v21/customers/123/offlineUserDataJobs/7:addOperations",
        "method": "POST",
        "body": json.dumps({"operations": rows}),
    }


def google_data_manager(people):
    rows = [{"userData": {"userIdentifiers": [{"emailAddress": digest(one)}]}} for one in people]
    body = {"destinations": [{"operatingAccount": {"accountId": "123"}}], "audienceMembers": rows}
    url = "https://datamanager.googleapis.com/v1/audienceMembers:ingest"
    return {"url": url, "method": "POST", "body": json.dumps(body)}


def pinterest(people):
    body = {"name": "x", "records": ",".join(map(digest, people))}
    url = "https://api.pinterest.com/v5/ad_accounts/549/customer_lists"
    return {"url": url, "method": "POST", "body": json.dumps(body)}


def twitter(people):
    users = [{"email": [digest(one)]} for one in people]
    body = json.dumps([{"operation_type": "Update", "params": {"users": users}}])
    url = "https://ads-api.x.com/12/accounts/abc1/custom_audiences/xyz/users"
    return {"url": url, "method": "POST", "body": json.dumps(body)}


def linkedin(people):
    rows = [
        {"action": "ADD", "userIds": [{"idType": "SHA256_EMAIL", "idValue": digest(one)}]} for one in people
    ]
    url = "https://api.linkedin.com/rest/dmpSegments/9/users"
    return {"url": url, "method": "POST", "body": json.dumps({"elements": rows})}


def criteo(people):
    attributes = {"identifierType": "email", "identifiers": [f"u{one}@mail.example" for one in people]}
    url = "https://api.criteo.com/2026-01/audience-segments/8/contact-list"
    return {"url": url, "method": "PATCH", "body": json.dumps({"data": {"attributes": attributes}})}


def tiktok(people):
    digests = [base64.b64encode(bytes.fromhex(digest(one))).decode() for one in people]
    body = {"id_schema": ["EMAIL_SHA256"], "batch_data": [[{"id": one}] for one in digests]}
    url = "https://business-api.tiktok.com/open_api/v1.3/segment/mapping/"
    return {"url": url, "method": "POST", "body": json.dumps(body)}


def events(people):
    body = {"data": [{"event_name": "x", "user_data": {"em": [digest(one)]}} for one in people]}
    return {"url": f"{GRAPH}/77/events", "method": "POST", "body": json.dumps(body)}


SHAPES = [
    meta, meta_form, google, google_data_manager, pinterest, twitter, linkedin, criteo, tiktok, events
]  # fmt: skip


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    path = tmp_path_factory.mktemp("uploads") / "requests.jsonl"

    def audit(*sent, **options):
        path.write_text("".join(json.dumps(one) + "\n" for one in sent))
        return audit_beacons(path, **options)

    return audit


@settings(max_examples=25, deadline=None)
@given(
    people=st.lists(st.integers(0, 30), min_size=1, max_size=25),
    cuts=st.lists(st.integers(0, 25), max_size=3),
    shape=st.sampled_from(SHAPES),
    again=st.booleans(),
)
def test_splitting_sending_twice_and_the_shape_leave_the_number_of_people(
    audited, people, cuts, shape, again
):
    edges = [0, *sorted(min(cut, len(people)) for cut in cuts), len(people)]
    pieces = [people[a:b] for a, b in pairwise(edges) if a < b]
    found = audited(*(shape(piece) for piece in pieces), *([shape(people)] if again else []), sender="health")
    assert (found.persons, found.told, found.unread) == (len(set(people)),) * 2 + (0,)
    assert sum(one.both.count for one in found.receivers) == len(set(people))


@pytest.mark.parametrize("name", ["therapy seekers", "newsletter"])
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_what_a_list_is_called_is_said_of_everybody_ever_sent_to_it(audited, name, order):
    made = {
        "url": f"{GRAPH}/act_1/customaudiences", "method": "POST",
        "body": urlencode({"name": name, "subtype": "CUSTOM"}), "response": '{"id": "2384"}',
    }  # fmt: skip
    sent = [made, meta(range(50)), meta(range(40, 53))]
    found = audited(*(sent[place] for place in order), meta(range(60, 65), "999"))
    assert found.persons == 58
    assert found.told == (53 if name.startswith("therapy") else 0)
    assert sorted(one.persons for one in found.lists) == [5, 53]


def test_a_name_reaches_the_rows_through_a_chain_of_calls(audited):
    base = "https://googleads.googleapis.com/v21/customers/123"
    listed = {
        "url": f"{base}/userLists:mutate", "method": "POST",
        "body": json.dumps({"operations": [{"create": {"name": "HIV clinic"}}]}),
        "response": json.dumps({"results": [{"resourceName": "customers/123/userLists/2384"}]}),
    }  # fmt: skip
    consent = {"adUserData": "GRANTED", "adPersonalization": "GRANTED"}
    metadata = {"userList": "customers/123/userLists/2384", "consent": consent}
    job = {
        "url": f"{base}/offlineUserDataJobs:create", "method": "POST",
        "body": json.dumps({"job": {"customerMatchUserListMetadata": metadata}}),
        "response": json.dumps({"resourceName": "customers/123/offlineUserDataJobs/7"}),
    }  # fmt: skip
    found = audited(google(range(9)), job, listed)
    assert (found.told, found.without_consent) == (9, 0)


def test_who_is_removed_was_on_the_list(audited):
    found = audited(meta(range(5)), meta(range(3, 7), method="DELETE"))
    assert [(one.persons, one.removed) for one in found.lists] == [(7, 4)]


def test_the_page_tells_and_the_receiver_is_whom_it_was_sent_to(audited):
    hosts = ("tr.facebook.com", "x.criteo.com", "tr.snapchat.com")
    page = "https://depression-help.example/"
    found = audited(
        *({"event": "x", "url": page, "host": one, "user_data": {"em": [digest(1)]}} for one in hosts)
    )
    assert {one.host for one in found.receivers} == {"facebook.com", "criteo.com", "snapchat.com"}
    assert found.told == 3


def test_what_a_platform_answers_was_not_sent(audited):
    answer = json.dumps({"data": [{"email": digest(1), "diagnosis": "depression"}]})
    found = audited({"url": f"{GRAPH}/2384", "method": "GET", "body": "", "response": answer})
    assert (found.persons, found.told, found.findings) == (0, 0, ())


@pytest.mark.parametrize(
    "body", ["\x01\x07u\ufffd\ufffdc\x1al\ufffd", '{"data": ["' + digest(1) + '", "be4d...[cut]']
)
def test_a_body_that_is_not_understood_is_counted(audited, body):
    assert audited({"url": "https://ads.example/", "method": "POST", "body": body}).unread == 1


def test_keys_of_one_person_are_one_person(audited):
    rows = [["c1", digest(1), ""], ["c2", digest(2), "+12120550123"], ["c1", digest(3), ""]]
    payload = {"schema": ["EXTERN_ID", "EMAIL", "PHONE"], "data": rows}
    found = audited({"url": f"{GRAPH}/1/users", "method": "POST", "body": json.dumps({"payload": payload})})
    assert (found.persons, found.most_keys) == (2, 3)


CANARY = "qxzjwvk"


@pytest.mark.parametrize(
    "event",
    [
        {"url": "https://a.example/", "method": "POST", "body": json.dumps({f"{CANARY}.x@mail.example": {"dx": "flu"}})},
        {"url": "https://a.example/", "method": "POST", "body": json.dumps({CANARY: {"email": f"{CANARY}@mail.example"}})},
        {"url": f"https://{CANARY}.a.example/", "method": "POST", "body": "em=" + digest(1)},
        {"url": "https://a.example/", "headers": {"Host": f"{CANARY}@mail.example"}, "method": "POST", "body": "em=x"},
        {"url": f"https://a.example/{CANARY}/depression?{CANARY}={digest(1)}", "method": "GET"},
        {"url": "https://a.example/", "method": "GET", "headers": {"Cookie": f"{CANARY}={digest(1)}; _fbp=fb.1.2.3456"}},
        {"url": "https://a.example/", "method": "POST", "body": f"name={CANARY}+therapy&em={digest(1)}"},
        {"event": CANARY, "host": "a.example", "url": f"https://{CANARY}.example/depression", "user_data": {"em": digest(1)}},
    ],
    ids=range(8),
)  # fmt: skip
def test_no_piece_of_a_planted_value_comes_out(audited, event):
    found = audited(event)
    shown = repr(found) + json.dumps(found.to_json()) + repr(found.findings) + repr(found.lists)
    assert not [CANARY[at : at + 4] for at in range(len(CANARY) - 3) if CANARY[at : at + 4] in shown]


def _tcf(purposes):
    bits = (
        f"{2:06b}" + "0" * 146 + "".join("1" if one in purposes else "0" for one in range(1, 25)) + "0" * 100
    )
    raw = int(bits.ljust(280, "0"), 2).to_bytes(35, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("purposes", "granted"), [((1, 3, 4), True), ((1,), False), ((), False), ((2, 3, 4), False)]
)
def test_a_consent_string_grants_what_its_bits_say(audited, purposes, granted):
    assert purposes_granted(_tcf(purposes)) is granted
    sent = {"url": f"https://a.example/p?gdpr_consent={_tcf(purposes)}&em={digest(1)}", "method": "GET"}
    assert audited(sent).denied == (not granted)


@pytest.mark.parametrize(
    ("field", "denied", "without"),
    [
        ("gcs=G111", 0, 0),
        ("gcs=G100", 1, 1),
        ("us_privacy=1YYN", 1, 1),
        ("data_processing_options=LDU", 1, 1),
        ("v=1", 0, 1),
    ],
)
def test_signals_of_consent_are_held_against_people(audited, field, denied, without):
    found = audited({"url": f"https://a.example/p?{field}&em={digest(1)}", "method": "GET"})
    assert (found.denied, found.without_consent) == (denied, without)
