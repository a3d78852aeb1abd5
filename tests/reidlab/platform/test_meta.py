"""Meta's interface: its SDK unchanged, sessions, and documented errors, none of which changes a count."""

import json
from urllib.parse import urlencode

import pytest

from exports.identifiers import find_profile

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = [
    pytest.mark.extra("platform"),
    pytest.mark.ad_platform(accounts={"email": [f"person{n}@mail.example" for n in range(50)]}),
]
EMAIL = find_profile("meta").rule("email")


def token(n):
    return EMAIL.apply(f"person{n}@mail.example").digest


@pytest.fixture
def audience(ad_platform):
    made = call(ad_platform, "POST", "act_42/customaudiences", name="visitors").json()
    return made["id"]


def call(platform, method, path, access_token="TOKEN", **fields):
    fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    if access_token:
        fields["access_token"] = access_token
    where = {"params": fields} if method in ("GET", "DELETE") else {"data": fields}
    return requests.request(method, f"{platform.url}/v26.0/{path}", timeout=60, **where)


def users(platform, audience, numbers, *, method="POST", edge="users", session=None, **payload):
    payload = {"schema": "EMAIL_SHA256", "data": [token(n) for n in numbers]} | payload
    fields = {"payload": payload} | ({} if session is None else {"session": session})
    return call(platform, method, f"{audience}/{edge}", **fields)


def session(number, last=False, name=7):
    return {"session_id": name, "batch_seq": number, "last_batch_flag": last}


def error(response):
    found = response.json()["error"]
    return response.status_code, found["code"], found.get("error_subcode")


def test_the_official_sdk_uploads_reads_removes_and_replaces_unchanged(ad_platform):
    sdk = pytest.importorskip("facebook_business.api")
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.adobjects.customaudience import CustomAudience
    from facebook_business.session import FacebookSession

    opened = FacebookSession("1", "secret", ad_platform.token)
    opened.GRAPH = ad_platform.url
    api = sdk.FacebookAdsApi(opened)
    made = AdAccount("act_42", api=api).create_custom_audience(
        params={"name": "visitors", "subtype": "CUSTOM"}
    )
    audience = CustomAudience(made["id"], api=api)
    addresses = [f" Person{n}@mail.example" for n in range(100)]

    assert audience.add_users("EMAIL_SHA256", addresses).json()["num_received"] == 100
    assert ad_platform.audience(made["id"]).matched == 50
    assert [one["num_matched"] for one in audience.get_sessions()] == ["50"]
    audience.remove_users("EMAIL_SHA256", addresses[:10])
    assert ad_platform.audience(made["id"]).matched == 40
    audience.add_users(["EXTERN_ID", "EMAIL", "FN"], [["c1", addresses[0], "Ann"]], is_raw=True)
    assert ad_platform.audience(made["id"]).matched == 41
    read = audience.api_get(fields=["approximate_count_lower_bound", "approximate_count_upper_bound"])
    assert (read["approximate_count_lower_bound"], read["approximate_count_upper_bound"]) == (0, 1000)


def test_the_order_and_the_number_of_batches_change_nothing(ad_platform, audience):
    for batch in ([3, 4], [1, 2], [70], [4, 3], [1]):
        assert users(ad_platform, audience, batch).json()["num_received"] == len(batch)
    assert ad_platform.audience(audience).matched == 4


def test_a_batch_that_comes_twice_counts_once(ad_platform, audience):
    for _ in range(2):
        users(ad_platform, audience, [1, 2], session=session(1))
    (told,) = call(ad_platform, "GET", f"{audience}/sessions").json()["data"]
    assert (told["num_received"], told["num_matched"], told["stage"]) == ("2", "2", "uploading")
    operations = ad_platform.audience(audience).rows["operation"].to_pylist()
    assert operations == ["add", "add", "repeat", "repeat"]


def test_a_batch_with_a_known_number_and_other_rows_is_refused(ad_platform, audience):
    users(ad_platform, audience, [1, 2], session=session(1))
    assert error(users(ad_platform, audience, [3], session=session(1))) == (400, 100, None)
    assert error(users(ad_platform, audience, [3], session=session(1), method="DELETE")) == (400, 100, None)
    assert ad_platform.audience(audience).matched == 2


def test_a_replacement_takes_effect_when_its_last_missing_batch_has_come(ad_platform, audience):
    users(ad_platform, audience, [1, 2, 3])
    users(ad_platform, audience, [4], edge="usersreplace", session=session(1))
    users(ad_platform, audience, [6], edge="usersreplace", session=session(3, last=True))
    assert ad_platform.audience(audience).matched == 3
    users(ad_platform, audience, [5], edge="usersreplace", session=session(2))
    assert ad_platform.audience(audience).matched == 3
    users(ad_platform, audience, [4, 5], method="DELETE")
    assert ad_platform.audience(audience).matched == 1


def test_a_payload_in_the_body_of_a_delete_or_as_json_counts_as_one_in_a_form(ad_platform, audience):
    payload = {
        "schema": ["EXTERN_ID", "EMAIL", "PHONE"],
        "data": [["c1", token(1), ""], ["c2", token(2), ""]],
    }
    headers = {"Authorization": f"Bearer {ad_platform.token}"}
    address = f"{ad_platform.url}/v24.0/{audience}/users"
    assert requests.post(address, json={"payload": payload}, headers=headers, timeout=60).ok
    assert ad_platform.audience(audience).matched == 2
    payload["data"] = [["c2", "", ""]]
    assert requests.delete(address, json={"payload": payload}, headers=headers, timeout=60).ok
    assert ad_platform.audience(audience).matched == 1


