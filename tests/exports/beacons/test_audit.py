"""Requests and events made up with reserved hosts, addresses and numbers."""

import base64
import gzip
import hashlib
import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.beacons import audit_beacons
from exports.beacons.fields import fields
from exports.beacons.lexicon import topic_of
from exports.errors import LabError

EMAIL = "jane.secret@mail.example"
HASHED = hashlib.sha256(EMAIL.encode()).hexdigest()


def request(url, body=None, cookies=(), headers=(), params=None):
    post = {} if body is None and params is None else {"postData": {"text": body, "params": params}}
    pairs = {
        name: [{"name": key, "value": value} for key, value in given]
        for name, given in (("cookies", cookies), ("headers", headers))
    }
    return {
        "request": {"method": "GET", "url": url, **pairs, **post},
        "response": {"content": {"text": "x" * 99}},
    }


@pytest.fixture
def har(tmp_path):
    def write(*entries, name="site.har"):
        path = tmp_path / name
        text = json.dumps({"log": {"version": "1.2", "pages": [], "entries": list(entries)}}, indent=1)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


@pytest.fixture
def log(tmp_path):
    def write(*events):
        path = tmp_path / "events.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return path

    return write


def carried(audit):
    return {(f.host, f.place, f.field, f.carries, f.what) for f in audit.findings}


def test_the_recorded_upload_and_event_are_told_by_field_and_receiver(shared):
    audit = audit_beacons(shared / "vectors" / "meta_requests.jsonl")
    found = {(f.field, f.carries, f.what) for f in audit.findings}
    assert ("body.data[].custom_data.previously_in_therapy", "health", "mental health") in found
    assert ("body.data[].user_data.em[]", "token", "digest of email") in found
    assert ("body.data[].user_data.client_ip_address", "identifier", "ipv4") in found
    assert ("body.data[].user_data.fbp", "identifier", "identifier of a browser or click") in found
    assert ("body.payload.data[]", "token", "digest of email") in found
    assert audit.messages == 10
    assert [(r.host, r.both.count, r.both.of) for r in audit.receivers] == [("127.0.0.1", 1, 6)]


def test_urls_cookies_bodies_and_event_names_of_a_har_are_told_apart(har):
    audit = audit_beacons(
        har(
            request(
                "https://www.facebook.com/tr?ev=DepressionTestDone&ud[em]="
                + HASHED
                + "&dl="
                + quote("https://site.example/intake/anxiety?step=3", safe=""),
                cookies=[("_fbp", "fb.1.1558571054389.1098115397"), ("lang", "en")],
                headers=[("Referer", "https://site.example/self-harm"), ("Accept", "*/*")],
            ),
            request("https://ads.example/collect", body=json.dumps({"user": {"email": EMAIL}, "phq9": 17})),
            request("https://cdn.example/app.js?v=" + "a" * 40),
        )
    )
    found = carried(audit)
    meta = "facebook.com"
    assert (meta, "url", "?ev", "health", "mental health") in found
    assert (meta, "url", "?ud[em]", "token", "digest of email") in found
    assert (meta, "url", "?dl/path", "health", "mental health") in found
    assert (meta, "cookie", "_fbp", "identifier", "identifier of a browser or click") in found
    assert (meta, "header", "Referer/path", "health", "mental health") in found
    assert ("ads.example", "body", "user.email", "identifier", "email") in found
    assert ("ads.example", "body", "phq9", "health", "mental health") in found
    assert [(r.host, r.owner, r.both.count) for r in audit.receivers] == [
        ("ads.example", None, 1),
        (meta, "Meta", 1),
        ("cdn.example", None, 0),
    ]
    assert [f.told_by for f in audit.findings if f.field == "?ev"] == ["event name"]


