"""Visits are matched by address, obscure names by counting; both err as they must."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.events.event_decoding import EventDecoding
from attacks.events.ip_household import DAY, IpHousehold, nearest_sighting
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Release, Truth
from exports.schema import Schema

ROLES = replace(Schema.of(person="who", token=["ip"], insensitive=["on"]), time="on", household="home")
PEOPLE = pa.table({"who": [f"p{n}" for n in range(90)], "home": [n // 3 for n in range(90)]})
HOMES = [f"240.0.0.{n // 3}" for n in range(90)]


def _visits(addresses=HOMES, day=10):
    table = pa.table({"ip": addresses, "on": [day * DAY] * len(addresses)})
    return Release("events", ROLES, table=table), Truth(PEOPLE, owner=np.arange(len(addresses)))


def test_a_household_of_one_is_never_taken_for_another_and_larger_ones_share():
    alone = [f"240.0.1.{n}" for n in range(90)]
    seen = pa.table({"ip": alone, "who": PEOPLE["who"], "on": [9 * DAY] * 90})
    assert IpHousehold(seen).run(*_visits(alone), seed=1).series["outcome"]["right"] == 90
    shared = pa.table({"ip": HOMES, "who": PEOPLE["who"], "on": [(9 + n % 3 / 9) * DAY for n in range(90)]})
    found = IpHousehold(shared).run(*_visits(), seed=1)
    assert found.series["outcome"] == {"right": 30, "household": 60, "other": 0, "nobody": 0}
    assert found.advantage.low > 0.1


def test_sightings_too_long_ago_and_addresses_never_seen_make_no_guess():
    seen = pa.table({"ip": HOMES, "who": PEOPLE["who"], "on": [-50 * DAY] * 90})
    found = IpHousehold(seen).run(*_visits(), seed=1)
    assert (found.asked, found.made) == (90, 0)
    assert found.series["outcome"]["nobody"] == 90
    empty = IpHousehold(seen.slice(0, 0)).run(*_visits(), seed=1)
    assert empty.made == 0


def test_outcomes_by_days_add_up_to_the_guesses():
    seen = pa.table({"ip": HOMES, "who": PEOPLE["who"], "on": [(10 - n % 40) * DAY for n in range(90)]})
    found = IpHousehold(seen).run(*_visits(), seed=1)
    assert (
        sum(row[kind] for row in found.series["by_days"] for kind in ("right", "household", "other"))
        == found.made
    )


sighted = st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), max_size=12)


@settings(deadline=None)
@given(sighted, sighted, st.integers(0, 40))
def test_the_nearest_sighting_is_that_of_a_plain_search(visits, seen, within):
    own, moment = (np.array([row[i] for row in visits], dtype=float) for i in (0, 1))
    there, then = (np.array([row[i] for row in seen], dtype=float) for i in (0, 1))
    rows, gap = nearest_sighting(own.astype(int), moment, there.astype(int), then, within)
    for at, (address, when) in enumerate(visits):
        away = [
            abs(other - when) for place, other in seen if place == address and abs(other - when) <= within
        ]
        assert gap[at] == min(away, default=np.inf)
        assert (rows[at] < 0) == (not away)
        if away:
            assert seen[rows[at]][0] == address


def _answers(people=300):
    meant = Stream(1, "test", "answer").choices(people * 3, [5, 3, 2])
    truly = pa.table(
        {"who": np.repeat(np.arange(people), 3), "answer": np.array(["calm", "low", "worse"])[meant]}
    )
    sent = pa.table({"who": np.repeat(np.arange(people), 3), "event": np.array(["e17", "e4", "e9"])[meant]})
    roles = Schema.of(person="who", quasi_identifier=["event"], sensitive=["answer"])
    return Release("events", roles, table=sent), Truth(truly, owner=np.arange(people * 3))


def test_a_few_known_people_decode_every_name():
    found = EventDecoding(testers=10).run(*_answers(), seed=1)
    assert found.attack.share == 1.0
    assert found.attack.of == 870
    assert found.series["decoded"]["right"] == 3
    assert found.advantage.low > 0.95


def test_the_public_flow_decodes_without_anybody_known():
    flow = pa.table({"answer": ["worse", "calm", "low"], "share": [0.2, 0.5, 0.3]})
    assert EventDecoding(testers=0, flow=flow).run(*_answers(), seed=1).attack.share == 1.0
    nothing = EventDecoding(testers=0).run(*_answers(), seed=1)
    assert (nothing.asked, nothing.made) == (900, 0)


def test_names_drawn_afresh_for_each_event_tell_nothing():
    release, truth = _answers()
    fresh = release.rows.set_column(1, "event", pa.array([f"e{n}" for n in range(900)]))
    found = EventDecoding(testers=10).run(replace(release, table=fresh), truth, seed=1)
    assert (found.asked, found.made) == (870, 0)


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (IpHousehold(), "sightings"),
        (IpHousehold(pa.table({"who": ["p1"]})), "column"),
        (IpHousehold(pa.table({"ip": ["x"], "who": ["y"], "on": [0]}), days=-1), "negative"),
        (IpHousehold(pa.table({"ip": ["x"], "who": ["y"], "on": [0]}), address="adr"), "'adr'"),
    ],
    ids=["none", "column", "days", "address"],
)
def test_knowledge_that_does_not_fit_is_one_sentence(attack, sentence):
    with pytest.raises(LabError, match=sentence):
        attack.run(*_visits(), seed=1)
    with pytest.raises(LabError, match="'x'"):
        EventDecoding(code="x").run(*_answers(3), seed=1)


def test_people_of_whom_no_household_is_known_share_none():
    nowhere = PEOPLE.set_column(1, "home", pa.nulls(90, pa.int64()))
    shared = pa.table({"ip": HOMES, "who": PEOPLE["who"], "on": [(9 + n % 3 / 9) * DAY for n in range(90)]})
    release, truth = _visits()
    found = IpHousehold(shared).run(release, replace(truth, original=nowhere), seed=1)
    assert found.series["outcome"] == {"right": 30, "household": 0, "other": 60, "nobody": 0}


@pytest.mark.parametrize("flow", [{"answer": ["low"]}, {"answer": ["low"], "share": ["often"]}], ids=len)
def test_a_flow_without_numbers_is_one_sentence(flow):
    with pytest.raises(LabError, match="two columns"):
        EventDecoding(flow=pa.table(flow)).run(*_answers(3), seed=1)