@pytest.mark.parametrize("data", [["jane@mail.example"], [""], [None], [7], [["a", "b"]], ["ab" * 31], [{}]])
def test_a_row_that_is_no_digest_is_counted_as_invalid_and_not_dropped(ad_platform, audience, data):
    told = users(ad_platform, audience, (), data=[token(1), *data]).json()
    assert (told["num_received"], told["num_invalid_entries"]) == (2, 1)
    assert ad_platform.audience(audience).matched == 1


def test_a_digest_in_upper_case_is_well_formed_and_meets_nobody(ad_platform, audience):
    assert users(ad_platform, audience, (), data=[token(1).upper()]).json()["num_invalid_entries"] == 0
    assert ad_platform.audience(audience).matched == 0


def test_each_bad_request_gets_its_documented_error_and_changes_nothing(ad_platform, audience):
    users(ad_platform, audience, [1])
    payload = {"payload": {"schema": "EMAIL_SHA256", "data": [token(2)]}}
    post = f"{audience}/users"
    found = {
        "wrong token": error(call(ad_platform, "POST", post, access_token="wrong", **payload)),
        "no token": error(call(ad_platform, "POST", post, access_token="", **payload)),
        "unknown audience": error(users(ad_platform, "77", [2])),
        "account as audience": error(call(ad_platform, "POST", "act_x/customaudiences", name="a")),
        "no payload": error(call(ad_platform, "POST", post)),
        "unknown schema": error(users(ad_platform, audience, [2], schema="SHOE_SIZE")),
        "one too many": error(users(ad_platform, audience, (), data=[token(2)] * 10_001)),
        "not json": error(call(ad_platform, "POST", post, payload='{"schema": "EMAIL_SHA256", "data": [')),
        "no session to replace": error(users(ad_platform, audience, [2], edge="usersreplace")),
        "batch zero": error(users(ad_platform, audience, [2], session=session(0))),
        "unknown field": error(call(ad_platform, "GET", audience, fields="shoe_size")),
    }
    assert found == dict.fromkeys(found, (400, 100, None)) | {
        "wrong token": (400, 190, None),
        "no token": (400, 190, None),
        "unknown audience": (400, 100, 33),
        "account as audience": (400, 100, 33),
    }
    assert ad_platform.audience(audience).matched == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", urlencode({"payload": "{}"})),
        ("application/json", '{"payload": {"schema": "EMAIL_SHA256", "data": ["'),
        ("application/json", "[" * 100_000),
        ("application/json", b"\xff\xfe{}"),
        ("application/x-www-form-urlencoded", '{"payload": {}}'),
        ("application/x-www-form-urlencoded", b"payload=\xff%FF"),
        ("text/csv", "email\na@b.example"),
        ("multipart/form-data; boundary=x", "--x--"),
    ],
)
def test_a_body_that_is_not_what_its_content_type_says_is_error_100(
    ad_platform, audience, content_type, body
):
    address = f"{ad_platform.url}/v26.0/{audience}/users?access_token=TOKEN"
    response = requests.post(address, data=body, headers={"content-type": content_type}, timeout=60)
    assert error(response) == (400, 100, None)


def test_a_list_whose_name_suggests_a_health_condition_is_blocked(ad_platform):
    made = call(ad_platform, "POST", "act_42/customaudiences", name="therapy seekers").json()["id"]
    assert error(users(ad_platform, made, [1])) == (400, 100, 1713230)
    read = call(ad_platform, "GET", made, fields="operation_status").json()
    assert read["operation_status"]["code"] == 471
    assert ad_platform.audience(made).matched == 0


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>', "'; drop table people; --", "名前\n\0", "a" * 5_000]
)
def test_a_hostile_name_of_an_audience_is_kept_as_it_is(ad_platform, name):
    made = call(ad_platform, "POST", "act_42/customaudiences", name=name).json()["id"]
    assert call(ad_platform, "GET", made, fields="name").json()["name"] == name
    users(ad_platform, made, [1])
    assert set(ad_platform.audience(made).rows["audience_name"].to_pylist()) == {name}


def test_conversions_are_taken_as_json_texts_and_as_objects(ad_platform):
    event = {
        "event_name": "Lead",
        "event_time": 1,
        "user_data": {"em": [token(1)], "client_ip_address": "240.0.0.1"},
    }
    for data in ([json.dumps(event)], [event, event]):
        assert call(ad_platform, "POST", "77/events", data=data).json()["events_received"] == len(data)
    for broken in ([], [{}], ["{"], [{**event, "user_data": None}], [event] * 1_001):
        assert error(call(ad_platform, "POST", "77/events", data=broken))[:2] == (400, 100)


def test_too_many_calls_are_refused_until_time_has_passed(ad_platform, audience):
    now = [0.0]
    ad_platform._hub.clock, ad_platform._hub.requests_allowed = lambda: now[0], 2
    ad_platform._hub._asked.clear()
    answers = [users(ad_platform, audience, [n]) for n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 400]
    assert error(answers[2]) == (400, 80003, 2446079)
    now[0] = 61
    assert users(ad_platform, audience, [2]).ok
