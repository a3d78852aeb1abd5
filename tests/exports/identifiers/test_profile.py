"""What the rules say of inputs that no vector holds; addresses and phones are reserved ones."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import LabError
from exports.identifiers import PROFILES, Rejected, find_profile
from exports.identifiers.digests import DIGESTS, hashed

NBSP = "\xa0"
EMPTY = hashlib.sha256(b"").hexdigest()
PREHASHED = hashlib.sha256(b"jane@mail.example").hexdigest()


def normal(profile, kind, value):
    return find_profile(profile).rule(kind).apply(value).normalised


def token(profile, kind, value):
    return find_profile(profile).rule(kind).apply(value).digest


@pytest.mark.parametrize(
    ("profile", "kind", "value", "expected"),
    [
        ("meta", "email", f"{NBSP}Jane.Doe+x@Mail.example ", "jane.doe+x@mail.example"),
        ("meta", "phone", "+001 (212) 055-0123", "12120550123"),
        ("meta", "state", "New York", "ny"),
        ("meta", "state", "Ontario", "ontario"),
        ("meta", "zip", "94035-1234", "94035"),
        ("meta", "zip", "SW1A 1AA", "sw1a1aa"),
        ("meta", "fn", " Valéry ", "valéry"),
        ("meta", "first_name", "O'Neil Jr.", "oneil jr"),
        ("meta.audience_sdk", "EMAIL_SHA256", "..jane@mail.example.\x00", "jane@mail.example"),
        ("meta.audience_sdk", "EMAIL", f"{NBSP}jane@mail.example", f"{NBSP}jane@mail.example"),
        ("meta.audience_sdk", "FN", "José", "jos"),
        ("meta.audience_sdk", "multikey ST", "California", "california"),
        ("meta.audience_sdk", "phone", "0044 0151", "00440151"),
        ("meta.audience_sdk", "multikey GEN", "Female", "f"),
        ("meta.audience_sdk", "DOBM", "7", "07"),
        ("meta.conversions", "email", "jane@mail.example.", "jane@mail.example."),
        ("meta.conversions", "fn", "Mary Ann", "mary ann"),
        ("meta.conversions", "zp", "SW1A 1AA", "sw1a1aa"),
        ("meta.conversions", "ct", "St. Louis 2", "stlouis"),
        ("meta.conversions", "currency", " USD ", "usd"),
        ("google", "email", " J.Doe+x@Gmail.com", "jdoe@gmail.com"),
        ("google.2026", "email", "J.D+x@GoogleMail.com", "jd@googlemail.com"),
        ("google.2026", "email", "j.d+x@mail.example", "j.d+x@mail.example"),
        ("google.2025", "email", " J.Doe+x@Gmail.com", "jdoe+x@gmail.com"),
        ("google.data_manager", "email", " J.Doe+x@Gmail.com", "jdoe@gmail.com"),
        ("reddit", "email", " J.Doe+x@Mail.example ", "jdoe@mail.example"),
        ("microsoft", "email", " J.Doe+x@Mail.example ", "j.doe+x@mail.example"),
        ("segment.reddit", "email", "J.Doe+x@Mail.example ", "jdoe@mail.example "),
        ("segment.microsoft", "email", " J.Doe+x@Mail.example ", "j.doe+x@mail.example"),
        ("segment.amazon", "email", " J_Doe+x@Mail.example", "jdoex@mail.example"),
        ("segment.amazon", "city", "Saint-Étienne 2", "sainttienne2"),
        ("segment.amazon.older", "email", " J_Doe+x@Mail.example", "j_doe+x@mail.example"),
        ("segment.dv360", "first_name", " Mary Ann ", "maryann"),
        ("segment.dv360", "zip", "SW1A 1AA", "SW1A 1AA"),
        ("segment.dv360.older", "zip", "SW1A 1AA", "sw1a1aa"),
        ("segment.yahoo", "email", " J.Doe@Mail.example", " J.Doe@Mail.example"),
        ("google.customer_match", "phone", "00 1 (212) 055-0123", "+12120550123"),
        ("google.megalista", "email", "j.doe@gmail.com ", "j.doe@gmail.com"),
        ("google.megalista", "zip", "12345", "12345"),
        ("rudderstack.google", "email", " J.D+x@GoogleMail.com", "jd@googlemail.com"),
        ("rudderstack.meta", "ZIP", "94035-1234", "940351234"),
        ("rudderstack.meta", "GEN", "anything", "m"),
        ("rudderstack.meta", "DOBD", "5.", "05"),
        ("rudderstack.snapchat", "phone", "+0012120550123", "0012120550123"),
        ("rudderstack.meta_conversions", "ge", "WOMAN", "f"),
        ("segment.google", "email", "j.a.d+x@gmail.example", "ja.d+x@gmail.example"),
        ("segment.google", "phone", "(212) 055-0123", "+12120550123"),
        ("segment.meta", "GEN", "Girl", "f"),
        ("segment.meta", "GEN", " Other", " Other"),
        ("segment.meta", "DOBM", " 7", " 7"),
        ("segment.meta", "DOBM", "1 2", "12"),
        ("segment.meta", "FN", "¡Ana!", "ana"),
        ("segment.tiktok", "email", " J.D+x@Mail.Example", " jd@mail.example"),
        ("segment.snapchat", "phone", "001 (212) 055-0123", "12120550123"),
        ("segment.snapchat", "maid", " F81D4FAE-7DEC ", "f81d4fae-7dec"),
        ("segment.pinterest", "gender", " Non-Binary", "n"),
        ("segment.liveramp", "phone", "(055) 012-3456", "0550123456"),
        ("segment.thetradedesk", "email", " J.D+x@Gmail.com ", "jd@gmail.com"),
        ("segment.thetradedesk", "email", "J.D+x@Mail.example", "j.d+x@mail.example"),
        ("snapchat", "ph", "00 1 (212) 055-0123", "12120550123"),
        ("snapchat", "fn", "Raphaël", "raphaël"),
        ("tiktok", "email", "ja ne+x@mail.example", "jane+x@mail.example"),
        ("tiktok", "phone", "+1 2120550123", "12120550123"),
        ("tiktok.2025-06", "phone", "+1 2120550123", "+12120550123"),
        ("tiktok.2025-08", "email", "jane+x@mail.example", "jane@mail.example"),
        ("x", "handle", " @AdsAPI", "adsapi"),
        ("x", "phone", "1 212 055 0123", "+12120550123"),
        ("x", "maid", "ABCD-01", "abcd-01"),
        ("linkedin", "email", "J D@Mail.example", "jd@mail.example"),
        ("uid2", "email", " JOSÉ@Mail.example ", "josÉ@mail.example"),
        ("uid2", "email", "a b@mail.example", "a b@mail.example"),
        ("uid2", "email", "j.d+x@googlemail.com", "j.d+x@googlemail.com"),
        ("liveramp", "phone", "+1 (212) 055-0123", "2120550123"),
        ("plain", "email", " As It Is ", " As It Is "),
    ],
)  # fmt: skip
def test_a_value_becomes_what_the_platform_or_connector_makes_of_it(profile, kind, value, expected):
    assert normal(profile, kind, value) == expected


@pytest.mark.parametrize(
    ("profile", "kind", "value"),
    [
        ("meta", "email", f" {NBSP} "),
        ("meta", "country", "usa"),
        ("meta.conversions", "em", ""),
        ("meta.conversions", "country", "USA"),
        ("meta.conversions", "ph", "212.055.0123"),
        ("meta.conversions", "ph", "00000"),
        ("meta.conversions", "dobd", "0a"),
        ("rudderstack.meta", "FN", PREHASHED),
        ("rudderstack.google", "phone", " - "),
        ("rudderstack.google", "country", "United States"),
        ("segment.meta", "PHONE", "+0000000000"),
        ("segment.tiktok", "email", ""),
        ("segment.thetradedesk", "email", "nobody at all"),
        ("uid2", "email", PREHASHED),
        ("uid2", "phone", "+1234567890 "),
        ("uid2", "email_hash", "DH5q"),
    ],
)
def test_a_value_that_would_not_be_sent_is_rejected(profile, kind, value):
    with pytest.raises(Rejected) as reason:
        normal(profile, kind, value)
    assert value == "" or value not in str(reason.value)


@pytest.mark.parametrize("profile", ["meta.audience_sdk", "snapchat", "x", "tiktok", "segment.criteo"])
def test_a_prehashed_email_is_hashed_again_where_nobody_looks(profile):
    assert token(profile, "email", PREHASHED) == hashlib.sha256(PREHASHED.encode()).hexdigest()


@pytest.mark.parametrize(
    ("profile", "kind", "value"),
    [
        ("meta.conversions", "em", f" {PREHASHED.upper()} "),
        ("segment.meta", "PHONE", PREHASHED),
        ("segment.snapchat", "email", PREHASHED),
        ("segment.pinterest", "email", PREHASHED),
        ("segment.meta", "email", f" {PREHASHED.upper()}"),
        ("segment.google", "email", PREHASHED),
        ("segment.linkedin", "email", PREHASHED),
        ("segment.tiktok", "email", PREHASHED),
        ("segment.amazon", "phone", PREHASHED),
    ],
)
def test_a_prehashed_value_is_passed_on_where_the_program_looks(profile, kind, value):
    assert token(profile, kind, value) == PREHASHED


def test_upper_case_hex_and_base64_of_one_hash_are_one_token_for_uid2_and_the_trade_desk():
    base64 = token("uid2", "email", "jane@mail.example")
    for profile, kind in (("uid2", "email_hash"), ("thetradedesk(segment)", "email")):
        assert {token(profile, kind, form) for form in (PREHASHED, PREHASHED.upper(), base64)} == {base64}


def test_names_outside_the_latin_letters_collide_on_the_hash_of_nothing():
    assert token("meta.audience_sdk", "FN", "李") == EMPTY
    assert token("meta.audience_sdk", "FN", "김") == EMPTY
    assert token("meta.conversions", "fn", "李") != EMPTY


def test_identifiers_that_leave_in_the_clear_do_so():
    assert token("meta", "maid", " AB-1 ") == "ab-1"
    assert token("google_customer_match", "country", "US") == "US"
    assert token("segment.meta", "MADID", "AB-1") == "AB-1"
    assert token("meta.audience_sdk", "multikey MADID", "ab-1") == hashlib.sha256(b"ab-1").hexdigest()


def test_a_reserved_domain_stands_for_gmail_only_where_it_is_said_to():
    google = find_profile("google.customer_match")
    known = google.knowing({"gmail.example": "gmail.com"})
    assert google.rule("email").apply("j.d@gmail.example").normalised == "j.d@gmail.example"
    assert known.rule("email").apply("j.d@gmail.example").normalised == "jd@gmail.example"
    assert known.rule("email").apply("j.d@gmail.com").normalised == "jd@gmail.com"
    assert find_profile("meta").knowing({"gmail.example": "gmail.com"}) == find_profile("meta")


def test_an_unknown_profile_or_kind_is_answered_with_the_nearest_known_name():
    with pytest.raises(LabError, match="'meta_capi'"):
        find_profile("meta_cappi")
    with pytest.raises(LabError, match=r"'google\.2026'"):
        find_profile("google.2028")
    with pytest.raises(LabError, match="nearest is 'email'"):
        find_profile("uid2").rule("emali")


@pytest.mark.parametrize("name", ["klaviyo", "braze", "plan", "rew", "", "plainly", "hightouch"])
def test_an_unknown_name_lists_what_there_is_and_never_offers_to_normalise_nothing(name):
    with pytest.raises(LabError, match=r"platforms: .*google\.2026.*connectors: .*segment\.meta") as told:
        find_profile(name)
    assert not re.search(r"\b(plain|raw|ftc-blog)\b", str(told.value).replace(repr(name), ""))


@pytest.mark.parametrize(
    "value", ["notanemail", "jane@localhost", "jane..doe@mail.example", PREHASHED, "a@b@c.example"]
)
def test_rudderstack_refuses_what_is_no_address_except_on_the_way_to_snapchat(value):
    for profile in ("rudderstack.meta", "rudderstack.google", "rudderstack.tiktok"):
        with pytest.raises(Rejected, match="takes no such address"):
            token(profile, "email", value)
    assert token("rudderstack.snapchat", "email", value)


def test_rudderstack_hashes_half_of_each_character_outside_latin_1():
    assert token("rudderstack.meta", "first_name", "José") == hashlib.sha256(b"jos\xe9").hexdigest()
    assert token("rudderstack.meta", "first_name", "李") == hashlib.sha256(b"N").hexdigest()
    assert (
        token("rudderstack.linkedin", "email", "é@mail.example")
        == hashlib.sha256("é@mail.example".encode()).hexdigest()
    )


def test_an_address_that_contains_a_digest_leaves_in_the_clear_on_the_way_to_tiktok():
    value = f"{PREHASHED}@mail.example"
    assert token("segment.tiktok", "email", value) == value


def test_no_two_profiles_share_a_name_and_each_says_where_it_comes_from():
    names = [name.lower() for profile in PROFILES for name in (profile.name, *profile.aliases)]
    assert len(names) == len(set(names))
    assert all(profile.source for profile in PROFILES)


@pytest.mark.parametrize("digest", DIGESTS)
def test_digests_are_those_of_hashlib(digest):
    value = b"jane@mail.example"
    md5 = hashlib.md5(value).hexdigest()
    expected = {
        "none": value.decode(),
        "sha256(md5hex)": hashlib.sha256(md5.encode()).hexdigest(),
    }.get(digest) or hashlib.new(digest, value).hexdigest()
    assert hashed(value.decode(), digest) == expected


EVERY_RULE = [(p.name, kind) for p in PROFILES for kind in p.rules]


@given(st.sampled_from(EVERY_RULE), st.text())
def test_any_text_is_a_token_or_rejected(rule, value):
    name, kind = rule
    try:
        made = find_profile(name).rule(kind).apply(value)
    except Rejected:
        return
    assert made.digest == made.normalised or re.fullmatch(
        "[0-9a-f]{40,64}|[0-9A-Za-z+/]{43}=|[0-9a-f]{32}", made.digest
    )


@given(st.sampled_from([r for r in EVERY_RULE if r[1] in ("email", "phone")]), st.text())
def test_normalising_twice_changes_nothing_more(rule, value):
    name, kind = rule
    if name in (
        "segment.liveramp",
        "rudderstack.snapchat",
        "segment.google",
        "segment.snapchat",
        "segment.tiktok",
        "segment.reddit",
    ):
        return
    try:
        once = normal(name, kind, value)
        twice = normal(name, kind, once)
    except Rejected:
        return
    assert twice == once
