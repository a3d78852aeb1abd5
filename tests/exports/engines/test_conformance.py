"""Every engine gives what DuckDB and plain Python give."""

from contextlib import closing

import class_oracle as oracle
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from exports.engines.choice import open_engine
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.identifiers import find_profile
from exports.identifiers.sql import digest_sql
from exports.identifiers.steps import Rejected
from exports.reading import combinations_within, parts, spread
from exports.schema import Schema
from exports.sources import read
from reidlab.assessment import assess
from reidlab.survey import in_parts, survey
from simulate.people import people_block
from simulate.people_on_spark import people_on_spark

HOSTILE = '"; drop table x -- `a.b`\n<script>'
TABLE = pa.table(
    {
        HOSTILE: pa.array(["1", "1", "1", None, None, "2", "2", ""]).dictionary_encode(),
        "age": pa.array([30, 30, 30, None, None, 41, 41, 41], pa.int64()),
        "illness": ["flu", "cold", None, "flu", "flu", "cold", "flu", "flu"],
    }
)
KNOWN = [HOSTILE, "age"]
SCHEMA = Schema.of(quasi_identifier=KNOWN, sensitive=["illness"])
ADDRESSES = [
    " Jane@Mail.example",
    "a.b+c@x.example",
    "",
    None,
    "\u00c9@x.example ",
    "no address",
    "\tA@B.example",
]


@pytest.fixture(scope="module")
def session():
    from exports.engines.spark_engine import SparkEngine

    with closing(SparkEngine()) as engine:
        yield engine._session


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.extra("spark"))])
def engine(request):
    if request.param == "spark":
        request.getfixturevalue("session")
    with closing(open_engine(request.param)) as running:
        yield running


def test_class_measures_are_those_of_plain_python(engine):
    rows = TABLE.to_pylist()
    found = survey(read(TABLE), SCHEMA, engine, limit=10**8).measures
    illness = found.disclosure["illness"]
    assert int(found.exposed_sizes[0]) == oracle.k(rows, KNOWN)
    assert found.uniques == oracle.uniques(rows, KNOWN)
    sizes = sorted(map(len, oracle.classes(rows, KNOWN)))
    assert sorted(s for s, n in zip(found.sizes, found.times, strict=True) for _ in range(n)) == sizes
    assert illness.l_distinct == oracle.distinct_l(rows, KNOWN, "illness")
    assert illness.l_entropy == pytest.approx(oracle.entropy_l(rows, KNOWN, "illness"))
    assert illness.t_equal == pytest.approx(oracle.t_equal(rows, KNOWN, "illness"))


def test_parts_give_what_the_whole_gives(engine):
    whole = survey(read(TABLE), SCHEMA, engine, limit=10**8).measures
    parted = in_parts(read(TABLE), SCHEMA, engine, [*KNOWN, "illness"], limit=10**8).measures
    assert (parted.rows, parted.uniques, parted.classes) == (whole.rows, whole.uniques, whole.classes)
    assert parted.disclosure["illness"].t_equal == pytest.approx(whole.disclosure["illness"].t_equal)
    source = read(TABLE)
    table = spread(source, KNOWN, KNOWN, engine)
    assert sum(part.rows for part in parts(table, KNOWN, engine, 10**8)) == TABLE.num_rows


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_are_read_alike(engine, tmp_path, kind):

    path = tmp_path / f"export.{kind}"
    plain = TABLE.set_column(0, HOSTILE, TABLE[HOSTILE].cast(pa.string())).rename_columns(["a b", "age", "c"])
    (pa.csv.write_csv if kind == "csv" else pa.parquet.write_table)(plain, path)
    found = combinations_within(read(path), ["a b", "age", "c"], engine, 10**8)
    with DuckDBEngine() as duckdb:
        expected = combinations_within(read(path), ["a b", "age", "c"], duckdb, 10**8)
    assert sorted(found.counts) == sorted(expected.counts)
    assert found.rows == TABLE.num_rows


@pytest.mark.parametrize("profile", ["meta", "meta.audience_sdk", "google", "uid2"])
def test_tokens_are_those_of_the_rule_in_python(engine, profile):
    rule = find_profile(profile).rule("email")

    def token(value):
        try:
            return None if value is None else rule.apply(value, "sha256", "hex").digest
        except Rejected:
            return None

    engine.register("addresses", pa.table({"row": range(len(ADDRESSES)), "x": ADDRESSES}))
    sql = digest_sql(rule, "x", engine.dialect.texts, digest="sha256", encoding="hex")
    found = engine.query(f"select {sql} as t from addresses order by row")["t"].to_pylist()
    engine.drop("addresses")
    assert found == [token(value) for value in ADDRESSES]


@pytest.mark.extra("spark")
def test_a_spark_table_is_assessed_like_the_same_rows_in_memory(session):
    plain = TABLE.set_column(0, HOSTILE, TABLE[HOSTILE].cast(pa.string())).rename_columns(["zip", "age", "c"])
    schema = Schema.of(quasi_identifier=["zip", "age"], sensitive=["c"])
    there, here = assess(session.createDataFrame(plain), schema).to_json(), assess(plain, schema).to_json()
    assert {**there, "name": ""} == {**here, "name": ""}
    with pytest.raises(LabError, match="needs the engine spark"):
        assess(session.createDataFrame(plain), schema, engine="duckdb")


@pytest.mark.extra("spark")
def test_people_made_on_spark_are_those_made_here(session):
    found = people_on_spark(session, 7, [0, 2], 50).orderBy("person_id").toArrow()
    expected = pa.concat_tables([people_block(7, block, 50) for block in (0, 2)])
    assert found.to_pylist() == expected.to_pylist()


def test_an_unknown_engine_is_one_sentence_with_the_nearest():
    with pytest.raises(LabError, match="nearest is 'duckdb'"):
        assess(TABLE, SCHEMA, engine="dukdb")
