"""Every number of a replay is a view of one history: laws over seeds, cases and lists in any order."""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb
import pytest

from reidlab.case.replay import run
from simulate.case import known_cases, load_case

PEOPLE = 1_500
RUNS = [
    pytest.param((name, seed), marks=[] if quick else pytest.mark.slow, id=f"{name}-{seed}")
    for name, seed, quick in (
        *(("betterhelp", 7, True), ("goodrx", 2, True)),
        *((name, seed, False) for name in ("premom", "cerebral") for seed in (3, 4)),
        *(("betterhelp", seed, False) for seed in range(4)),
    )
]


@pytest.fixture(scope="module", params=RUNS)
def done(request, tmp_path_factory):
    name, seed = request.param
    folder = tmp_path_factory.mktemp("laws") / "out"
    return run(load_case(name), folder, people=PEOPLE, seed=seed)


def tables(folder):
    """A connection on the written tables, with everybody in ``people`` and ``truth``."""
    found = duckdb.connect()
    for name in ("visitors", "later", "accounts", "later_accounts", "matches"):
        if (folder / name).exists():
            found.execute(f"create view {name} as from read_parquet('{folder / name}/*.parquet')")
    both = (folder / "later").exists()
    for view, one in (("people", "visitors"), ("held", "accounts")):
        more = f" union all by name from later{'_accounts' if one == 'accounts' else ''}" if both else ""
        found.execute(f"create view {view} as from {one}{more}")
    return found


def test_every_row_has_one_fate_and_the_fates_add_up(done):
    for transfer, match in done.replay.lists:
        told = match.invalid + match.duplicates + match.matched + sum(match.lost.values())
        assert match.received == told
        assert match.people == min(match.people, round(transfer.count * PEOPLE / done.replay.case.size))
        assert match.received >= match.people
    assert len(done.replay.lists) == len(done.replay.case.lists())
    assert sum(match.duplicates for _, match in done.replay.lists) > 0


def test_an_independent_join_of_the_written_tables_gives_every_match(done):
    with tables(done.folder) as connection:
        for transfer, match in done.replay.lists:
            name, day = transfer.platform, transfer.date
            column = next(
                (one for one in (f"{name}_{day:%Y_%m_%d}", name) if one in columns(connection)), name
            )
            matched = f"""
                select count(distinct lower(trim(p.email))) from people p
                join matches m using (person_id)
                join held a on lower(trim(p.email)) = lower(trim(a.address))
                where m.{column} <> 'not_sent' and p.email like '%_@_%._%'
                and a.{name}_from <= date '{day}'
                and (a.{name}_until is null or a.{name}_until > date '{day}')"""
            if name != "google":  # whose normal form removes dots as well
                assert connection.sql(matched).fetchall() == [(match.matched,)]
            by_person = f"select count(*) from matches where {column} in ('matched', 'false_match')"
            assert connection.sql(by_person).fetchall() == [(match.matched,)]


def columns(connection):
    return [row[0] for row in connection.sql("describe matches").fetchall()]


def test_a_list_holds_only_people_collected_by_its_day(done):
    with tables(done.folder) as connection:
        for name, transfer in done.replay.case.widest().items():
            since = "enrolled_on" if transfer.audience == "users" else "visited_on"
            late = f"select count(*) from people join matches using (person_id) where {name} <> 'not_sent' "
            late += f"and ({since} is null or {since} > date '{transfer.date}')"
            assert connection.sql(late).fetchall() == [(0,)]


def test_ever_matched_is_at_least_what_any_list_matched_until_then(done):
    years = done.disclosed["years"]["by_year"]
    ever = [year["matched_ever"]["count"] for year in years.values()]
    assert ever == sorted(ever)
    for transfer, match in done.replay.lists:
        if transfer.platform == done.replay.case.beacon_platform:
            until = years.get(str(transfer.date.year))
            assert until["matched_ever"]["count"] >= match.matched
            whole = match.people == until["collected"] and (transfer.date.month, transfer.date.day) == (
                12,
                31,
            )
            if whole:
                assert until["matched_at_once"]["count"] == match.matched


def test_what_is_known_falls_on_matched_people_and_sub_brands_add_up(done):
    result = json.loads(json.dumps(done.to_json()))
    for row in result["known"]:
        if row["attribute"] == "membership":
            match = result["platforms"][row["platform"]]
            assert row["people"] == match["matched"] - match["false_matched"]
    brands = result["sub_brands"].values()
    for name, match in done.replay.matches.items() if brands else ():
        assert sum(brand["sent"][name] for brand in brands) <= match.people


@pytest.mark.parametrize(
    "name",
    [name if name == "betterhelp" else pytest.param(name, marks=pytest.mark.slow) for name in known_cases()],
)
def test_the_order_of_transfers_does_not_matter(tmp_path, name):
    case = load_case(name)
    turned = replace(case, transfers=tuple(reversed(case.transfers)), target=case.target)
    found = [
        {
            (one.platform, one.date): match
            for one, match in run(each, tmp_path / str(at), people=300, seed=5, only_match=True).replay.lists
        }
        for at, each in enumerate((case, turned))
    ]
    same = [key for key in found[0] if key[0] == case.beacon_platform]
    assert {key: found[0][key].people for key in found[0]} == {key: found[1][key].people for key in found[1]}
    assert [found[0][key].matched for key in same] == [found[1][key].matched for key in same]


def test_without_any_dirt_a_list_has_a_row_for_each_person(tmp_path):
    case = load_case("betterhelp")
    dirt = ("no_address", "not_personal", "returning", "lives_with_visitor", "shares_address", "test_entries")
    clean = {name: replace(case.parameters[name], value=0.0, low=0.0) for name in dirt}
    found = run(
        replace(case, parameters={**case.parameters, **clean}),
        tmp_path / "out",
        people=2_000,
        only_match=True,
    )
    for _, match in found.replay.lists:
        assert match.received == match.people
        assert match.invalid == match.duplicates == 0


def test_an_older_record_is_matched_less(tmp_path):
    run(load_case("betterhelp"), tmp_path / "out", people=12_000, seed=7, only_match=True)
    with tables(tmp_path / "out") as connection:
        by_age = connection.sql(
            "select visited_on < date '2016-01-01' as old, avg((facebook = 'matched')::int) "
            "from people join matches using (person_id) where facebook <> 'not_sent' group by 1 order by 1"
        ).fetchall()
    assert by_age[1][1] < by_age[0][1] - 0.05


def test_who_came_by_an_advertisement_has_an_account_where_it_ran(tmp_path):
    done = run(load_case("betterhelp"), tmp_path / "out", people=3_000, seed=2, only_match=True)
    platforms = [one.platform for one in done.replay.case.lists()]
    bit = platforms.index("facebook")
    standing = f"read_parquet('{tmp_path}/out/standing/*.parquet')"
    without = f"select count(*), min(account >> {bit} & 1) from {standing} where came_by = 'facebook'"
    [(count, fewest)] = duckdb.sql(without).fetchall()
    assert count > 300
    assert fewest == 1