def test_no_value_is_in_the_result_even_where_it_is_the_name_of_a_field(har, log):
    phone = "+12120550123"
    har_file = har(
        request(
            f"https://a.example/u/{EMAIL}/{HASHED}?{urlencode({EMAIL: '1', 'ph': phone})}",
            body=json.dumps({HASHED: 1, "note": f"call {EMAIL} about her sertraline"}),
        )
    )
    for path in (har_file, log({"event": "x", "users": {EMAIL: {"diagnosis": "F32.1"}}})):
        audit = audit_beacons(path)
        shown = json.dumps(audit.to_json()) + repr(audit.findings) + repr(audit.receivers)
        assert audit.findings
        assert not [v for v in (EMAIL, HASHED, phone, "secret", "F32.1", "sertraline") if v in shown]


def test_what_is_packed_in_json_in_forms_and_in_base64_is_unpacked(log):
    inner = json.dumps({"properties": {"reason": "panic attacks"}})
    packed = base64.b64encode(inner.encode()).decode()
    events = [
        {"url": "https://m.example/track", "method": "POST", "body": urlencode({"data": inner})},
        {"url": "https://m.example/track", "method": "POST", "body": urlencode({"data": packed})},
        {"url": "https://m.example/track", "method": "POST", "body": json.dumps([inner])},
    ]
    audit = audit_beacons(log(*events))
    assert {f.field for f in audit.findings if f.carries == "health"} == {
        "body.data.properties.reason",
        "body[].properties.reason",
    }
    assert sum(f.messages for f in audit.findings if f.carries == "health") == 3


def test_params_of_a_har_without_text_are_read(har):
    audit = audit_beacons(har(request("https://a.example/", params=[{"name": "em", "value": EMAIL}])))
    assert carried(audit) == {("a.example", "body", "em", "identifier", "email")}


def test_ordinary_traffic_carries_nothing(har):
    audit = audit_beacons(
        har(
            request("https://cdn.example/static/orientation.js?version=1.2.3.4&build=" + "b" * 32),
            request(
                "https://shop.example/cart?color=red&disabled=false&size=10", cookies=[("theme", "dark")]
            ),
            request(
                "https://api.example/v1/items",
                body=json.dumps(
                    {"request_id": "00000000-0000-4000-8000-000000000000", "etag": "c" * 64, "n": 3}
                ),
                cookies=[("s", "GayX0abHiv9" * 3)],
            ),
        )
    )
    assert audit.findings == ()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("previouslyInTherapy", "mental health"),
        ("PHQ-9 score", "mental health"),
        ("gad_7", "mental health"),
        ("thoughts of self-harm", "mental health"),
        ("hiv_status", "sexual and reproductive health"),
        ("/ivf/clinic", "sexual and reproductive health"),
        ("Sertraline 50mg", "medicines"),
        ("sexual-orientation", "orientation, religion or origin"),
        ("alcohol", "substance use"),
        ("impatient", None),
        ("archive", None),
        ("stiff", None),
        ("checkout", None),
        ("", None),
    ],
)
def test_topics_are_told_by_whole_words_and_their_beginnings(text, topic):
    assert topic_of(text) == topic


def test_a_compressed_har_and_one_with_a_byte_order_mark_are_read(har, tmp_path):
    entry = request("https://a.example/?email=" + EMAIL)
    assert audit_beacons(har(entry, name="site.har.gz")).messages == 1
    marked = tmp_path / "marked.har"
    marked.write_text(har(entry).read_text(), encoding="utf-8-sig")
    assert audit_beacons(marked).messages == 1


