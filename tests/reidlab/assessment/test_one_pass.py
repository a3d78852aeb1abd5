from dataclasses import asdict
from decimal import Decimal
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.columns.proposal import propose
from exports.engines.duckdb_engine import DuckDBEngine
from exports.errors import LabError
from exports.reading.read import read
from exports.schema import Column, Role, Schema
from reidlab.assessment.one_pass import in_parts, survey

KNOWN = ["zip; drop table", 'a "b"']

row = st.tuples(
    st.sampled_from(["1", "2", None]), st.integers(0, 3), st.sampled_from(["x", "y", None]), st.integers(0, 5)
)
rows = st.lists(row, min_size=1, max_size=60)


def table(rows) -> pa.Table:
    zips, ages, illnesses, persons = zip(*rows, strict=True)
    return pa.table(
        {
            "zip; drop table": pa.array(zips, pa.string()),
            'a "b"': pa.array(ages, pa.int32()),
            "illness": pa.array(illnesses, pa.string()),
            "who": pa.array(persons, pa.int64()),
        }
    )


def compared(folder, person, population):
    schema = Schema.of(
        quasi_identifier=KNOWN,
        sensitive=["illness"],
        insensitive=[] if person else ["who"],
        person=person,
    )
    export, names = read(folder / "export.parquet"), [*KNOWN, "illness", *([person] if person else [])]
    others = read(folder / "population.parquet") if population else None
    with DuckDBEngine() as engine:
        whole = survey(export, schema, engine, population=others, limit=10**9)
        parted = in_parts(export, schema, engine, names, population=others, limit=10**9)
    assert whole.classes is not None
    assert parted.classes is None
    return whole.measures, parted.measures


@settings(max_examples=8, deadline=None)
@given(rows, rows, st.booleans(), st.booleans(), st.booleans())
def test_a_table_measured_in_parts_on_disk_has_the_measures_it_has_in_memory(
    tmp_path_factory, rows, others, several, against, listed
):
    folder = tmp_path_factory.mktemp("parts")
    pq.write_table(table(rows), folder / "export.parquet")
    pq.write_table(table(others).select([0, 1, 3] if listed else [0, 1]), folder / "population.parquet")
    whole, parted = compared(folder, "who" if several else None, against)
    for name in ("sizes", "times", "exposed_sizes", "exposed"):
        assert getattr(parted, name).tolist() == getattr(whole, name).tolist()
    assert (parted.rows, parted.k, parted.uniques) == (whole.rows, whole.k, whole.uniques)
    assert asdict(parted.disclosure["illness"]) == pytest.approx(asdict(whole.disclosure["illness"]))
    if against:
        assert asdict(parted.population) == pytest.approx(asdict(whole.population))


@pytest.mark.parametrize("known", [["c"], []])
@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", None, "b", "a"], pa.string_view()),
        pa.array([b"\xff", None, b"\xfe", b"\xff"]),
        pa.array([True, None, False, True]),
        pa.array([Decimal("1.10"), None, Decimal(3), Decimal("1.1")], pa.decimal128(20, 2)),
        pa.array([1, None, 2, 1], pa.timestamp("us", "Europe/Berlin")),
        pa.array([1, None, 2, 1], pa.date32()),
        pa.array([1, None, 2, 1], pa.time64("us")),
        pa.array([2**64 - 1, None, 2, 2**64 - 1], pa.uint64()),
    ],
    ids=range(8),
)
def test_columns_of_any_type_have_the_same_measures_from_memory_a_file_and_parts(tmp_path, column, known):
    rows = pa.table({"c": column, "s": column, "who": ["a", "a", "b", "c"]})
    pq.write_table(rows, tmp_path / "export.parquet")
    rest = [] if known else ["c"]
    schema = Schema.of(quasi_identifier=known, sensitive=["s"], insensitive=rest, person="who")
    file = read(tmp_path / "export.parquet")
    with DuckDBEngine() as engine:
        found = [
            survey(read(rows), schema, engine, limit=10**9),
            survey(file, schema, engine, limit=10**9),
            in_parts(file, schema, engine, [*known, "s", "who"], limit=10**9),
        ]
        assert set(propose(file, engine)) == {"c", "s", "who"}
    told = [(one.measures.classes, one.measures.k, asdict(one.measures.disclosure["s"])) for one in found]
    assert told[0] == told[1]
    assert told[0][:2] == told[2][:2]
    assert told[0][2] == pytest.approx(told[2][2])


