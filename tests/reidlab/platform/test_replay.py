"""The platform and the replay count the same people: list by list, platform by platform."""

import pytest
from vendors import VENDORS

from reidlab.platform.accounts import simulated
from reidlab.platform.observed import platform as running_platform
from simulate.case import load_case
from simulate.replay import replay
from simulate.upload.address_tokens import token_sql
from simulate.world import load_world

pytestmark = pytest.mark.extra("platform")
SENT_TO = {vendor.__name__: vendor for vendor in VENDORS}
VENDOR_OF = {"facebook": "meta", "google": "google_ads"}


def lists(case, folder, people, seed):
    """Return, by platform, the tokens of the list that the replay sends, and how many it matches."""
    import duckdb

    done = replay(load_case(case), folder, people=people, seed=seed, workers=1, memory=1_500_000_000)
    read = {
        name: "read_parquet([" + ", ".join(f"'{file}'" for file in written.files) + "])"
        for name, written in done.tables.items()
    }
    people_of = " union all ".join(
        f"select * from {read[name]}" for name in ("visitors", "later") if name in read
    )
    found = {}
    for name, match in done.matches.items():
        profile = done.transfers[name].profile or load_world().platforms[name].profile
        tokens = duckdb.sql(
            f"select {token_sql(profile, 'email')} from ({people_of}) v join {read['matches']} m "
            f"using (person_id) where {name} <> 'not_sent' order by person_id"
        ).fetchall()
        found[name] = [token for (token,) in tokens if token is not None], match.matched
    return found


def check(case, folder, people, seed, batch):
    wrong = {}
    wanted = lists(case, folder / "replay", people, seed)
    accounts = simulated(case, folder, people=people, seed=seed)
    try:
        with running_platform(accounts) as here:
            for name, (tokens, matched) in wanted.items():
                number, send = SENT_TO[VENDOR_OF.get(name, name)](here)
                for start in reversed(range(0, len(tokens), batch)):
                    assert send(tokens[start : start + batch]).ok
                half = tokens[: len(tokens) // 2]
                for start in range(0, len(half), batch):
                    assert send(half[start : start + batch], add=False).ok
                    assert send(half[start : start + batch]).ok
                counted = here.audience(number).matched
                if counted != matched:
                    wrong[name] = (counted, matched)
    finally:
        accounts.close()
    assert len(wanted) >= 1
    assert wrong == {}


def test_a_list_sent_to_every_platform_matches_as_many_as_in_the_replay(tmp_path):
    check("betterhelp", tmp_path, people=2_000, seed=5, batch=700)


@pytest.mark.slow
@pytest.mark.parametrize(("case", "seed"), [("betterhelp", 0), ("goodrx", 3), ("premom", 4), ("cerebral", 6)])
def test_a_large_list_matches_as_many_as_in_the_replay(tmp_path, case, seed):
    check(case, tmp_path, people=50_000, seed=seed, batch=2_400)
