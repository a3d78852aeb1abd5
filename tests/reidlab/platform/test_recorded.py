"""Recorded requests of official clients and connectors, in order: each is answered with its status."""

import json
import re

import pytest

requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = [
    pytest.mark.extra("platform"),
    pytest.mark.ad_platform(accounts={"email": ["ann@mail.example"]}),
]
MADE = re.compile(r"23840000000000\d{3}")
JOB = re.compile(r"offlineUserDataJobs/(\d+)")


@pytest.fixture
def recorded(shared):
    lines = (shared / "vectors" / "platform_requests.jsonl").read_text().splitlines()
    return [one for one in map(json.loads, lines) if not one["cut"]]


def sent(platform, one, known):
    def own(text):
        return MADE.sub(lambda found: known.get(found[0], found[0]), text)

    headers = {"Authorization": f"Bearer {platform.token}", **one["headers"]}
    if one["content_type"]:
        headers["content-type"] = one["content_type"]
    address = f"{platform.url}{own(one['path'])}?{own(one['query'])}"
    if one["path"].endswith("requestStatus:retrieve"):
        address = f"{platform.url}{one['path']}?requestId={known['request']}"
    return requests.request(
        one["method"], address, data=own(one["body"]).encode(), headers=headers, timeout=60
    )


def test_every_recorded_request_is_answered_with_the_recorded_status(ad_platform, recorded):
    known, wrong = {"request": ""}, []
    # The status of a removal is asked for before the removal stands in the record.
    recorded.sort(key=lambda one: one["path"].endswith("requestStatus:retrieve"))
    for one in recorded:
        answer = sent(ad_platform, one, known)
        if answer.status_code != one["status"]:
            wrong.append((one["id"], answer.status_code, answer.text[:200]))
        told = answer.json() if answer.content else {}
        known |= dict(zip(MADE.findall(one["response"]), MADE.findall(answer.text), strict=False))
        known["request"] = (
            told.get("requestId", known["request"]) if isinstance(told, dict) else known["request"]
        )
    assert wrong == []
    assert len(recorded) == 22
