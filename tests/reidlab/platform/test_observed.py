"""The fixture ``ad_platform``: what it tells a test, and that it fails closed."""

import hashlib
import os
import threading

import pytest

from exports.errors import LabError
from reidlab.assessment.assess import assess

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = [
    pytest.mark.extra("platform"),
    pytest.mark.ad_platform(accounts={"email": ["ann@mail.example"]}),
]
TOKEN = hashlib.sha256(b"ann@mail.example").hexdigest()


def post(platform, path, body):
    headers = {"Authorization": f"Bearer {platform.token}"}
    return requests.post(os.environ["REIDLAB_PLATFORM_URL"] + path, json=body, headers=headers, timeout=60)


def upload(platform, schema, *rows, name="visitors"):
    made = post(platform, "/v26.0/act_1/customaudiences", {"name": name}).json()["id"]
    post(
        platform, f"/v26.0/{made}/users", {"payload": {"schema": list(schema), "data": list(map(list, rows))}}
    )
    return made


def test_it_tells_what_matched_and_what_arrived(ad_platform):
    made = upload(ad_platform, ["EMAIL", "PHONE"], [TOKEN, "ab" * 32], ["cd" * 32, ""])
    assert ad_platform.audience(made).matched == 1
    assert len(ad_platform.audience(made).rows) == 3
    export = ad_platform.export()
    assert assess(export.table, export.schema).persons == 2


@pytest.mark.parametrize(
    ("schema", "row", "asked"),
    [
        (["EMAIL", "PHONE"], [TOKEN, "ab" * 32], "phone"),
        (["EMAIL", "PHONE"], [TOKEN, "ab" * 32], "phone_number"),
        (["EMAIL", "ZIP"], [TOKEN, "ab" * 32], "zip"),
        (["EMAIL"], [TOKEN], "email"),
        (["EMAIL"], [TOKEN], "a name that nobody knows"),
    ],
)
def test_what_leaves_or_is_not_known_fails(ad_platform, schema, row, asked):
    upload(ad_platform, schema, row)
    with pytest.raises(AssertionError) as told:
        ad_platform.assert_nothing_leaves(asked)
    assert TOKEN not in str(told.value)


def test_what_does_not_leave_passes(ad_platform):
    upload(ad_platform, ["EMAIL", "PHONE"], [TOKEN, ""])
    ad_platform.assert_nothing_leaves("phone", "zip", "health", "maid", "ip")


def test_a_health_fact_in_an_event_is_noticed(ad_platform):
    event = {
        "event_name": "Lead",
        "event_time": 1,
        "user_data": {"em": [TOKEN], "client_ip_address": "240.0.0.1"},
        "custom_data": {"previously_in_therapy": "yes"},
    }
    assert post(ad_platform, "/v26.0/77/events", {"data": [event]}).ok
    for asked in ("health", "mental health", "ip"):
        with pytest.raises(AssertionError):
            ad_platform.assert_nothing_leaves(asked)
    ad_platform.assert_nothing_leaves("phone")


def test_a_request_that_was_not_understood_fails_whatever_is_asked(ad_platform):
    post(ad_platform, "/v1/some/other/interface", {"phone": "12020550101"})
    with pytest.raises(AssertionError, match="not understood"):
        ad_platform.assert_nothing_leaves("zip")


def test_asking_for_nothing_or_for_an_audience_that_is_not_there_is_an_error(ad_platform):
    with pytest.raises(AssertionError, match="nothing was asked"):
        ad_platform.assert_nothing_leaves()
    with pytest.raises(LabError, match="0 audiences"):
        ad_platform.audience(77)


def test_nothing_runs_on_after_the_test_and_each_test_begins_anew(ad_platform):
    assert sum(thread.name == "ad platform" for thread in threading.enumerate()) == 1
    assert "requests with 0 rows" in repr(ad_platform._memory)


@pytest.mark.ad_platform(people=300, seed=3)
def test_without_a_table_the_accounts_are_those_of_simulated_people(ad_platform):
    made = upload(ad_platform, ["EMAIL"], [TOKEN])
    assert ad_platform.audience(made).matched == 0
