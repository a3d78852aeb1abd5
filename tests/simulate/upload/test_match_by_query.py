"""A match by queries counts what the join in memory counts, on every engine."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.engines.choice import open_engine
from exports.engines.duckdb_engine import DuckDBEngine
from simulate.case import load_case
from simulate.execution.blocks import Written
from simulate.people.tables import address_keys, number_addresses
from simulate.replay import replay
from simulate.upload.collection import collection, known_on
from simulate.upload.match import connect
from simulate.upload.match_by_query import _until, match_by_query
from simulate.upload.uploads import Collected, upload
from simulate.world import load_world

PEOPLE = 3_000
TESTS = 0.002


@pytest.fixture(scope="module")
def collected():
    case = load_case("betterhelp")
    values = {name: entry.value for name, entry in case.parameters.items()} | {"address_reuse": 0.77}
    made = collection(case, load_world(), values, seed=5, people=PEOPLE)
    numbers = number_addresses([address_keys(5, 0, PEOPLE, site=made.site)])
    return replace(made, numbers={0: numbers[0]})


@pytest.fixture(scope="module")
def tables(collected):
    return collected(0)


@pytest.fixture(scope="module")
def expected(tables, tmp_path_factory):
    """What the join in memory makes of each list."""
    folder = tmp_path_factory.mktemp("tables")
    written = {}
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
        written[name] = Written((folder / f"{name}.parquet",), table.num_rows, "")
    case, people = load_case("betterhelp"), Collected.read(written)
    with connect(10**9, 1, folder / "spill") as connection:
        return [
            upload(
                *(connection, people, one, load_world().platforms[one.platform], bit, PEOPLE / case.size),
                tests=TESTS,
            ).match.to_json()
            for bit, one in enumerate(case.lists())
        ]


@pytest.mark.parametrize("name", ["duckdb", pytest.param("spark", marks=pytest.mark.extra("spark"))])
def test_a_match_by_query_accounts_for_every_address_as_the_join_in_memory(tables, expected, name):
    visitors, standing, accounts = (tables[part] for part in ("visitors", "standing", "accounts"))
    people = pa.table(
        {
            "person_id": visitors["person_id"],
            "address": visitors["email"],
            "again": visitors["email_again"],
            "returned_on": visitors["returned_on"],
            "visited_on": visitors["visited_on"],
            "enrolled_on": visitors["enrolled_on"],
            "account": standing["account"].cast(pa.int32()),
            "known": standing["known"].cast(pa.int32()),
            "mistyped": standing["mistyped"],
        }
    )
    case = load_case("betterhelp")
    bits = sum(
        known_on(accounts, one.platform, one.date).astype(np.int32) << bit
        for bit, one in enumerate(case.lists())
    )
    held = pa.table({"owner": accounts["owner"], "address": accounts["address"], "platforms": bits})
    with closing(open_engine(name)) as engine:
        engine.register("people", people)
        engine.register("held", held)
        found = [
            match_by_query(
                *(
                    engine,
                    "people",
                    "held",
                    one,
                    load_world().platforms[one.platform],
                    bit,
                    PEOPLE / case.size,
                ),
                tests=TESTS,
            ).to_json()
            for bit, one in enumerate(case.lists())
        ]
    assert found == expected
    assert sum(match["matched"] for match in found) > 0
    assert all(match["duplicates"] for match in found[:2])


@pytest.mark.parametrize("count", [1, 7, 40, 60, 10_000])
def test_the_first_people_on_a_list_are_found_without_putting_all_in_order(count):
    rng = np.random.default_rng(1)
    ids = np.sort(rng.choice(4 * 65_536, 100, replace=False))
    days = rng.integers(0, 60, 100)
    transfer = load_case("betterhelp").widest()["facebook"]
    since = [transfer.date + timedelta(days=int(day) - 30) if day else None for day in days]
    with DuckDBEngine() as engine:
        engine.register("people", pa.table({"person_id": ids, "since": since}))
        until = _until(engine, "people", f"since is not null and since <= date '{transfer.date}'", count)
    by_day = np.array([d is not None and d <= transfer.date for d in since])
    firsts = np.flatnonzero(by_day)[:count]
    assert np.flatnonzero((ids < until) & by_day).tolist() == firsts.tolist()


@pytest.mark.slow
@pytest.mark.extra("spark")
def test_a_replay_on_spark_gives_the_counts_of_one_machine(tmp_path):
    from exports.engines.spark_engine import SparkEngine
    from simulate.replay_on_spark import replay_on_spark

    case = load_case("betterhelp")
    with closing(SparkEngine()) as engine:
        found = replay_on_spark(case, engine, people=70_000, seed=3, accounts=5_000)
    expected = replay(case, tmp_path, people=70_000, seed=3, workers=1, memory=2 * 10**9, accounts=5_000)
    assert found.values == expected.values
    assert found.lists == expected.lists