@pytest.mark.parametrize("parted", [False, True])
def test_a_nested_quasi_identifier_of_a_file_is_compared_as_its_text(tmp_path, parted):
    pq.write_table(pa.table({"c": [[1], [2]]}), tmp_path / "export.parquet")
    schema, file = Schema.of(quasi_identifier=["c"]), read(tmp_path / "export.parquet")
    with DuckDBEngine() as engine:
        measure = partial(in_parts, names=["c"]) if parted else survey
        assert measure(file, schema, engine, limit=10**9).measures.classes == 2


@pytest.mark.parametrize("parted", [False, True])
def test_a_row_of_the_population_that_is_nobodys_is_refused(tmp_path, parted):
    pq.write_table(table([("1", 0, "x", 1)]), tmp_path / "export.parquet")
    nobodys = pa.table({**{name: ["1", "2"] for name in KNOWN}, "who": [1, None]})
    pq.write_table(nobodys, tmp_path / "population.parquet")
    schema = Schema.of(quasi_identifier=KNOWN, insensitive=["illness"], person="who")
    export, people = read(tmp_path / "export.parquet"), read(tmp_path / "population.parquet")
    with DuckDBEngine() as engine:
        measure = partial(in_parts, names=[*KNOWN, "who"]) if parted else survey
        with pytest.raises(LabError, match=r"1 of 2 rows of .*population.parquet do not say whose"):
            measure(export, schema, engine, population=people, limit=10**9)


def test_persons_whose_missing_values_match_everything_are_counted_once():
    rows = pa.table({"zip": ["1", None, "2", "2"], "who": ["a", "a", "b", "b"]})
    columns = {"zip": Column(Role.QUASI_IDENTIFIER, nulls="wildcard"), "who": Column(Role.IDENTIFIER)}
    with DuckDBEngine() as engine:
        found = survey(read(rows), Schema(columns, person="who"), engine, limit=10**9)
    assert found.wild
    assert (found.measures.persons, found.measures.rows) == (2, 4)
    assert (found.measures.exposed_sizes.tolist(), found.measures.exposed.tolist()) == ([1, 2], [1, 1])


def test_rows_that_resemble_one_another_are_grouped_before_they_are_held(tmp_path):
    rng = np.random.default_rng(4)
    alike = pa.table({"zip": rng.integers(0, 50, 400_000).astype(str), "illness": ["x"] * 400_000})
    pq.write_table(alike, tmp_path / "export.parquet")
    schema = Schema.of(quasi_identifier=["zip"], sensitive=["illness"])
    with DuckDBEngine() as engine:
        found = survey(read(tmp_path / "export.parquet"), schema, engine, limit=5_000_000)
    assert found.classes is not None
    assert (found.measures.rows, found.measures.classes) == (400_000, 50)


def test_rows_that_differ_go_to_disk(tmp_path):
    different = pa.table({"zip": np.arange(200_000), "illness": ["x"] * 200_000})
    pq.write_table(different, tmp_path / "export.parquet")
    schema = Schema.of(quasi_identifier=["zip"], sensitive=["illness"])
    with DuckDBEngine() as engine:
        found = survey(read(tmp_path / "export.parquet"), schema, engine, limit=3_000_000)
    assert found.classes is None
    assert (found.measures.rows, found.measures.uniques) == (200_000, 200_000)
