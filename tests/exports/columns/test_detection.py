"""Columns of reserved or invented values are told by shape and name; evidence never shows a value."""

import datetime
import hashlib
import random
import uuid

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.columns.detection import detect, detect_all
from exports.columns.names.words import words_of
from exports.columns.proposal import propose
from exports.engines.duckdb_engine import DuckDBEngine
from exports.reading.read import read
from exports.schema import Role

DRAW = random.Random(5)
N = 40
DAYS = [datetime.date(1935, 1, 1) + datetime.timedelta(days=997 * i) for i in range(28)]
COMMON = ["James", "Mary", "Robert", "Linda", "John", "Susan", "Karen", "David", "Lisa", "Paul"]
SENTENCE = "they asked what had changed since the last visit and wrote a long answer about it, number "


def digests(name):
    return [getattr(hashlib, name)(str(i).encode()).hexdigest() for i in range(N)]


def draws(alphabet, length):
    return ["".join(DRAW.choice(alphabet) for _ in range(length)) for _ in range(N)]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("contact", [f"p{i}@mail.example" for i in range(N)], "email"),
        ("a", [f"+1 212 01{i:02d} 0{i:03d}" for i in range(N)], "phone"),
        ("phone_number", [f"21201{i:05d}" for i in range(N)], "phone"),
        ("cell", pa.array([2120100000 + i for i in range(N)]), "phone"),
        ("em_sha256", digests("sha256"), "token"),
        ("x", digests("md5"), "token"),
        ("x", [value.upper() for value in digests("sha1")], "token"),
        ("x", digests("sha512"), "token"),
        ("x", pa.array([hashlib.sha256(bytes([i])).digest() for i in range(N)], pa.binary(32)), "token"),
        ("x", [f"{value[:43]}=" for value in draws("abcdefgXYZ0123456789+/", 44)], "token"),
        ("x", ["$2b$12$" + value for value in draws("abcXYZ012./", 53)], "token"),
        ("visitor", draws("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24), "token"),
        ("x", [str(uuid.UUID(int=DRAW.getrandbits(128))) for _ in range(N)], "uuid"),
        ("IDFA", [str(uuid.UUID(int=DRAW.getrandbits(128))).upper() for _ in range(N)], "advertising_id"),
        ("deviceId", [str(uuid.UUID(int=DRAW.getrandbits(128))) for _ in range(N)], "device_id"),
        ("from", [f"240.0.{i}.{i}" for i in range(N)], "ipv4"),
        ("from", [f"2001:db8::{i:x}" for i in range(N)], "ipv6"),
        ("hw", [f"02:00:00:00:00:{i:02x}" for i in range(N)], "mac"),
        ("page", [f"https://site.example/{i}" for i in range(N)], "url"),
        ("x", [f"000-{i:02d}-0000" for i in range(N)], "ssn"),
        ("dob", [day.isoformat() for day in DAYS], "date_of_birth"),
        ("when", pa.array(DAYS), "date_of_birth"),
        ("birthYear", pa.array([day.year for day in DAYS]), "date_of_birth"),
        ("visited", [f"2024-01-{i:02d}" for i in range(1, 29)], "date"),
        ("visited", [f"{i}/3/2024" for i in range(1, 29)], "date"),
        ("zip", [f"0{2100 + i}" for i in range(N)], "postal_code"),
        ("where", [f"0{2100 + i}-0001" for i in range(N)], "postal_code"),
        ("first_name", ["Ada", "Zoë", "Jean-Luc", "李"], "first_name"),
        ("Surname", ["O'Neil", "van der Berg"], "last_name"),
        ("who", COMMON, "first_name"),
        ("city", ["Springfield", "New Haven"], "city"),
        ("state", ["MA", "NY", "CA"], "state"),
        ("country_code", ["US", "DE"], "country"),
        ("home address", ["1 Main St", "2 High Road"], "street"),
        ("q", [f"{i} Main Street" for i in range(N)], "street"),
        ("sex", ["M", "F"], "gender"),
        ("Age", pa.array([20, 31, 99]), "age"),
        ("customerId", [f"C{i}" for i in range(N)], "external_id"),
        ("mrn", [f"{i}" for i in range(N)], "medical_record"),
        ("note", [SENTENCE + str(i) for i in range(N)], "free_text"),
        ("agent", ["Mozilla/5.0 (X11)", "Mozilla/5.0 (iPhone)"], "user_agent"),
    ],
)  # fmt: skip
def test_a_column_is_told_by_its_values_and_its_name(name, values, kind):
    found = detect(name, values if isinstance(values, pa.Array) else pa.array(values))
    assert found.kind == kind
    assert found.role is not None
    assert found.share.count >= 0.4 * found.share.of


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("score", pa.array([1, 5, 27])),
        ("reason", pa.array(["anxiety", "depression", "sleep"] * 9)),
        ("amount", pa.array(["1234567.89", "7654321.00"])),
        ("version", pa.array(["1.2.3.4", "1.2.3.5"])),
        ("duration", pa.array(["12:30:45", "01:02:03"])),
        ("product_name", pa.array(["blue lamp", "desk"])),
        ("status", pa.array(["open", "closed"])),
        ("message", pa.array(["yes", "no"])),
        ("empty", pa.array([None, None], pa.string())),
        ("blank", pa.array(["", " "])),
        ("flag", pa.array([True, False])),
        ("big", pa.array([10**17 + i for i in range(N)])),
        ("", pa.array(["a"])),
    ],
)
def test_what_is_no_personal_data_is_taken_for_none(name, values):
    assert detect(name, values).kind is None


