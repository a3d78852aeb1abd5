"""Tokens made by known recipes are explained, others are not; results hold counts and never a value."""

import hashlib
import hmac
import json

import pyarrow as pa
import pytest

from exports.engines.duckdb_engine import DuckDBEngine
from exports.identifiers import find_profile
from exports.reading.read import read
from exports.tokens.forms import FORMS, UNKNOWN, form_of
from exports.tokens.opening import NOUNS, recipes
from exports.tokens.survey import accepting, survey_tokens

N = 60
EMAILS = [f" Jane.Doe{i}+x@Mail.example" if i % 3 else f"Jo.D{i}@Mail.example." for i in range(N)]
PHONES = [f"+1 (212) 01{i % 10}-0{i:03d}" for i in range(N)]
GENDERS = ["Male", "female", "F", " m"] * (N // 4)
STATES = ["Massachusetts", "ny", "New York", "Bavaria"] * (N // 4)


def made(profile, kind, values, digest=None, encoding=None):
    rule = find_profile(profile).rule(kind)
    return [None if v is None else rule.apply(v, digest, encoding).digest for v in values]


def survey(columns, tokens, plain):
    with DuckDBEngine() as engine:
        return survey_tokens(read(pa.table(columns)), tokens, plain, engine, budget=30_000)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("profile", "kind", "values", "detected"),
    [
        ("meta.audience_sdk", "email", EMAILS, "email"),
        ("meta.conversions", "email", EMAILS, "email"),
        ("segment.tiktok", "email", EMAILS, "email"),
        ("google.2026", "phone", PHONES, "phone"),
        ("meta.audience_sdk", "phone", PHONES, "phone"),
        ("uid2", "email", EMAILS, "email"),
        ("criteo.md5", "email", EMAILS, "email"),
        ("criteo.sha256md5", "email", EMAILS, "email"),
        ("segment.liveramp", "phone", PHONES, "phone"),
        ("plain", "email", EMAILS, "email"),
        ("meta.audience_sdk", "gender", GENDERS, "gender"),
        ("segment.liveramp", "state", STATES, "state"),
    ],
)
def test_the_profile_that_made_a_column_of_tokens_opens_all_of_it(profile, kind, values, detected):
    (found,) = survey(
        {"plain column": values, "em": made(profile, kind, values), "other": ["x"] * N},
        ["em"],
        {"other": None, "plain column": detected},
    )
    assert found.opening.plain == "plain column"
    assert (found.opening.opened.count, found.opening.opened.of) == (N, N)
    assert found.opening.profiles[profile].count == N
    assert found.opening.recipe.digest == find_profile(profile).rule(kind).digest


def test_profiles_that_normalise_otherwise_match_fewer_of_the_same_tokens():
    (found,) = survey(
        {"mail": EMAILS, "em": made("meta.audience_sdk", "email", EMAILS)}, ["em"], {"mail": "email"}
    )
    shares = found.opening.profiles
    # A third of the addresses end in a dot, which only Meta's audience path takes away.
    assert shares["meta.audience_sdk"].count == N
    assert shares["meta.conversions"].count == 2 * N // 3
    assert shares["segment.linkedin"].count == 0
    assert "uid2" not in shares or shares["uid2"].count < N


def test_tokens_in_capitals_and_as_bytes_are_opened_too():
    digests = made("meta", "email", EMAILS)
    for column in (
        [digest.upper() for digest in digests],
        pa.array([bytes.fromhex(digest) for digest in digests], pa.binary(32)),
    ):
        (found,) = survey({"mail": EMAILS, "em": column}, ["em"], {"mail": "email"})
        assert found.opening.opened.count == N
        assert found.form == "SHA-256 in hexadecimal"


def test_capitals_are_counted_because_receivers_compare_in_lower_case():
    digests = [d.upper() if i < 7 else d for i, d in enumerate(made("meta", "email", EMAILS))]
    (found,) = survey({"em": digests}, ["em"], {})
    assert found.quality.upper_case.count == 7


def test_tokens_of_other_rows_are_found_by_the_dictionary_of_the_column():
    shifted = EMAILS[1:] + EMAILS[:1]
    (found,) = survey(
        {"mail": EMAILS, "friend": made("meta", "email", shifted)}, ["friend"], {"mail": "email"}
    )
    assert found.opening.opened.count == 0
    assert found.opening.elsewhere.count == N
    assert "other rows" in found.opens


def test_keyed_tokens_open_under_nothing_but_go_one_to_one():
    keyed = [hmac.new(b"secret", email.encode(), "sha256").hexdigest() for email in EMAILS]
    (found,) = survey({"mail": EMAILS, "em": keyed}, ["em"], {"mail": "email"})
    assert found.opening is None
    assert found.opens is None
    assert found.keyed == "mail"


def test_random_tokens_beside_random_columns_open_under_nothing():
    (found,) = survey(
        {
            "em": [hashlib.sha256(b"no such text %d" % i).hexdigest() for i in range(N)],
            "group": ["a", "b"] * (N // 2),
        },
        ["em"],
        {"group": None},
    )
    assert (found.opening, found.keyed, found.opens) == (None, None, None)


def test_hashes_of_nothing_and_repeated_tokens_are_counted():
    values = ["", "", "", "null", "a@mail.example", "a@mail.example", None, "b@mail.example"]
    (found,) = survey({"em": made("plain", "email", values, "sha256")}, ["em"], {})
    assert found.quality.placeholders == {"": 3, "null": 1}
    assert (found.quality.tokens.count, found.quality.tokens.of) == (7, 8)
    assert found.quality.repeated.count == 5
    assert found.quality.most_repeated == 3
    assert found.quality.distinct.count == 4


def test_hashed_dates_open_by_enumeration_without_any_plain_column():
    days = [f"19{50 + i % 50}{1 + i % 12:02d}{1 + i % 28:02d}" for i in range(N)]
    (found,) = survey({"db": made("meta_capi", "db", days)}, ["db"], {})
    dates = found.enumerations[0]
    assert (dates.space, dates.opened.count, dates.opened.of) == (
        "dates from 1900",
        len(set(days)),
        len(set(days)),
    )
    assert "dates" in found.opens


def test_no_value_is_in_any_result():
    (found,) = survey({"mail": EMAILS, "em": made("meta", "email", EMAILS)}, ["em"], {"mail": "email"})
    shown = json.dumps(found.to_json()) + repr(found) + json.dumps(found.row())
    assert not [value for value in (*EMAILS, *made("meta", "email", EMAILS)) if value in shown]


@pytest.mark.parametrize(
    ("tokens", "name"),
    [
        (["a" * 32], "MD5 in hexadecimal"),
        (["A" * 40, None], "SHA-1 in hexadecimal"),
        (["0" * 128], "SHA-512 in hexadecimal"),
        (["yhI0QL7dpdaHFq6DEyKlqKPn2vj7KX91BQeqhniYRvI="], "SHA-256 in base64"),
        (["00000000-0000-4000-8000-000000000000"], "UUID"),
        (["$2b$12$abcdefgh"], "salted or signed"),
        (["abc", "d"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_form_of_tokens_is_told(tokens, name):
    assert form_of(pa.array(tokens, pa.string())).name == name


def test_a_form_is_accepted_by_the_profiles_that_send_it():
    by_form = {form.name: set(accepting(form)) for form in FORMS}
    assert {"criteo.md5"} <= by_form["MD5 in hexadecimal"]
    assert {"meta", "google.2026", "snapchat", "tiktok", "x"} <= by_form["SHA-256 in hexadecimal"]
    assert by_form["SHA-256 in base64"] == {"uid2", "segment.thetradedesk"}
    assert accepting(UNKNOWN) == ()


def test_tokens_of_a_digest_that_the_engine_lacks_are_counted_and_left_closed():
    (found,) = survey(
        {"mail": EMAILS, "em": made("plain", "email", EMAILS, "sha512")}, ["em"], {"mail": "email"}
    )
    assert (found.form, found.opens, found.quality.distinct.count) == ("SHA-512 in hexadecimal", None, N)


def test_hostile_names_and_values_are_data():
    name = 'em"; drop table x --'
    (found,) = survey({name: ["'; drop table x --", "\x00", None, ""]}, [name], {})
    assert found.column == name
    assert found.form == "unknown"


@pytest.mark.parametrize("kind", [None, "token", *NOUNS])
def test_every_kind_of_plain_column_has_recipes_for_every_digest(kind):
    assert all(recipes(form, kind) for form in FORMS if form.digests)


@pytest.mark.parametrize(
    ("first", "last", "capitals"),
    [("sha256", "sha256", False), ("md5", "sha256", True), ("sha256", "md5", False), ("md5", "sha1", False)],
)
def test_a_digest_of_a_digest_is_no_salt(first, last, capitals):
    """Hashing twice keeps nothing back, and is said in place of a sentence on salts and keys."""
    mails = [f"a{i}@mail.example" for i in range(20)]
    before = [hashlib.new(first, mail.encode()).hexdigest() for mail in mails]
    before = [digest.upper() for digest in before] if capitals else before
    tokens = [hashlib.new(last, digest.encode()).hexdigest() for digest in before]
    (found,) = survey({"email": mails, "em": tokens}, ["em"], {"email": "email"})
    assert found.opening is not None
    assert found.opening.opened.count == 20
    assert first in found.opens
    assert found.keyed is None
    salted = [hashlib.sha256(f"pepper{mail}".encode()).hexdigest() for mail in mails]
    (found,) = survey({"email": mails, "em": salted}, ["em"], {"email": "email"})
    assert found.opens is None
    assert found.keyed == "email"
