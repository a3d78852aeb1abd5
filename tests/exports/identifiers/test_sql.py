"""Rules in SQL: byte for byte what the Python rules give, for every profile."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.engines.texts import DUCKDB_TEXTS
from exports.errors import LabError
from exports.identifiers import PROFILES, Rejected, find_profile
from exports.identifiers.sql import digest_sql, hash_sql, normalise_sql
from exports.identifiers.steps import JS_SPACE, PY_SPACE

KINDS = ("email", "phone", "gender", "state")
RULES = [(p.name, kind) for p in PROFILES for kind in KINDS if kind in p.rules] + [
    ("meta", "email_sha256"),
    ("meta", "phone_sha256"),
    ("uid2", "email_hash"),
]

ALPHABET = "aAzZ.@+ 019()-\t\n\r\x00\x0b\x1c\x85\xa0\u2028\u3000\ufeffÉéİıſΣςσß'\"\\$%_٣" + "gmail.com"


@pytest.fixture(scope="module")
def database():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def in_sql(database, expression, values):
    database.register("given", pa.table({"i": range(len(values)), "x": pa.array(values, pa.string())}))
    return database.sql(f"select {expression} y from given order by i").to_arrow_table()["y"].to_pylist()


def in_python(rule, value, part):
    if value is None:
        return None
    try:
        return getattr(rule.apply(value), part)
    except Rejected:
        return None


def differing(database, rule, values):
    wrong = []
    for expression, part in ((normalise_sql(rule, "x"), "normalised"), (digest_sql(rule, "x"), "digest")):
        found = in_sql(database, expression, values)
        wanted = [in_python(rule, value, part) for value in values]
        wrong += [(v, f, w) for v, f, w in zip(values, found, wanted, strict=True) if f != w]
    return wrong


@pytest.mark.thorough
@pytest.mark.parametrize(("profile", "kind"), RULES)
def test_tricky_values_and_null_become_the_same_in_sql(database, tricky, profile, kind):
    assert differing(database, find_profile(profile).rule(kind), tricky) == []


def test_every_recorded_email_and_phone_has_its_recorded_digest_in_sql(database, vectors):
    checked = 0
    for vector in vectors:
        rule = find_profile(vector["platform"]).rule(vector["identifier"])
        try:
            expression = digest_sql(rule, "x", digest=vector["hash"], encoding=vector["encoding"])
        except LabError:
            assert vector["identifier"] in ("dobd", "dobm", "doby", "DOBM", "ST"), vector
            continue
        assert in_sql(database, expression, [vector["input"]]) == [vector["expected"]], vector["id"]
        checked += 1
    assert checked > 95


def test_every_output_of_a_connectors_own_code_is_that_of_sql(database, executed):
    rows = {}
    for row in executed:
        rows.setdefault((row["profile"], row["kind"]), []).append(row)
    wrong, checked = [], 0
    for (profile, kind), group in rows.items():
        try:
            expression = digest_sql(find_profile(profile).rule(kind), "x")
        except LabError:
            continue
        found = in_sql(database, expression, [row["input"] for row in group])
        wrong += [row for row, token in zip(group, found, strict=True) if token != row["sent"]]
        checked += len(group)
    assert checked > 3_400
    assert wrong == []


def test_every_divergent_input_becomes_the_same_in_sql(database, divergence):
    inputs = [row["input"] for row in divergence]
    assert all(differing(database, find_profile(name).rule(kind), inputs) == [] for name, kind in RULES)


DISTINCT = list({find_profile(name).rule(kind).steps: (name, kind) for name, kind in RULES}.values())


@pytest.mark.thorough
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(DISTINCT),
    st.lists(st.text(ALPHABET, max_size=24) | st.text(max_size=12), min_size=1, max_size=60),
)
def test_any_text_becomes_the_same_in_sql(database, rule, values):
    name, kind = rule
    assert differing(database, find_profile(name).rule(kind), values) == []


@pytest.mark.thorough
@pytest.mark.parametrize("char", sorted(set(JS_SPACE + PY_SPACE)))
def test_each_blank_is_trimmed_where_the_program_trims_it(database, char):
    for name in ("meta", "segment.meta", "uid2", "meta.audience_sdk", "segment.liveramp"):
        values = [f"{char}a@b.c", f"a@b.c{char}", f"a{char}@b.c"]
        assert differing(database, find_profile(name).rule("email"), values) == []


def test_reserved_domains_stand_for_gmail_in_sql_too(database):
    rule = find_profile("uid2").knowing({"gmail.example": "gmail.com"}).rule("email")
    assert in_sql(database, normalise_sql(rule, "x"), ["J.D+x@Gmail.example"]) == ["jd@gmail.example"]


def test_a_quoted_column_with_a_hostile_name_is_an_expression_like_any_other(database):
    expression = normalise_sql(find_profile("meta").rule("email"), '"x""; drop table t --"')
    database.register("hostile", pa.table({'x"; drop table t --': ["A@b.c"]}))
    assert database.sql(f"select {expression} y from hostile").fetchall() == [("a@b.c",)]


def test_the_first_half_of_a_digest_is_the_number_it_spells(database):
    token = find_profile("meta").rule("email").apply("a@b.c").digest
    found = in_sql(database, DUCKDB_TEXTS.write("prefix64", "x"), [token])
    assert found == [int(token[:16], 16)]


def test_what_an_engine_cannot_do_is_said_in_one_sentence():
    with pytest.raises(LabError, match="sha512"):
        hash_sql("x", DUCKDB_TEXTS, "sha512")
    with pytest.raises(LabError, match="distinct values"):
        normalise_sql(find_profile("meta_capi").rule("dobm"), "x")