def test_columns_looked_at_together_are_told_as_each_alone(monkeypatch):
    columns = {
        "a": pa.array([f"p{i}@mail.example" for i in range(30)]),
        "b": pa.array([f"p{i}@mail.example" for i in range(19)] + ["unknown"]),
        "c": pa.array([f"not given {i}" for i in range(19)] + ["p@mail.example"]),
        "d": pa.array([None, ""], pa.string()),
        "zip": pa.array(["02139"]),
        "e": pa.array(["02139"]),
        "f": pa.array(digests("md5")),
        "who": pa.array(COMMON),
        "g": pa.array([SENTENCE + str(i) for i in range(N)]),
    }
    alone = {name: detect(name, column) for name, column in columns.items()}
    assert [found.kind for found in alone.values()] == [
        "email", "email", "email", None, "postal_code", None, "token", "first_name", "free_text"
    ]  # fmt: skip
    for size in (0, 1_000, 1_000_000):
        monkeypatch.setattr("exports.columns.scanning.BLOCK_BYTES", size)
        assert detect_all(columns) == alone


@pytest.mark.parametrize("others", [1, 19, 400])
def test_other_values_beside_it_do_not_hide_a_kind(others):
    emails = [f"p{i}@mail.example" for i in range(19)]
    found = detect("x", pa.array([*emails, *[f"not given {i}" for i in range(others)]]))
    assert (found.kind, found.role) == ("email", Role.IDENTIFIER)
    assert (found.share.count, found.share.of) == (19, 19 + others)


def test_public_tables_without_direct_identifiers_have_none_detected(adult, nist):
    for table in (adult, nist):
        roles = {column: detect(column, table[column]).role for column in table.column_names}
        assert {column for column, role in roles.items() if role in (Role.IDENTIFIER, Role.TOKEN)} == set()


def test_evidence_shows_no_value():
    table = pa.table(
        {
            "contact": [f"secret{i}@mail.example" for i in range(N)],
            "token": digests("sha256"),
            "note": [SENTENCE + str(i) for i in range(N)],
            "who": ["James", "Mary", "Robert", "Linda", "John", "Susan", "Karen", "David"] * 5,
            "diagnosis": ["flu", "cold"] * (N // 2),
        }
    )
    with DuckDBEngine() as engine:
        guesses = propose(read(table), engine)
    assert {name: str(guess.role) for name, guess in guesses.items()} == {
        "contact": "identifier",
        "token": "token",
        "note": "unassessed",
        "who": "identifier",
        "diagnosis": "sensitive",
    }
    values = {str(value) for column in table.columns for value in column.to_pylist()}
    assert not [v for guess in guesses.values() for v in values if v in guess.evidence]


def test_names_of_columns_are_read_as_words():
    assert words_of("home.Phone-No2") == "home phone no 2"


@given(st.text(max_size=30), st.lists(st.none() | st.text(max_size=60), max_size=30))
def test_any_column_is_detected_without_an_error(name, values):
    found = detect(name, pa.array(values, pa.string()))
    assert (found.kind is None) == (found.role is None)
