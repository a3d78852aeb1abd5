"""Every engine gives what DuckDB and plain Python give."""

import json
import random
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
from exports.reading.distinct_rows import combinations_within, parts, spread
from exports.reading.read import read
from exports.schema import Column, Role, Schema
from reidlab.assessment.assess import assess
from reidlab.assessment.one_pass import in_parts, survey
from simulate.people.on_spark import people_on_spark
from simulate.people.tables import people_block

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


def visits(rows=60, seed=4):
    """Rows of persons with missing values, groups of different sizes, weights and tokens."""
    rng = random.Random(seed)
    rule = find_profile("meta").rule("email")
    return pa.table(
        {
            "zip": [rng.choice(["1", "1", "2", "3", None]) for _ in range(rows)],
            "age": [rng.choice([30, 30, 41, None]) for _ in range(rows)],
            "illness": [rng.choice(["flu", "cold", "asthma", None]) for _ in range(rows)],
            "brand": ["a" if i < 35 else "b" if i < 53 else "c" for i in range(rows)],
            "who": [f"p{i // 2}" for i in range(rows)],
            "weight": [rng.choice([2.0, 5.0]) for _ in range(rows)],
            "mail": [f"m{i // 2}@mail.example" for i in range(rows)],
            "em": [rule.apply(f"m{i // 2}@mail.example").digest for i in range(rows)],
        }
    )


def roles(hierarchy, **changed):
    columns = {
        "zip": Column(Role.QUASI_IDENTIFIER),
        "age": Column(Role.QUASI_IDENTIFIER),
        "illness": Column(Role.SENSITIVE, order=("flu", "cold", "asthma"), hierarchy=hierarchy),
        "mail": Column(Role.IDENTIFIER, kind="email"),
        "em": Column(Role.TOKEN),
    } | {name: Column(Role.INSENSITIVE) for name in ("brand", "who", "weight")}
    return Schema(columns | changed.pop("columns", {}), **changed)


@pytest.fixture
def hierarchy(tmp_path):
    path = tmp_path / "illness.csv"
    path.write_text("flu;short;*\ncold;short;*\nasthma;long;*\n")
    return path


def same(found):
    """Return the JSON of an assessment without what a clock or the order of a sum decides."""
    plain = json.loads(json.dumps(found.to_json()), parse_float=lambda text: round(float(text), 9))
    for column in plain.get("token_details", {}).values():
        column.pop("enumerations")
    return plain


SITUATIONS = {
    "in full, by group, against a population": (
        {"population_size": 500},
        {"in_full": True, "by": ["brand"], "population": visits(200, 9)},
    ),
    "persons with several rows": ({"person": "who"}, {"by": ["brand"], "in_full": True}),
    "missing values that match everything": (
        {"columns": {"zip": Column(Role.QUASI_IDENTIFIER, nulls="wildcard")}},
        {},
    ),
    "weights and a population of known size": (
        {"weight": "weight", "population_size": 5_000},
        {"in_full": True, "reference": visits(90, 2)},
    ),
    "tokens beside another export and a dictionary": (
        {},
        {
            "beside": [visits(40, 6).select(["em", "age"])],
            "dictionary": pa.table({"mail": [f"m{i}@mail.example" for i in range(9)]}),
        },
    ),
}


@pytest.mark.extra("spark")
@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_measure_of_an_assessment_is_the_same_on_spark(hierarchy, situation):
    declared, asked = SITUATIONS[situation]
    schema = roles(hierarchy, **dict(declared))
    there, here = (same(assess(visits(), schema, engine=name, **asked)) for name in ("spark", "duckdb"))
    assert there == here


def test_further_measures_of_a_class_are_those_of_plain_python(engine, hierarchy):
    everybody = visits(200, 9)
    rows, others = visits().to_pylist(), everybody.to_pylist()
    name = "spark" if engine.groups_first else "duckdb"
    found = assess(visits(), roles(hierarchy), in_full=True, population=everybody, engine=name).to_json()
    known = ["zip", "age"]
    likeness = found["likeness"]["illness"]
    assert likeness["alpha"] == pytest.approx(
        max(max(oracle.shares(group, "illness").values()) for group in oracle.classes(rows, known))
    )
    for measure, expected in (
        ("basic_beta", oracle.basic_beta(rows, known, "illness")),
        ("delta_disclosure", oracle.delta(rows, known, "illness")),
        ("recursive_c_at_2", oracle.recursive_c(rows, known, "illness", 2)),
    ):
        assert likeness[measure] == (pytest.approx(expected) if expected < float("inf") else None), measure
    keys = [tuple(row[column] for column in known) for row in others]
    ours = [tuple(row[column] for column in known) for row in rows]
    sizes = {key: keys.count(key) for key in set(keys)}
    assert found["population"]["k_map"] == min(sizes[key] for key in set(ours) if key in sizes)
    presence = [min(1.0, ours.count(key) / size) for key, size in sizes.items()]
    assert found["population"]["delta_presence"] == pytest.approx([min(presence), max(presence)])


def test_a_wildcard_gives_the_k_of_plain_python(engine, hierarchy):
    schema = roles(
        hierarchy, columns={n: Column(Role.QUASI_IDENTIFIER, nulls="wildcard") for n in ("zip", "age")}
    )
    found = survey(read(visits()), schema, engine, limit=10**8).measures
    compatible = oracle.compatible(visits().to_pylist(), ["zip", "age"], {"zip", "age"})
    assert sorted(found.exposed_sizes.repeat(found.exposed)) == sorted(compatible)


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
