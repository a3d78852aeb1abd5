import hashlib

import pyarrow as pa
import pytest

from exports.columns.proposal import propose
from exports.engines.duckdb_engine import DuckDBEngine
from exports.reading.read import read

TOKENS = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(5)]


@pytest.mark.parametrize(
    ("name", "values", "role", "kind"),
    [
        ("contact", [f"p{i}@mail.example" for i in range(5)], "identifier", "email"),
        ("x", TOKENS, "token", "token"),
        ("x", [token[:32].upper() for token in TOKENS], "token", "token"),
        ("clientIp", [f"240.0.0.{i}" for i in range(5)], "identifier", "ipv4"),
        ("zip_code", ["02139", "10001", "02139"], "quasi_identifier", "postal_code"),
        ("dateOfBirth", ["1990-02-03", "1981-11-30"], "quasi_identifier", "date_of_birth"),
        ("seen", ["1990-02-03", "03/04/2001", "1.2.2003"], "unassessed", "date"),
        ("Age", [31, 58, 31], "quasi_identifier", "age"),
        ("first name", ["qq1x", "qq2x", "qq1x"], "identifier", "first_name"),
        ("phq9_score", [3, 9, 3], "sensitive", None),
        ("gad_7", [3, 9, 3], "sensitive", None),
        ("sexual_orientation", ["qq1x", "qq2x", "qq1x"], "sensitive", None),
        ("language", ["qq1x", "qq2x", "qq1x"], "quasi_identifier", None),
        (
            "note",
            ["somebody wrote " * 6 + str(i) for i in range(5)],
            "unassessed",
            "free_text",
        ),
        ("nothing", [None, None], "insensitive", None),
        ("PWGTP", [12, 80, 12], "insensitive", None),
        ("sampling_weight", [12.5, 80.0, 12.5], "insensitive", None),
        ("weight", [72, 80, 72], "quasi_identifier", None),
    ],
)
def test_a_column_is_proposed_by_its_name_and_shape(name, values, role, kind):
    with DuckDBEngine() as engine:
        guess = propose(read(pa.table({name: values})), engine)[name]
    assert (str(guess.role), guess.kind) == (role, kind)
    assert not any(str(value) in guess.evidence for value in values if isinstance(value, str))