def test_entries_longer_than_a_window_are_read_whole(har):
    big = request("https://a.example/?email=" + EMAIL)
    big["response"]["content"]["text"] = "]}{[," * 700_000
    audit = audit_beacons(har(big, big, request("https://b.example/")))
    assert (audit.messages, [f.messages for f in audit.findings]) == (3, [2])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.har", "", "no log.entries"),
        ("a.har", '{"log": {}}', "no log.entries"),
        ("a.har", '{"log": {"entries": []}}', "no requests or events"),
        ("a.har", '{"log": {"entries": [{"request": {"url": "secret', "broken JSON in request 1"),
        ("a.har", '{"log": {"entries": [{}, nonsense', "broken JSON in request 2"),
        ("a.har", '{"log": {"entries": [{}', "broken JSON in request 2"),
        ("a.jsonl", "", "no requests or events"),
        ("a.jsonl", '{"a": 1}\n{"secret": ', "broken JSON at line 2"),
        ("a.jsonl", "[1]\n", "no JSON object at line 1"),
        ("a.jsonl", "[" * 100_000, "broken JSON at line 1"),
    ],
)
def test_a_broken_file_is_one_sentence_without_its_content(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(LabError, match=said) as raised:
        audit_beacons(path)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_unreadable_bytes_missing_files_and_cut_archives_are_one_sentence(tmp_path):
    for name, content in (
        ("a.jsonl", b"\xff\xfe{}"),
        ("a.har.gz", gzip.compress(b'{"log"')[:-9]),
        ("b.har.gz", b"x"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LabError):
            audit_beacons(tmp_path / name)
    with pytest.raises(LabError, match="does not exist: check the path"):
        audit_beacons(tmp_path / "absent.har")


def test_a_huge_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("exports.beacons.traffic.LARGEST", 1000)
    (tmp_path / "a.jsonl").write_text('{"a": "' + "x" * 2000 + '"}\n')
    with pytest.raises(LabError, match="line 1"):
        audit_beacons(tmp_path / "a.jsonl")
    (tmp_path / "a.har").write_text('{"log": {"entries": [{"a": "' + "x" * 3_000_000)
    with pytest.raises(LabError, match="Request 1"):
        audit_beacons(tmp_path / "a.har")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=15), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_taken_apart_without_an_error(value):
    for name, text in fields(value):
        assert isinstance(name, str)
        assert isinstance(text, str)


ANY = JSON | st.text(st.characters(exclude_categories=()), max_size=12)
PAIRS = ANY | st.lists(ANY | st.fixed_dictionaries({}, optional={"name": ANY, "value": ANY}), max_size=3)
REQUEST = ANY | st.fixed_dictionaries(
    {},
    optional={
        "url": ANY | st.text(max_size=12).map("https://site.example/".__add__),
        "headers": PAIRS,
        "cookies": PAIRS,
        "postData": ANY | st.fixed_dictionaries({}, optional={"text": ANY, "params": PAIRS}),
    },
)


@settings(max_examples=50, deadline=None)
@given(st.lists(ANY | st.fixed_dictionaries({"request": REQUEST}), min_size=1, max_size=3), st.booleans())
def test_traffic_of_any_form_is_audited_or_refused_in_one_sentence(tmp_path_factory, entries, as_har):
    path = tmp_path_factory.mktemp("traffic") / ("site.har" if as_har else "events.jsonl")
    whole = [{"log": {"entries": entries}}] if as_har else entries
    path.write_text("".join(json.dumps(one) + "\n" for one in whole))
    try:
        found = audit_beacons(path)
        told = repr(found) + json.dumps(found.to_json())
    except LabError as error:
        told = str(error)
    assert len(told.splitlines()) == 1
    assert told.encode()


@pytest.mark.parametrize(
    "request_",
    [
        5,
        {"url": ["https://site.example"]},
        {"url": "http://[::1"},
        {"url": "https://site.example/?a=%ff%00&b=%"},
        {"url": "https://site.example/", "headers": {"a": 1}, "cookies": [5, None, {"name": {}}]},
        {"url": "https://site.example/", "postData": {"text": "[" * 50_000}},
        {"url": "https://site.example/", "postData": {"text": "9" * 5_000}},
        {"url": "https://site.example/\ud800", "postData": {"params": [{"name": "\udfff"}]}},
    ],
    ids=range(8),
)
def test_a_request_that_no_browser_writes_is_audited_like_any(har, request_):
    whole = {"request": {"url": "https://other.example/?em=" + EMAIL}}
    audit = audit_beacons(har({"request": request_}, whole))
    assert ("other.example", "url", "?em", "identifier", "email") in carried(audit)
